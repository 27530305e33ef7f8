import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { listen } from '../../test/loopback.ts'
import { type AwsChain, awsCredentials, awsRegion } from './aws-credentials.ts'
import type { AwsCredentials } from './aws-sigv4.ts'

let home = ''
const servers: Server[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'natter-aws-'))
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'credentials'))
  vi.stubEnv('AWS_CONFIG_FILE', join(home, 'config'))
  // Nobody answers there, and asking costs seconds.
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
  rmSync(home, { recursive: true })
  for (const server of servers.splice(0)) server.close()
})

const write = (file: 'credentials' | 'config', text: string): void => writeFileSync(join(home, file), text)

/** A chain that gives these one after the other, and how often it was asked and for what. */
function scripted(...given: readonly (AwsCredentials | Error)[]): {
  readonly load: () => Promise<AwsChain>
  readonly asked: unknown[]
} {
  const asked: unknown[] = []
  const chain: AwsChain = (init) => async () => {
    asked.push(init)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const next = given[asked.length - 1]
    if (next === undefined || next instanceof Error) throw next ?? new Error('asked too often')
    return next
  }
  return { load: () => Promise.resolve(chain), asked }
}

const KEY: AwsCredentials = { accessKeyId: 'ID', secretAccessKey: 'SECRET' }
const until = (minutes: number, accessKeyId = 'ID'): AwsCredentials => ({
  accessKeyId,
  secretAccessKey: 'SECRET',
  expiration: new Date(Date.now() + minutes * 60_000),
})

describe('credentials', () => {
  test('of the environment come first, at each request anew', async () => {
    const { load, asked } = scripted()
    const find = awsCredentials({}, load)
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'A')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'B')
    expect(await find()).toMatchObject({ accessKeyId: 'A', secretAccessKey: 'B', sessionToken: undefined })
    vi.stubEnv('AWS_SESSION_TOKEN', 'C')
    expect(await find()).toMatchObject({ sessionToken: 'C' })
    expect(asked).toEqual([])
  })

  test('of half a pair in the environment are none', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'A')
    const { load } = scripted(KEY)
    expect(await awsCredentials({}, load)()).toBe(KEY)
  })

  test('of a profile that is asked for are preferred to the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'A')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'B')
    write('credentials', '[work]\naws_access_key_id = W\naws_secret_access_key = S\n')
    expect(await awsCredentials({ profile: 'work' })()).toMatchObject({
      accessKeyId: 'W',
      secretAccessKey: 'S',
    })
  })

  test('of the files’ default profile and of AWS_PROFILE are found by AWS’s own package', async () => {
    write(
      'credentials',
      '[default]\naws_access_key_id = D\naws_secret_access_key = S\n[other]\naws_access_key_id = O\naws_secret_access_key = S\n',
    )
    expect(await awsCredentials()()).toMatchObject({ accessKeyId: 'D' })
    vi.stubEnv('AWS_PROFILE', 'other')
    expect(await awsCredentials()()).toMatchObject({ accessKeyId: 'O' })
  })

  test('of a container are asked for over HTTP, once for all who wait, and kept', async () => {
    let asked = 0
    const server = createServer((_, reply) => {
      asked++
      const Expiration = new Date(Date.now() + 3_600_000).toISOString()
      reply.setHeader('content-type', 'application/json')
      reply.end(JSON.stringify({ AccessKeyId: 'C', SecretAccessKey: 'S', Token: 'T', Expiration }))
    })
    servers.push(server)
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${await listen(server)}/creds`)
    const find = awsCredentials({ region: 'eu-west-1' })
    const all = await Promise.all(Array.from({ length: 20 }, () => find()))
    expect(all.every(({ accessKeyId, sessionToken }) => accessKeyId === 'C' && sessionToken === 'T')).toBe(
      true,
    )
    await find()
    expect(asked).toBe(1)
  })

  test('are kept until five minutes before they end, then renewed once for all', async () => {
    const { load, asked } = scripted(until(60, 'first'), until(180, 'second'))
    const find = awsCredentials({ profile: 'p', region: 'eu-west-1' }, load)
    expect((await Promise.all([find(), find(), find()])).map(({ accessKeyId }) => accessKeyId)).toEqual([
      'first',
      'first',
      'first',
    ])
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 54 * 60_000 })
    expect(await find()).toMatchObject({ accessKeyId: 'first' })
    vi.setSystemTime(Date.now() + 2 * 60_000)
    expect((await Promise.all([find(), find()])).map(({ accessKeyId }) => accessKeyId)).toEqual([
      'second',
      'second',
    ])
    expect(asked).toEqual(Array(2).fill({ profile: 'p', clientConfig: { region: 'eu-west-1' } }))
  })

  test('that cannot be renewed are used while they hold, and then the failure is told', async () => {
    const { load, asked } = scripted(until(10), new Error('SSO has ended'), new Error('SSO has ended'))
    const find = awsCredentials({}, load)
    const first = await find()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * 60_000 })
    expect(await find()).toBe(first)
    expect(asked).toHaveLength(2)
    vi.setSystemTime(Date.now() + 5 * 60_000)
    await expect(find()).rejects.toMatchObject({
      code: 'no-key',
      message: expect.stringContaining('SSO has ended'),
    })
  })

  test('that do not end are asked for once', async () => {
    const { load, asked } = scripted(KEY)
    const find = awsCredentials({}, load)
    await find()
    expect(await find()).toBe(KEY)
    expect(asked).toEqual([{}])
  })

  test('that were not found may be there the next time', async () => {
    const { load } = scripted(new Error('none yet'), KEY)
    const find = awsCredentials({}, load)
    await expect(find()).rejects.toMatchObject({ code: 'no-key' })
    expect(await find()).toBe(KEY)
  })
})

describe('an error', () => {
  test('names all places where there are no credentials', async () => {
    const error = await awsCredentials()().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'ChatError', code: 'no-key' })
    for (const place of [
      'AWS_BEARER_TOKEN_BEDROCK',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'profile default',
      '~/.aws/credentials',
      '~/.aws/config',
      'SSO',
      'container or instance',
    ])
      expect((error as Error).message).toContain(place)
  })

  test('names the profile that was asked for, and not the keys that were not looked at', async () => {
    const error = await awsCredentials({ profile: 'gone' })().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'no-key', message: expect.stringContaining('profile gone') })
    expect((error as Error).message).not.toContain('AWS_ACCESS_KEY_ID')
  })

  test('says how to install the package where that is missing', async () => {
    const cause = new Error('Cannot find package')
    const find = awsCredentials({}, () => Promise.reject(cause))
    await expect(find()).rejects.toMatchObject({
      code: 'missing-package',
      message: expect.stringContaining('`npm install @aws-sdk/credential-providers`'),
      cause,
    })
  })
})

describe('the region', () => {
  test('is the option, AWS_REGION, AWS_DEFAULT_REGION or the profile’s, in this order', () => {
    write(
      'config',
      '# region = none\n[default]\nregion = r-0\n\n[profile work]\noutput=json\nregion=r-4 # here\n[profile bare]\n',
    )
    expect(awsRegion()).toBe('r-0')
    expect(awsRegion({ profile: 'work' })).toBe('r-4')
    vi.stubEnv('AWS_PROFILE', 'work')
    expect(awsRegion()).toBe('r-4')
    vi.stubEnv('AWS_DEFAULT_REGION', 'r-3')
    expect(awsRegion()).toBe('r-3')
    vi.stubEnv('AWS_REGION', 'r-2')
    expect(awsRegion()).toBe('r-2')
    expect(awsRegion({ region: 'r-1' })).toBe('r-1')
  })

  test('that is nowhere is a TypeError that names the places', () => {
    write('config', '[profile bare]\n')
    expect(() => awsRegion({ profile: 'bare' })).toThrow(/AWS_REGION.*AWS_DEFAULT_REGION.*profile bare/)
    rmSync(join(home, 'config'))
    expect(() => awsRegion()).toThrow(TypeError)
  })

  test.each(['evil.example/', 'us-east-1.evil', 'US-EAST-1', '', 'a b', '-a'])(
    'that is no name is a TypeError: %j',
    (region) => {
      expect(() => awsRegion({ region })).toThrow(/region must be a name such as us-east-1/)
    },
  )
})
