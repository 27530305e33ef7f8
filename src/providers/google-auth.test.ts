import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { refusalOf } from '../../test/loopback.ts'
import { countingTokens, handClock, printed, requestTo, tokenServer } from '../../test/token-server.ts'
import { type GoogleLibrary, googleAuthorize } from './google-auth.ts'

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const request = requestTo('https://us-central1-aiplatform.googleapis.com/v1/projects/p')
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

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

function credentials(fields: object): string {
  const path = join(home, 'key.json')
  writeFileSync(path, JSON.stringify(fields))
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', path)
  return path
}

const service = (token_uri: string, more: object = {}): string =>
  credentials({
    type: 'service_account',
    project_id: 'p',
    private_key_id: 'id-1',
    private_key: PEM,
    client_email: 'bot@p.iam.gserviceaccount.com',
    token_uri,
    ...more,
  })

const person = (token_uri: string, more: object = {}): string =>
  credentials({
    type: 'authorized_user',
    client_id: 'app.apps.googleusercontent.com',
    client_secret: 'the-client-secret',
    refresh_token: 'the-refresh-token',
    token_uri,
    ...more,
  })

const refusal = (options = {}, load?: () => Promise<GoogleLibrary>) =>
  refusalOf(Promise.resolve(googleAuthorize(options, load)(request)))

describe('a service account', () => {
  test('asks with an assertion that its key has signed, once for all who wait', async () => {
    const server = await countingTokens(3600)
    const clock = handClock()
    service(`${server.origin}/token`)
    const authorize = googleAuthorize({ now: clock.now })
    const all = await Promise.all(Array.from({ length: 20 }, () => authorize(request)))
    expect(new Set(all.map((headers) => JSON.stringify(headers)))).toEqual(
      new Set(['{"authorization":"Bearer token-1"}']),
    )
    expect(server.asked).toMatchObject([
      { path: '/token', form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' } },
    ])
    const [head = '', claims = '', signature = ''] = server.asked[0]?.form['assertion']?.split('.') ?? []
    const json = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
    expect(json(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'id-1' })
    const iat = clock.now() / 1000
    expect(json(claims)).toEqual({
      iss: 'bot@p.iam.gserviceaccount.com',
      scope: SCOPE,
      aud: `${server.origin}/token`,
      iat,
      exp: iat + 3600,
    })
    const proof = Buffer.from(signature, 'base64url')
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), createPublicKey(privateKey), proof)).toBe(true)
  })

  test('gets another token five minutes before the first ends', async () => {
    const server = await countingTokens(3600)
    const clock = handClock()
    service(server.origin)
    const authorize = googleAuthorize({ now: clock.now })
    await authorize(request)
    clock.pass(54)
    expect(await authorize(request)).toEqual({ authorization: 'Bearer token-1' })
    clock.pass(2)
    expect(await authorize(request)).toEqual({ authorization: 'Bearer token-2' })
  })

  test('that is refused is told with what Google said, and without key or assertion', async () => {
    const server = await tokenServer(({ form }) => [
      400,
      { error: 'invalid_grant', error_description: `Invalid JWT Signature: ${form['assertion']}` },
    ])
    const path = service(server.origin)
    const error = await refusal()
    expect(error).toMatchObject({ code: 'unauthorized', provider: 'Google', serverCode: 'invalid_grant' })
    expect(error.message).toMatch(/Invalid JWT Signature.*clock/)
    expect(error.message).toContain(path)
    expect(printed(error)).not.toContain(server.asked[0]?.form['assertion'])
  })

  test('whose file is not whole is told with what it lacks', async () => {
    const path = service('https://oauth2.googleapis.com/token', { client_email: undefined, private_key: '' })
    expect(await refusal()).toMatchObject({
      code: 'no-key',
      message: expect.stringContaining(`${path} lacks client_email and private_key.`),
    })
    service('https://oauth2.googleapis.com/token', { private_key: 'not-a-key-at-all' })
    const error = await refusal()
    expect(error).toMatchObject({ code: 'no-key', message: `The key in ${path} is no private key in PEM.` })
    expect(printed(error)).not.toContain('not-a-key-at-all')
  })

  test('sends its assertion to no address that others can read', async () => {
    service('http://tokens.example/token')
    await expect(googleAuthorize()(request)).rejects.toThrow(/the address of Google must be an https/)
  })
})

describe('a person', () => {
  test('who has signed in with gcloud gets tokens for the refresh token, and the project pays', async () => {
    const server = await countingTokens(3600)
    person(server.origin, { quota_project_id: 'payer' })
    expect(await googleAuthorize()(request)).toEqual({
      authorization: 'Bearer token-1',
      'x-goog-user-project': 'payer',
    })
    expect(server.asked[0]?.form).toEqual({
      grant_type: 'refresh_token',
      client_id: 'app.apps.googleusercontent.com',
      client_secret: 'the-client-secret',
      refresh_token: 'the-refresh-token',
    })
    vi.stubEnv('GOOGLE_CLOUD_QUOTA_PROJECT', 'other')
    expect(await googleAuthorize()(request)).toMatchObject({ 'x-goog-user-project': 'other' })
    expect(await googleAuthorize({ quotaProject: 'mine' })(request)).toMatchObject({
      'x-goog-user-project': 'mine',
    })
  })

  test('asks Google itself where the file names no address', async () => {
    person('', { token_uri: undefined })
    const urls: unknown[] = []
    const fetch: typeof globalThis.fetch = (url) => {
      urls.push(url)
      return Promise.resolve(Response.json({ access_token: 'x', expires_in: 1 }))
    }
    await googleAuthorize({ fetch })(request)
    expect(urls).toEqual(['https://oauth2.googleapis.com/token'])
  })

  test('whose sign-in has ended is told to sign in again, and no secret is shown', async () => {
    const server = await tokenServer(({ form }) => [
      400,
      { error: 'invalid_grant', error_description: 'Token has been expired or revoked.', sent: form },
    ])
    person(server.origin)
    const error = await refusal()
    expect(error.message).toMatch(/expired or revoked.*gcloud auth application-default login/)
    expect(printed(error)).not.toMatch(/the-client-secret|the-refresh-token/)
  })
})

describe('a token', () => {
  test('goes to Google, to the endpoint that is passed, and nowhere else', async () => {
    const server = await countingTokens(3600)
    service(server.origin)
    const authorize = googleAuthorize({ endpoint: 'https://gateway.example/v1' })
    for (const url of [
      'http://aiplatform.googleapis.com/v1',
      'https://googleapis.com.example/',
      'https://evilgoogleapis.com/',
      'https://gateway.example:8443/v1',
    ])
      expect(await authorize(requestTo(url))).toEqual({})
    expect(server.asked).toEqual([])
    for (const url of ['https://aiplatform.googleapis.com/v1', 'https://gateway.example/v1/x'])
      expect(await authorize(requestTo(url))).toEqual({ authorization: 'Bearer token-1' })
  })
})

describe('google-auth-library', () => {
  /** A library that gives tokens which end at these times. */
  function library(...ends: readonly (number | null | Error)[]) {
    const asked: unknown[] = []
    class GoogleAuth {
      constructor(options: object) {
        asked.push(options)
      }
      async getClient() {
        const end = ends[asked.length - 1]
        if (end instanceof Error || end === undefined) throw end ?? new Error('asked too often')
        return {
          getAccessToken: () => Promise.resolve({ token: `federated-${asked.length}` }),
          credentials: { expiry_date: end },
        }
      }
    }
    return { asked, load: () => Promise.resolve({ GoogleAuth }) }
  }

  test('reads the other kinds of files, and its token is kept until shortly before it ends', async () => {
    const path = credentials({ type: 'external_account', quota_project_id: 'payer' })
    const clock = handClock()
    const { load, asked } = library(clock.now() + 3_600_000, clock.now() + 7_200_000)
    const authorize = googleAuthorize({ now: clock.now }, load)
    const first = { authorization: 'Bearer federated-1', 'x-goog-user-project': 'payer' }
    expect(await Promise.all([authorize(request), authorize(request)])).toEqual([first, first])
    clock.pass(54)
    expect(await authorize(request)).toEqual(first)
    expect(asked).toEqual([{ keyFilename: path, scopes: SCOPE }])
    clock.pass(2)
    expect(await authorize(request)).toMatchObject({ authorization: 'Bearer federated-2' })
  })

  test('is asked each time where it does not say when a token ends', async () => {
    credentials({ type: 'impersonated_service_account' })
    const { load, asked } = library(null, null)
    const authorize = googleAuthorize({}, load)
    await authorize(request)
    await authorize(request)
    expect(asked).toHaveLength(2)
  })

  test('that is missing is told with the file, its kind and how to install it', async () => {
    const path = credentials({ type: 'external_account' })
    const cause = new Error('Cannot find package')
    const error = await refusal({}, () => Promise.reject(cause))
    expect(error).toMatchObject({ code: 'missing-package', cause })
    expect(error.message).toContain(`${path} holds credentials of the kind external_account`)
    expect(error.message).toContain('run `npm install google-auth-library`')
  })

  test('that fails is told by its words only', async () => {
    credentials({ type: 'external_account' })
    const failure = Object.assign(new Error('STS said\nno'), { config: { data: 'hidden-subject-token' } })
    const error = await refusal({}, library(failure).load)
    expect(error).toMatchObject({ code: 'no-key', message: expect.stringContaining('STS said no') })
    expect(printed(error)).not.toContain('hidden-subject-token')
  })
})
