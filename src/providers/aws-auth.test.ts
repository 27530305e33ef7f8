import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { awsAuthorize } from './aws-auth.ts'

const REQUEST = {
  method: 'POST',
  url: 'https://bedrock-runtime.eu-west-1.amazonaws.com/x',
  headers: {},
  body: '{}',
}

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'ID')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'SECRET')
})
afterEach(() => void vi.unstubAllEnvs())

test('a request is signed for Bedrock with the credentials of the environment', async () => {
  const headers = await awsAuthorize({ region: 'eu-west-1' })(REQUEST)
  expect(headers['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=ID\/\d{8}\/eu-west-1\/bedrock\/aws4_request/,
  )
})

test('a bearer token wins over credentials, as soon as there is one', async () => {
  const authorize = awsAuthorize({ region: 'eu-west-1' })
  await authorize(REQUEST)
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', ' the-token\n')
  expect(await authorize(REQUEST)).toEqual({ authorization: 'Bearer the-token' })
})
