import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { BIN, HOME, build, cleanUp, natter } from './cli/command.ts'
import { completion, json, loopback } from './loopback.ts'
import { echoServer } from './queue/echo-server.ts'
import { RedisServer, hasRedis } from './queue/redis-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-queue-'))
const PASSWORD = 'pass-word-of-redis'
let redis: RedisServer
let queues = 0

beforeAll(build, 120_000)
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  cleanUp()
})

const path = (name: string): string => join(folder, name)

function rows(name: string, ...texts: readonly string[]): string {
  const file = path(name)
  writeFileSync(file, `id,text\n${texts.map((text, n) => `${n},${text}\n`).join('')}`)
  return file
}

describe.skipIf(!hasRedis)('natter queue and natter worker', () => {
  beforeAll(async () => {
    redis = await RedisServer.start('--requirepass', PASSWORD)
  })

  /** The command, with the address of Redis where nobody else can read it. */
  const run = (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): ReturnType<typeof natter> =>
    natter(args, { env: { REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${redis.port}`, ...env } })

  const adding = (
    input: string,
    url: string,
    name: string,
    ...more: readonly string[]
  ): readonly string[] => [
    'queue',
    'add',
    input,
    '--queue',
    name,
    '--prompt',
    'Say {{text}}',
    '--base-url',
    url,
    '-m',
    'openai-compatible/m',
    ...more,
  ]

  test('rows are added, asked by a worker, and written with their answers in the order of the rows', async () => {
    const server = await echoServer(5)
    const input = rows('all.csv', 'one', 'bad', 'three')
    const add = await run(adding(input, server.url, 'all', '--max-active', '2', '--tries', '1'))
    expect(add).toMatchObject({
      code: 0,
      stderr: 'natter: 3 prompts are in the queue all: 0 of 3 answered, 3 waiting, 0 under way\n',
    })
    const output = path('all.csv.answers.csv')
    const results = ['queue', 'results', input, '--queue', 'all', '-o', output]
    const early = await run(results)
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('0 of 3 answered') })

    const worker = await run(['worker', '--queue', 'all', '--once', '--no-progress'])
    expect(worker).toMatchObject({ code: 0, stderr: 'natter: 2 prompts answered, 1 failed\n' })
    const first = await run([...results, '--follow', '--remove'])
    expect(first.code).toBe(1)
    expect(first.stderr).toContain('natter queue retry --queue all')
    const lines = readFileSync(output, 'utf8').split('\r\n')
    expect(lines).toEqual([
      'id,text,answer,error,inputTokens,outputTokens,cost',
      '0,one,re Say one,,5,2,',
      expect.stringMatching(/^1,bad,,.*no such thing.*,,,$/),
      '2,three,re Say three,,5,2,',
      '',
    ])
    const status = await run(['queue', 'status', '--queue', 'all', '--json'])
    expect(JSON.parse(status.stdout)).toEqual({
      name: 'all',
      provider: 'openai-compatible',
      model: 'm',
      added: 3,
      total: 3,
      answered: 2,
      failed: 1,
      waiting: 0,
      active: 0,
    })
    expect(await run(['queue', 'retry', '--queue', 'all'])).toMatchObject({
      code: 0,
      stderr: 'natter: 1 prompts of the queue all are asked again\n',
    })
    // What was taken out of Redis is still in the file beside the output.
    const plain = path('all.jsonl')
    await run(['worker', '--queue', 'all', '--once', '--no-progress'])
    await run([...results, '--follow'])
    expect(readFileSync(output, 'utf8').split('\r\n')).toHaveLength(5)
    expect((await run(['queue', 'results', '--queue', 'all', '-o', plain])).code).toBe(1)
    expect(readFileSync(plain, 'utf8')).toMatch(/^\{"index":1,"answer":null,"error":".*no such thing/)

    expect((await run(['queue', 'remove', '--queue', 'all'])).code).toBe(0)
    const gone = await run(['queue', 'status', '--queue', 'all'])
    expect(gone).toMatchObject({ code: 2, stderr: 'natter: there is no queue all in this Redis\n' })
  })

  test('data are asked for by a schema, and results of another job are not mixed in', async () => {
    const schema = path('schema.json')
    writeFileSync(schema, JSON.stringify({ type: 'object', properties: { text: { type: 'string' } } }))
    const input = rows('data.csv', '1')
    const server = await loopback((reply) => json(reply, 200, completion('{"text":"yes"}')))
    await run(adding(input, server.url, 'data', '--schema', schema))
    await run(['worker', '--queue', 'data', '--once', '--no-progress'])
    const output = path('data.jsonl')
    expect((await run(['queue', 'results', input, '--queue', 'data', '-o', output])).code).toBe(0)
    expect(JSON.parse(readFileSync(output, 'utf8'))).toMatchObject({ id: '0', answer: { text: 'yes' } })
    await run(adding(input, server.url, 'text'))
    const mixed = await run(['queue', 'results', input, '--queue', 'text', '-o', output])
    expect(mixed).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has the results of other prompts'),
    })
    const other = await run(adding(input, server.url, 'text', '--system', 'Other.'))
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('name another, or remove it first'),
    })
  })

  test('SIGTERM finishes what is under way and ends well, and a second one gives it back', async () => {
    const server = await echoServer(700)
    const name = `stop-${queues++}`
    await run(adding(rows('stop.csv', 'a', 'b', 'c', 'd'), server.url, name))
    const start = (): ReturnType<typeof spawn> =>
      spawn(process.execPath, [BIN, 'worker', '--queue', name, '--max-active', '2', '--no-progress'], {
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME,
          REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${redis.port}`,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
    const patient = start()
    let heard = ''
    patient.stderr?.on('data', (text: Buffer) => (heard += text.toString()))
    await server.arrival(1)
    patient.kill('SIGTERM')
    expect(await once(patient, 'exit')).toEqual([0, null])
    expect(heard).toContain('finishing the 2 under way')
    expect(heard).toContain('2 prompts answered, 0 failed')

    const hasty = start()
    await server.arrival(3)
    hasty.kill('SIGTERM')
    hasty.kill('SIGINT')
    expect(await once(hasty, 'exit')).toEqual([0, null])
    const status = await run(['queue', 'status', '--queue', name])
    expect(status.stdout).toBe(`${name} (openai-compatible/m): 2 of 4 answered, 2 waiting, 0 under way\n`)
  })

  test('a worker that is told to stop while Redis is gone ends all the same', async () => {
    const lost = await RedisServer.start()
    const server = await echoServer(0)
    await natter([...adding(rows('lost.csv', 'a'), server.url, 'lost'), '--redis', lost.url])
    const args = ['worker', '--redis', lost.url, '--queue', 'lost', '--grace', '0.5', '--no-progress']
    const worker = spawn(process.execPath, [BIN, ...args], {
      env: { PATH: process.env['PATH'] ?? '', HOME },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    onTestFinished(() => void worker.kill('SIGKILL'))
    const client = lost.client()
    // Then it waits for more, which is what it must be torn from.
    while ((await client.bitcount('natter:lost:natter-answered')) === 0) await sleep(50)
    await sleep(200)
    client.disconnect()
    await lost.kill()
    while (!String((await once(worker.stderr, 'data'))[0]).includes('is gone'));
    worker.kill('SIGTERM')
    expect(await once(worker, 'exit')).toEqual([0, null])
  })

  test('a key that the command line names goes to no server that only the queue names', async () => {
    const server = await echoServer(0)
    await run(adding(rows('keys.csv', 'a'), server.url, 'keys'))
    const args = ['worker', '--queue', 'keys', '--once', '--no-progress', '--api-key-env', 'SECRET_KEY']
    const env = { SECRET_KEY: 'key-of-somebody' }
    const refused = await run(args, env)
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`add --base-url ${server.url}`),
    })
    expect(server.asked).toHaveLength(0)
    expect((await run([...args, '--base-url', server.url], env)).code).toBe(0)
    expect(server.asked[0]?.headers.authorization).toBe('Bearer key-of-somebody')
    expect(redis.written()).not.toContain('key-of-somebody')
  })

  test('the built-in model answers for a queue of its own, and for any other where the worker says so', async () => {
    const input = rows('local.csv', 'a', 'b')
    await run([
      'queue',
      'add',
      input,
      '--queue',
      'local',
      '--local',
      '--prompt',
      'Echo {{id}}',
      '-p',
      'maxTokens=8',
    ])
    expect(await run(['worker', '--queue', 'local', '--once', '--no-progress'])).toMatchObject({
      code: 0,
      stderr: 'natter: 2 prompts answered, 0 failed\n',
    })
    await run(adding(input, 'http://127.0.0.1:9/v1', 'far', '-p', 'maxTokens=8'))
    expect((await run(['worker', '--queue', 'far', '--once', '--no-progress', '--local'])).code).toBe(0)
  })

  test('a Redis that cannot be reached is told, and never with its password', async () => {
    const url = `redis://:${PASSWORD}@127.0.0.1:9`
    for (const args of [['worker'], ['queue', 'status']]) {
      const { code, stderr } = await run([...args, '--debug'], { REDIS_URL: url })
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/^natter: Redis at 127.0.0.1:9 cannot be used: .*ECONNREFUSED/),
      })
      expect(stderr).not.toContain(PASSWORD)
    }
    const wrong = await run(['queue', 'status', '--redis', `rediss:${PASSWORD}`])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--redis must be a URL') })
    const help = await run(['worker', '--help'])
    expect(help.stdout).toContain('REDIS_URL')
    expect(help.stdout).not.toContain(PASSWORD)
    const words = await run(['queue', 'status', 'all'])
    expect(words).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("too many arguments for 'status'"),
    })
    expect((await run(['queue', 'add', '--queue', 'x'])).stderr).toContain('Try natter queue add --help.')
  })

  test.skipIf(spawnSync('openssl', ['version']).status !== 0)(
    'rediss:// is TLS, with a certificate that is checked',
    async () => {
      const [key, cert] = [path('key.pem'), path('cert.pem')]
      const made = [
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
      ]
      const subject = ['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
      execFileSync('openssl', ['req', '-x509', ...made, ...subject], { stdio: 'ignore' })
      const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert]
      const secure = await RedisServer.start('--tls-auth-clients', 'no', ...files)
      const args = ['queue', 'status', '--redis', `rediss://127.0.0.1:${secure.port}`]
      expect((await natter(args)).stderr).toMatch(/self.signed certificate/)
      const trusted = await natter(args, { env: { NODE_EXTRA_CA_CERTS: cert } })
      expect(trusted.stderr).toBe('natter: there is no queue natter in this Redis\n')
    },
  )
})
