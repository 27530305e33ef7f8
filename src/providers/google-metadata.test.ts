import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { refusalOf } from '../../test/loopback.ts'
import { type TokenScript, printed, requestTo, tokenServer } from '../../test/token-server.ts'
import { googleAuthorize } from './google-auth.ts'

const request = requestTo('https://us-central1-aiplatform.googleapis.com/v1/projects/p')
const refusal = () => refusalOf(Promise.resolve(googleAuthorize()(request)))

let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'natter-google-'))
  for (const name of Object.keys(process.env))
    if (/^(?:GOOGLE_|GCLOUD_|CLOUDSDK_|GCE_)/.test(name)) vi.stubEnv(name, undefined)
  vi.stubEnv('CLOUDSDK_CONFIG', home)
  // A port of this machine where nobody listens.
  vi.stubEnv('GCE_METADATA_HOST', '127.0.0.1:1')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

const metadata = async (script: TokenScript) => {
  const server = await tokenServer(script)
  vi.stubEnv('GCE_METADATA_HOST', server.origin.replace('http://', ''))
  return server
}
const google =
  (status: number, body: object): TokenScript =>
  () =>
  (reply) =>
    void reply.writeHead(status, { 'metadata-flavor': 'Google' }).end(JSON.stringify(body))

test('the metadata server is asked where there is no file', async () => {
  const server = await metadata(google(200, { access_token: 'of-the-machine', expires_in: 3599 }))
  const authorize = googleAuthorize({ scope: 'a b' })
  expect(await Promise.all([authorize(request), authorize(request)])).toEqual(
    Array(2).fill({ authorization: 'Bearer of-the-machine' }),
  )
  expect(server.asked).toMatchObject([
    {
      method: 'GET',
      path: '/computeMetadata/v1/instance/service-accounts/default/token?scopes=a%20b',
      headers: { 'metadata-flavor': 'Google' },
    },
  ])
})

test('a metadata server that cannot be reached is told with all places and what to do', async () => {
  const error = await refusal()
  expect(error).toMatchObject({ code: 'no-key' })
  for (const place of [
    'GOOGLE_APPLICATION_CREDENTIALS',
    `application_default_credentials.json in ${home}`,
    'metadata server 127.0.0.1:1 (it cannot be reached',
    '`gcloud auth application-default login`',
  ])
    expect(error.message).toContain(place)
})

test('the metadata server is not whoever answers to its name', async () => {
  await metadata(() => [200, { access_token: 'of-a-portal', expires_in: 60 }])
  const error = await refusal()
  expect(error).toMatchObject({
    code: 'no-key',
    message: expect.stringContaining('what answers there is none'),
  })
  expect(printed(error)).not.toContain('of-a-portal')
})

test.each([
  [404, 'no-key', 'it answered 404: has this machine a service account?'],
  [503, 'server-error', 'answered 503. Try again.'],
  [429, 'rate-limited', 'answered 429. Try again.'],
])('a metadata server that answers %d is an error of the code %s', async (status, code, words) => {
  await metadata(google(status, {}))
  expect(await refusal()).toMatchObject({ code, message: expect.stringContaining(words) })
})
