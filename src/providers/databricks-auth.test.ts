import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { refusalOf } from '../../test/loopback.ts'
import { countingTokens, handClock, printed, requestTo, tokenServer } from '../../test/token-server.ts'
import { type DatabricksOptions, databricksWorkspace } from './databricks-auth.ts'

const HOST = 'https://dbc-1.cloud.databricks.com'
const SECRET = 'dose-the-client-secret'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'natter-databricks-'))
  for (const name of Object.keys(process.env)) if (name.startsWith('DATABRICKS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('DATABRICKS_CONFIG_FILE', join(home, 'cfg'))
  // No Databricks CLI is there.
  vi.stubEnv('PATH', home)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

const write = (text: string): void => writeFileSync(join(home, 'cfg'), text)

const ask = async (options: DatabricksOptions = {}) => {
  const { origin, authorize } = databricksWorkspace(options)
  return authorize(requestTo(`${origin}/serving-endpoints/chat/completions`))
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('the workspace', () => {
  test('is the option’s, the environment’s or the profile’s', () => {
    write(`[DEFAULT]\nhost = ${HOST}/\n[work]\nhost = work.databricks.com\n`)
    expect(databricksWorkspace().origin).toBe(HOST)
    expect(databricksWorkspace({ profile: 'work' }).origin).toBe('https://work.databricks.com')
    vi.stubEnv('DATABRICKS_CONFIG_PROFILE', 'work')
    expect(databricksWorkspace().origin).toBe('https://work.databricks.com')
    vi.stubEnv('DATABRICKS_HOST', 'https://env.databricks.com/?o=123')
    expect(databricksWorkspace().origin).toBe('https://env.databricks.com')
    expect(databricksWorkspace({ profile: 'work' }).origin).toBe('https://work.databricks.com')
    expect(databricksWorkspace({ host: 'mine.databricks.com/ml' }).origin).toBe('https://mine.databricks.com')
  })

  test('that is nowhere is a TypeError that names the places', () => {
    expect(() => databricksWorkspace({ profile: 'work' })).toThrow(
      new TypeError(
        `no Databricks workspace is known: pass host, set DATABRICKS_HOST, or give the profile work one in ${join(home, 'cfg')}`,
      ),
    )
  })

  test('is none that others can read', () => {
    expect(() => databricksWorkspace({ host: 'http://dbc.example' })).toThrow(
      /host of Databricks must be an https/,
    )
  })

  test('is looked for in the home folder, also where that is written as ~', () => {
    vi.stubEnv('HOME', home)
    writeFileSync(join(home, '.databrickscfg'), `[DEFAULT]\nhost = ${HOST}\n`)
    vi.stubEnv('DATABRICKS_CONFIG_FILE', undefined)
    expect(databricksWorkspace().origin).toBe(HOST)
    expect(databricksWorkspace({ configFile: '~/.databrickscfg' }).origin).toBe(HOST)
  })
})

describe('a token', () => {
  test('is the option’s, the environment’s or the profile’s', async () => {
    write(`[DEFAULT]\nhost = ${HOST}\ntoken = of-file\n`)
    expect(await ask()).toEqual(bearer('of-file'))
    vi.stubEnv('DATABRICKS_TOKEN', ' of-env\n')
    expect(await ask()).toEqual(bearer('of-env'))
    expect(await ask({ token: 'given' })).toEqual(bearer('given'))
    expect(await ask({ profile: 'DEFAULT' })).toEqual(bearer('of-file'))
  })

  test('goes to its workspace only', async () => {
    const workspace = databricksWorkspace({ host: HOST, token: 'given' })
    const { authorize } = workspace
    expect(printed(workspace)).not.toContain('given')
    for (const url of [
      'https://dbc-2.cloud.databricks.com/x',
      `${HOST}.evil.example/x`,
      'http://dbc-1.cloud.databricks.com/',
    ])
      expect(await authorize(requestTo(url))).toEqual({})
  })

  test('that stands beside another workspace is not sent to this one', async () => {
    write('[DEFAULT]\nhost = https://other.databricks.com\ntoken = of-file\n')
    vi.stubEnv('DATABRICKS_HOST', 'https://third.databricks.com')
    vi.stubEnv('DATABRICKS_TOKEN', 'of-env')
    const error = await refusalOf(ask({ host: HOST }))
    expect(error).toMatchObject({ code: 'no-key' })
    expect(error.message).toContain('(not used: DATABRICKS_HOST is another workspace)')
    expect(await ask({ host: 'https://other.databricks.com' })).toEqual(bearer('of-file'))
    expect(await ask()).toEqual(bearer('of-env'))
  })
})

describe('a service principal', () => {
  test('asks its workspace for tokens, once for all who wait, and before they end', async () => {
    const server = await countingTokens(3600)
    vi.stubEnv('DATABRICKS_HOST', server.origin)
    vi.stubEnv('DATABRICKS_CLIENT_ID', 'client-1')
    vi.stubEnv('DATABRICKS_CLIENT_SECRET', SECRET)
    const clock = handClock()
    const { authorize } = databricksWorkspace({ now: clock.now })
    const request = requestTo(`${server.origin}/serving-endpoints/chat/completions`)
    expect(await Promise.all([authorize(request), authorize(request)])).toEqual(
      Array(2).fill(bearer('token-1')),
    )
    expect(server.asked).toMatchObject([
      {
        method: 'POST',
        path: '/oidc/v1/token',
        headers: { authorization: `Basic ${Buffer.from(`client-1:${SECRET}`).toString('base64')}` },
        form: { grant_type: 'client_credentials', scope: 'all-apis' },
      },
    ])
    clock.pass(54)
    expect(await authorize(request)).toEqual(bearer('token-1'))
    clock.pass(2)
    expect(await authorize(request)).toEqual(bearer('token-2'))
  })

  test('comes after a token in the environment, unless it is passed', async () => {
    const server = await countingTokens(3600)
    vi.stubEnv('DATABRICKS_HOST', server.origin)
    vi.stubEnv('DATABRICKS_TOKEN', 'of-env')
    vi.stubEnv('DATABRICKS_CLIENT_SECRET', SECRET)
    expect(await ask()).toEqual(bearer('of-env'))
    expect(await ask({ clientId: 'client-1' })).toEqual(bearer('token-1'))
  })

  test('may be a profile’s', async () => {
    const server = await countingTokens(3600)
    write(`[sp]\nhost = ${server.origin}\nclient_id = c\nclient_secret = ${SECRET}\n`)
    expect(await ask({ profile: 'sp' })).toEqual(bearer('token-1'))
  })

  test('of which half is passed and half is nowhere is a TypeError', async () => {
    await expect(ask({ host: HOST, clientId: 'c' })).rejects.toThrow(
      new TypeError('a service principal needs both: clientSecret is missing'),
    )
    await expect(ask({ host: HOST, clientSecret: SECRET })).rejects.toThrow(/clientId is missing/)
  })

  test('that is refused is told with what Databricks said, and without the secret', async () => {
    const server = await tokenServer(({ headers }) => [
      401,
      {
        error: 'invalid_client',
        error_description: `Client authentication failed: ${headers.authorization} ${SECRET}`,
      },
    ])
    const error = await refusalOf(ask({ host: server.origin, clientId: 'c', clientSecret: SECRET }))
    expect(error).toMatchObject({ code: 'unauthorized', provider: 'Databricks' })
    expect(error.message).toMatch(/invalid_client: Client authentication failed.*DATABRICKS_CLIENT_SECRET/)
    expect(printed(error)).not.toContain(SECRET)
    expect(printed(error)).not.toContain(Buffer.from(`c:${SECRET}`).toString('base64'))
  })
})

describe('the Databricks CLI', () => {
  const install = (script: string): void => {
    writeFileSync(join(home, 'databricks'), `#!${process.execPath}\n${script}\n`)
    chmodSync(join(home, 'databricks'), 0o755)
  }

  test('is asked where nothing else is known, once for all who wait, and its token is kept', async () => {
    const clock = handClock()
    const counter = JSON.stringify(join(home, 'count'))
    install(
      `const fs = process.getBuiltinModule('fs')
       fs.appendFileSync(${counter}, 'x')
       console.log(JSON.stringify({ access_token: 'cli-' + fs.readFileSync(${counter}).length, expiry: '2026-01-01T01:00:00Z' }))`,
    )
    const { authorize } = databricksWorkspace({ host: HOST, now: clock.now })
    const request = requestTo(`${HOST}/x`)
    expect(await Promise.all([authorize(request), authorize(request)])).toEqual(
      Array(2).fill(bearer('cli-1')),
    )
    clock.pass(54)
    expect(await authorize(request)).toEqual(bearer('cli-1'))
    clock.pass(2)
    expect(await authorize(request)).toEqual(bearer('cli-2'))
  })

  test('that gives none either leads to an error that names all places', async () => {
    const error = await refusalOf(ask({ host: HOST }))
    expect(error).toMatchObject({ code: 'no-key' })
    expect(error.message).toBe(
      `No key for Databricks at ${HOST} was found. Looked in DATABRICKS_TOKEN, in DATABRICKS_CLIENT_ID with ` +
        `DATABRICKS_CLIENT_SECRET, in the profile DEFAULT of ${join(home, 'cfg')}, and asked the Databricks CLI ` +
        `(databricks is not installed). Set one of these, or run \`databricks auth login --host ${HOST}\`.`,
    )
  })

  test.each([
    ['DATABRICKS_CLIENT_ID', 'DATABRICKS_CLIENT_SECRET'],
    ['DATABRICKS_CLIENT_SECRET', 'DATABRICKS_CLIENT_ID'],
  ])('that gives none is told together with what %s lacks', async (set, missing) => {
    vi.stubEnv(set, 'value-of-it')
    install(`console.error('Error: sign in first'); process.exit(1)`)
    const error = await refusalOf(ask({ host: HOST }))
    expect(error.message).toContain(`(not set: ${missing})`)
    expect(error.message).toContain('Error: sign in first')
    expect(printed(error)).not.toContain('value-of-it')
  })

  test('that gives none for a profile is told that the environment was not looked at', async () => {
    write(`[p]\nhost = ${HOST}\n`)
    vi.stubEnv('DATABRICKS_TOKEN', 'of-env')
    const error = await refusalOf(ask({ profile: 'p' }))
    expect(error.message).toContain('(not used: a profile was asked for)')
    expect(error.message).toContain('in the profile p of')
  })
})
