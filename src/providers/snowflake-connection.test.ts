import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { snowflakeConnection, snowflakeUrl } from './snowflake-connection.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'natter-snowflake-'))
  for (const name of Object.keys(process.env)) if (name.startsWith('SNOWFLAKE_')) vi.stubEnv(name, undefined)
  vi.stubEnv('SNOWFLAKE_HOME', home)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

const write = (text: string): void => writeFileSync(join(home, 'connections.toml'), text)

const FILE = `
[default]
account = "org-one"
user = "ann"
authenticator = "SNOWFLAKE_JWT"
private_key_file = "/keys/ann.p8"
private_key_file_pwd = "open"

["my work"]
account = "org-two"
token = "pat-two"
authenticator = "programmatic_access_token"

[connections.third]
account = "org-three"
token = "oauth-three"
authenticator = "oauth"
`

describe('the connection', () => {
  test('is the file’s default where the environment says nothing', () => {
    write(FILE)
    expect(snowflakeConnection()).toEqual({
      account: 'org-one',
      user: 'ann',
      token: undefined,
      tokenType: 'OAUTH',
      privateKey: undefined,
      privateKeyPath: '/keys/ann.p8',
      passphrase: 'open',
    })
  })

  test('is the one that is named, and a token is of the kind that stands beside it', () => {
    write(FILE)
    vi.stubEnv('SNOWFLAKE_DEFAULT_CONNECTION_NAME', 'my work')
    expect(snowflakeConnection()).toMatchObject({
      account: 'org-two',
      token: 'pat-two',
      tokenType: 'PROGRAMMATIC_ACCESS_TOKEN',
    })
    vi.stubEnv('SNOWFLAKE_TOKEN', 'of-env')
    vi.stubEnv('SNOWFLAKE_ACCOUNT', 'org-env')
    expect(snowflakeConnection({ connection: 'third' })).toMatchObject({
      account: 'org-three',
      token: 'oauth-three',
      tokenType: 'OAUTH',
    })
  })

  test('takes no secret of another account', () => {
    write(FILE)
    vi.stubEnv('SNOWFLAKE_ACCOUNT', 'ORG-ONE')
    expect(snowflakeConnection()).toMatchObject({ privateKeyPath: '/keys/ann.p8' })
    vi.stubEnv('SNOWFLAKE_ACCOUNT', 'org-env')
    vi.stubEnv('SNOWFLAKE_TOKEN', 'of-env')
    expect(snowflakeConnection()).toMatchObject({ account: 'org-env', token: 'of-env', user: undefined })
    expect(snowflakeConnection({ account: 'org-mine' })).toMatchObject({
      account: 'org-mine',
      token: undefined,
      privateKeyPath: undefined,
    })
  })

  test('is of the first place that has a token or a key', () => {
    write(FILE)
    vi.stubEnv('SNOWFLAKE_USER', 'bob')
    expect(snowflakeConnection()).toMatchObject({ user: 'bob', privateKeyPath: '/keys/ann.p8' })
    vi.stubEnv('SNOWFLAKE_PRIVATE_KEY', 'pem')
    expect(snowflakeConnection()).toMatchObject({ privateKey: 'pem', privateKeyPath: undefined })
    vi.stubEnv('SNOWFLAKE_TOKEN', 'of-env\n')
    expect(snowflakeConnection()).toMatchObject({ token: 'of-env', tokenType: 'OAUTH' })
    vi.stubEnv('SNOWFLAKE_AUTHENTICATOR', 'programmatic_access_token')
    expect(snowflakeConnection().tokenType).toBe('PROGRAMMATIC_ACCESS_TOKEN')
    expect(snowflakeConnection({ privateKeyPath: '/mine', user: 'me', passphrase: 'x' })).toMatchObject({
      user: 'me',
      token: undefined,
      privateKeyPath: '/mine',
      passphrase: 'x',
    })
    expect(snowflakeConnection({ token: 'given' })).toMatchObject({ token: 'given', tokenType: 'OAUTH' })
    expect(snowflakeConnection({ token: 'given', tokenType: 'PROGRAMMATIC_ACCESS_TOKEN' }).tokenType).toBe(
      'PROGRAMMATIC_ACCESS_TOKEN',
    )
  })
})

describe('the address', () => {
  test.each([
    ['MyOrg-My_Account', 'https://myorg-my-account.snowflakecomputing.com'],
    ['xy12345.us-east-1', 'https://xy12345.us-east-1.snowflakecomputing.com'],
    ['xy12345.cn-northwest-1.aws', 'https://xy12345.cn-northwest-1.aws.snowflakecomputing.cn'],
  ])('of the account %s is %s', (account, url) => {
    vi.stubEnv('SNOWFLAKE_ACCOUNT', account)
    expect(snowflakeUrl()).toBe(url)
  })

  test('of no account is a TypeError that names the places', () => {
    expect(() => snowflakeUrl()).toThrow(
      new TypeError(
        `no Snowflake account is known: pass account, set SNOWFLAKE_ACCOUNT, or give the connection default one in ${join(home, 'connections.toml')}`,
      ),
    )
  })

  test.each(['evil.example/', 'a..b', '-a', 'a@b', 'https://x', ''])(
    'of what is no account is a TypeError: %j',
    (account) => {
      expect(() => snowflakeUrl({ account })).toThrow(/account must be an identifier such as myorg-myaccount/)
    },
  )
})
