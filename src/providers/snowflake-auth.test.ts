import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { json, loopback, refusalOf } from '../../test/loopback.ts'
import { handClock, printed, requestTo } from '../../test/token-server.ts'
import { type SnowflakeOptions, snowflakeAuthorize } from './snowflake-auth.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const request = requestTo('https://myorg-acct.snowflakecomputing.com/api/v2/cortex/inference:complete')

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'natter-snowflake-'))
  for (const name of Object.keys(process.env)) if (name.startsWith('SNOWFLAKE_')) vi.stubEnv(name, undefined)
  vi.stubEnv('SNOWFLAKE_HOME', home)
  vi.stubEnv('SNOWFLAKE_ACCOUNT', 'myorg-acct')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

const ask = async (options: SnowflakeOptions = {}) => snowflakeAuthorize(options)(request)

/** The claims of a token that the public key proves. */
function claimsOf({ authorization = '' }: Readonly<Record<string, string>>): unknown {
  const [head = '', claims = '', signature = ''] = authorization.replace('Bearer ', '').split('.')
  const proof = Buffer.from(signature, 'base64url')
  expect(verify('sha256', Buffer.from(`${head}.${claims}`), publicKey, proof)).toBe(true)
  return JSON.parse(Buffer.from(claims, 'base64url').toString())
}

const fingerprint = `SHA256:${createHash('sha256')
  .update(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }))
  .digest('base64')}`

describe('a token', () => {
  test('is sent as it is, with its kind', async () => {
    vi.stubEnv('SNOWFLAKE_TOKEN', 'of-env')
    expect(await ask()).toEqual({
      authorization: 'Bearer of-env',
      'x-snowflake-authorization-token-type': 'OAUTH',
    })
    expect(await ask({ token: 'pat', tokenType: 'PROGRAMMATIC_ACCESS_TOKEN' })).toEqual({
      authorization: 'Bearer pat',
      'x-snowflake-authorization-token-type': 'PROGRAMMATIC_ACCESS_TOKEN',
    })
  })

  test('comes before a key in the environment, but not before one that is passed', async () => {
    vi.stubEnv('SNOWFLAKE_TOKEN', 'of-env')
    vi.stubEnv('SNOWFLAKE_USER', 'ann')
    vi.stubEnv('SNOWFLAKE_PRIVATE_KEY', PEM)
    expect(await ask()).toMatchObject({ authorization: 'Bearer of-env' })
    expect(await ask({ privateKey: PEM })).toMatchObject({
      'x-snowflake-authorization-token-type': 'KEYPAIR_JWT',
    })
  })

  test('goes to the account only, or to the endpoint that is passed', async () => {
    const own = snowflakeAuthorize({ token: 'given' })
    for (const url of ['https://other.snowflakecomputing.com/', 'http://myorg-acct.snowflakecomputing.com/'])
      expect(await own(requestTo(url))).toEqual({})
    const gateway = snowflakeAuthorize({ token: 'given', endpoint: 'https://gateway.example/sf' })
    expect(await gateway(request)).toEqual({})
    expect(await gateway(requestTo('https://gateway.example/sf/x'))).toMatchObject({
      authorization: 'Bearer given',
    })
    expect(() => snowflakeAuthorize({ token: 'given', endpoint: 'http://gateway.example' })).toThrow(
      TypeError,
    )
  })
})

describe('a key', () => {
  test('signs a token of ten minutes for the user, which is kept for the first half', async () => {
    const clock = handClock()
    vi.stubEnv('SNOWFLAKE_USER', 'ann')
    vi.stubEnv('SNOWFLAKE_PRIVATE_KEY', PEM.replaceAll('\n', '\\n'))
    const authorize = snowflakeAuthorize({ now: clock.now })
    const [first = {}, same] = await Promise.all([authorize(request), authorize(request)])
    const iat = clock.now() / 1000
    expect(claimsOf(first)).toEqual({
      iss: `MYORG-ACCT.ANN.${fingerprint}`,
      sub: 'MYORG-ACCT.ANN',
      iat,
      exp: iat + 600,
    })
    expect(first['x-snowflake-authorization-token-type']).toBe('KEYPAIR_JWT')
    expect(same).toEqual(first)
    clock.pass(4.9)
    expect(await authorize(request)).toEqual(first)
    clock.pass(0.2)
    expect(claimsOf(await authorize(request))).toMatchObject({ iat: iat + 306, exp: iat + 906 })
  })

  test.each([
    ['xy12345.us-east-1.aws', 'XY12345'],
    ['org-ab12.global', 'ORG'],
    ['MyOrg-Acct', 'MYORG-ACCT'],
  ])('signs for the account %s as %s', async (account, subject) => {
    const url = `https://${account.toLowerCase()}.snowflakecomputing.com/`
    const authorize = snowflakeAuthorize({ account, user: 'ann', privateKey: PEM })
    expect(claimsOf(await authorize(requestTo(url)))).toMatchObject({ sub: `${subject}.ANN` })
  })

  test('may be in a file, under a passphrase, and is read anew for the next token', async () => {
    const clock = handClock()
    const path = join(home, 'ann.p8')
    const locked = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' } as const
    writeFileSync(path, privateKey.export(locked))
    writeFileSync(
      join(home, 'connections.toml'),
      `[default]\naccount = "myorg-acct"\nuser = "ann"\nprivate_key_file = "${path}"\nprivate_key_file_pwd = "open"\n`,
    )
    const authorize = snowflakeAuthorize({ now: clock.now })
    expect(claimsOf(await authorize(request))).toMatchObject({ sub: 'MYORG-ACCT.ANN' })
    writeFileSync(path, 'damaged')
    clock.pass(6)
    expect(claimsOf(await authorize(request))).toMatchObject({ iat: clock.now() / 1000 - 360 })
    clock.pass(6)
    await expect(authorize(request)).rejects.toMatchObject({
      code: 'no-key',
      message: `The key in ${path} is no private key in PEM.`,
    })
  })

  test('that is locked is told without passphrase or key', async () => {
    const locked = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' })
      .toString()
    vi.stubEnv('SNOWFLAKE_USER', 'ann')
    vi.stubEnv('SNOWFLAKE_PRIVATE_KEY', locked)
    vi.stubEnv('SNOWFLAKE_PRIVATE_KEY_PASSPHRASE', 'wrong-passphrase')
    const error = await refusalOf(ask())
    expect(error.message).toBe(
      'The key in SNOWFLAKE_PRIVATE_KEY is locked, and the passphrase does not open it.',
    )
    expect(printed(error)).not.toContain('wrong-passphrase')
    expect(printed(error)).not.toContain(locked.split('\n')[1])
  })
})

describe('nothing found', () => {
  test('is told with all places', async () => {
    const error = await refusalOf(ask())
    expect(error).toMatchObject({ code: 'no-key' })
    expect(error.message).toBe(
      'No key for Snowflake was found. Looked in SNOWFLAKE_TOKEN, in SNOWFLAKE_USER with SNOWFLAKE_PRIVATE_KEY or ' +
        `SNOWFLAKE_PRIVATE_KEY_PATH, and in the connection default of ${join(home, 'connections.toml')}. ` +
        'Set one of these, or pass token or privateKey.',
    )
  })

  test.each<[string, SnowflakeOptions]>([
    ['SNOWFLAKE_USER is not set', { privateKey: PEM }],
    ['SNOWFLAKE_PRIVATE_KEY is not set', { user: 'ann' }],
    ['/gone.p8 cannot be read', { user: 'ann', privateKeyPath: '/gone.p8' }],
  ])('is told with what is missing: %s', async (missing, options) => {
    expect(await refusalOf(ask(options))).toMatchObject({
      code: 'no-key',
      message: expect.stringContaining(`No key for Snowflake was found (${missing}). Looked in`),
    })
  })

  test('of an account is told with an endpoint of one’s own', async () => {
    vi.stubEnv('SNOWFLAKE_ACCOUNT', undefined)
    expect(() => snowflakeAuthorize({ user: 'ann', privateKey: PEM })).toThrow(
      /no Snowflake account is known/,
    )
    const options = { user: 'ann', privateKey: PEM, endpoint: 'https://gateway.example' }
    const error = await refusalOf(
      Promise.resolve(snowflakeAuthorize(options)(requestTo('https://gateway.example/x'))),
    )
    expect(error.message).toContain('(SNOWFLAKE_ACCOUNT is not set)')
  })
})

test('a server on this machine gets the headers as they are', async () => {
  const server = await loopback((reply) => json(reply, 200, {}))
  const authorize = snowflakeAuthorize({ token: 'given', endpoint: server.origin })
  const headers = await authorize(requestTo(`${server.origin}/api`))
  await fetch(`${server.origin}/api`, { method: 'POST', headers, body: '{}' })
  expect(server.asked[0]?.headers).toMatchObject({
    authorization: 'Bearer given',
    'x-snowflake-authorization-token-type': 'OAUTH',
  })
})
