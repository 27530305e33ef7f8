import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { refusalOf } from '../../test/loopback.ts'
import { countingTokens, handClock, printed, requestTo, tokenServer } from '../../test/token-server.ts'
import { type AzureIdentity, type AzureOptions, azureAuthorize } from './azure-auth.ts'

const SECRET = 'the-client-secret~value'
const endpoint = 'https://acme.openai.azure.com'
const request = requestTo(`${endpoint}/openai/deployments/d/chat/completions?api-version=1`)

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AZURE_')) vi.stubEnv(name, undefined)
})
afterEach(() => void vi.unstubAllEnvs())

/** A package that gives these one after the other, and what it was asked. */
function identity(...given: readonly ({ token: string; expiresOnTimestamp: number } | Error | null)[]) {
  const asked: unknown[] = []
  class DefaultAzureCredential {
    readonly #options: object
    constructor(options: object) {
      this.#options = options
    }
    async getToken(scope: string) {
      asked.push({ ...this.#options, scope })
      await new Promise((resolve) => setTimeout(resolve, 5))
      const next = given[asked.length - 1]
      if (next instanceof Error || next === undefined) throw next ?? new Error('asked too often')
      return next
    }
  }
  return { asked, load: (): Promise<AzureIdentity> => Promise.resolve({ DefaultAzureCredential }) }
}

const ask = (options: Partial<AzureOptions> = {}, load?: () => Promise<AzureIdentity>) =>
  azureAuthorize({ endpoint, ...options }, load)(request)

function principal(authority: string): void {
  vi.stubEnv('AZURE_TENANT_ID', 'tenant-1')
  vi.stubEnv('AZURE_CLIENT_ID', 'client-1')
  vi.stubEnv('AZURE_CLIENT_SECRET', SECRET)
  vi.stubEnv('AZURE_AUTHORITY_HOST', authority)
}

describe('a key', () => {
  test('is sent as api-key, an option before the environment', async () => {
    vi.stubEnv('AZURE_OPENAI_API_KEY', ' env-key\n')
    expect(await ask()).toEqual({ 'api-key': 'env-key' })
    expect(await ask({ apiKey: 'given' })).toEqual({ 'api-key': 'given' })
  })

  test('in the environment comes before a service principal there, but not before one that is passed', async () => {
    const server = await countingTokens(3600)
    principal(server.origin)
    vi.stubEnv('AZURE_OPENAI_API_KEY', 'env-key')
    expect(await ask()).toEqual({ 'api-key': 'env-key' })
    expect(server.asked).toEqual([])
    expect(await ask({ clientSecret: SECRET })).toEqual({ authorization: 'Bearer token-1' })
  })

  test('goes to the endpoint only', async () => {
    const authorize = azureAuthorize({ endpoint, apiKey: 'given' })
    for (const url of [
      'https://other.openai.azure.com/x',
      'http://acme.openai.azure.com/x',
      'https://acme.openai.azure.com.evil.example/',
    ])
      expect(await authorize(requestTo(url))).toEqual({})
    expect(() => azureAuthorize({ endpoint: 'http://acme.example', apiKey: 'given' })).toThrow(TypeError)
  })
})

describe('a service principal', () => {
  test('asks Microsoft Entra by client credentials, once for all who wait', async () => {
    const server = await countingTokens(3600)
    principal(`${server.origin}/`)
    const authorize = azureAuthorize({ endpoint })
    const all = await Promise.all(Array.from({ length: 20 }, () => authorize(request)))
    expect(new Set(all.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer token-1']))
    expect(server.asked).toMatchObject([
      {
        method: 'POST',
        path: '/tenant-1/oauth2/v2.0/token',
        form: {
          grant_type: 'client_credentials',
          client_id: 'client-1',
          client_secret: SECRET,
          scope: 'https://cognitiveservices.azure.com/.default',
        },
      },
    ])
  })

  test('gets another token five minutes before the first ends', async () => {
    const server = await countingTokens(3600)
    principal(server.origin)
    const clock = handClock()
    const authorize = azureAuthorize({ endpoint, now: clock.now })
    await authorize(request)
    clock.pass(54)
    expect(await authorize(request)).toEqual({ authorization: 'Bearer token-1' })
    clock.pass(2)
    expect(await authorize(request)).toEqual({ authorization: 'Bearer token-2' })
  })

  test('may be passed, each part by itself, with its scope and authority', async () => {
    const server = await countingTokens(3600)
    vi.stubEnv('AZURE_TENANT_ID', 'tenant-1')
    const options = {
      clientId: 'mine',
      clientSecret: SECRET,
      authority: server.origin,
      scope: 'api://x/.default',
    }
    expect(await ask(options)).toEqual({ authorization: 'Bearer token-1' })
    expect(server.asked[0]).toMatchObject({
      path: '/tenant-1/oauth2/v2.0/token',
      form: { client_id: 'mine', scope: 'api://x/.default' },
    })
  })

  test('that is refused is told with what Entra said, and without the secret', async () => {
    const server = await tokenServer(() => [
      401,
      {
        error: 'invalid_client',
        error_description: `AADSTS7000215: Invalid client secret provided: ${SECRET}.\r\nTrace ID: 1`,
      },
    ])
    principal(server.origin)
    const error = await refusalOf(Promise.resolve(ask()))
    expect(error).toMatchObject({ code: 'unauthorized', status: 401, provider: 'Microsoft Entra' })
    expect(error.message).toMatch(
      /AADSTS7000215.*Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET/,
    )
    expect(printed(error)).not.toContain(SECRET)
  })

  test('of which a part is missing is a TypeError where its secret was passed', async () => {
    await expect(ask({ clientSecret: SECRET, clientId: 'mine' })).rejects.toThrow(
      new TypeError('clientSecret needs a tenant and a client: set AZURE_TENANT_ID too'),
    )
  })

  test('is sent to no tenant that is none, and to no authority that others can read', async () => {
    principal('https://login.microsoftonline.us')
    await expect(ask({ tenantId: '../evil' })).rejects.toThrow(
      /tenant of Microsoft Entra must be an id or a domain/,
    )
    await expect(ask({ authority: 'http://login.example' })).rejects.toThrow(
      /authority of Microsoft Entra must be an https/,
    )
  })

  test('asks the authority of its cloud, also where that has no scheme', async () => {
    principal('login.microsoftonline.us')
    const urls: unknown[] = []
    const fetch: typeof globalThis.fetch = (url) => {
      urls.push(url)
      return Promise.resolve(Response.json({ access_token: 'gov', expires_in: 60 }))
    }
    await ask({ fetch })
    vi.stubEnv('AZURE_AUTHORITY_HOST', undefined)
    await ask({ fetch })
    expect(urls).toEqual([
      'https://login.microsoftonline.us/tenant-1/oauth2/v2.0/token',
      'https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token',
    ])
  })
})

describe('@azure/identity', () => {
  test('is asked where there is neither key nor principal, and its token is kept', async () => {
    const clock = handClock()
    const { load, asked } = identity(
      { token: 'of-cli', expiresOnTimestamp: clock.now() + 3_600_000 },
      { token: 'of-cli-2', expiresOnTimestamp: clock.now() + 7_200_000 },
    )
    const authorize = azureAuthorize({ endpoint, tenantId: 't', clientId: 'managed', now: clock.now }, load)
    expect(await Promise.all([authorize(request), authorize(request)])).toEqual(
      Array(2).fill({ authorization: 'Bearer of-cli' }),
    )
    clock.pass(54)
    await authorize(request)
    expect(asked).toEqual([
      {
        tenantId: 't',
        managedIdentityClientId: 'managed',
        scope: 'https://cognitiveservices.azure.com/.default',
      },
    ])
    clock.pass(2)
    expect(await authorize(request)).toEqual({ authorization: 'Bearer of-cli-2' })
  })

  test('is told of another authority', async () => {
    const { load, asked } = identity({ token: 'x', expiresOnTimestamp: Date.now() + 1e6 })
    await ask({ authority: 'login.chinacloudapi.cn' }, load)
    expect(asked).toMatchObject([{ authorityHost: 'https://login.chinacloudapi.cn' }])
  })

  test('that is missing is told with all places and how to install it', async () => {
    const cause = new Error('Cannot find package')
    const error = await refusalOf(Promise.resolve(ask({}, () => Promise.reject(cause))))
    expect(error).toMatchObject({ code: 'missing-package', cause })
    for (const place of ['AZURE_OPENAI_API_KEY', 'AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'])
      expect(error.message).toContain(place)
    expect(error.message).toContain('run `npm install @azure/identity`')
    expect(error.message).not.toContain('not set:')
  })

  test.each([
    [['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'], 'AZURE_CLIENT_SECRET'],
    [['AZURE_TENANT_ID', 'AZURE_CLIENT_SECRET'], 'AZURE_CLIENT_ID'],
    [['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'], 'AZURE_TENANT_ID'],
    [['AZURE_CLIENT_SECRET'], 'AZURE_TENANT_ID, AZURE_CLIENT_ID'],
  ])('that finds nothing with %j is told with what is not set', async (names, missing) => {
    for (const name of names) vi.stubEnv(name, 'value-of-it')
    const { load } = identity(new Error('ChainedTokenCredential failed.\nCLI is unavailable'))
    const error = await refusalOf(Promise.resolve(ask({}, load)))
    expect(error).toMatchObject({ code: 'no-key' })
    expect(error.message).toContain(`(not set: ${missing})`)
    expect(error.message).toContain('ChainedTokenCredential failed. CLI is unavailable')
    expect(error.message).toContain('az login')
    expect(printed(error)).not.toContain('value-of-it')
  })

  test('that fails is told by its words only, and asked again', async () => {
    const failure = Object.assign(new Error('no luck'), { request: { body: 'hidden-assertion' } })
    const { load } = identity(failure, null, { token: 'now', expiresOnTimestamp: Date.now() + 1e6 })
    const authorize = azureAuthorize({ endpoint }, load)
    const error = await refusalOf(Promise.resolve(authorize(request)))
    expect(printed(error)).toContain('no luck')
    expect(printed(error)).not.toContain('hidden-assertion')
    await expect(authorize(request)).rejects.toMatchObject({ code: 'no-key' })
    expect(await authorize(request)).toEqual({ authorization: 'Bearer now' })
  })
})
