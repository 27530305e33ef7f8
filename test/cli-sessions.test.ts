import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HOME, type Start, build, cleanUp, natter } from './cli/command.ts'
import { type Remote, WORDS, startRemote } from './cli/remote.ts'

const KEY = 'hf_averysecretkey'

let remote: Remote
let data: string
beforeAll(async () => {
  build()
  remote = await startRemote()
}, 120_000)
beforeEach(() => {
  remote.reset()
  data = mkdtempSync(join(HOME, 'data-'))
})
afterAll(() => {
  remote?.close()
  cleanUp()
})

/** Runs the command with a data folder of this test's own. */
const run = (args: readonly string[], start: Start = {}): ReturnType<typeof natter> =>
  natter(args, { ...start, env: { NATTER_DATA: data, ...start.env } })

/** Asks the loopback server. */
const ask = (args: readonly string[], start: Start = {}): ReturnType<typeof natter> =>
  run(['--base-url', remote.url, ...args], start)

const messages = (): readonly unknown[] => remote.requests.at(-1)?.body.messages ?? []
const kept = (): readonly string[] => {
  const folder = join(data, 'sessions')
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
  } catch {
    return []
  }
}

describe('a conversation', () => {
  test('is kept in a file that only its owner reads, without the key', async () => {
    await ask(['Name a prime'], { env: { HF_TOKEN: KEY } })
    const [file = ''] = kept()
    const path = join(data, 'sessions', file)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const text = readFileSync(path, 'utf8')
    expect(text).toContain('Name a prime')
    expect(text).not.toContain(KEY)
  })

  test('is not kept with --no-history, or NATTER_HISTORY=off', async () => {
    await ask(['--no-history', 'Name a prime'])
    await ask(['Name a prime'], { env: { NATTER_HISTORY: 'off' } })
    expect(kept()).toEqual([])
  })

  test('is answered although it cannot be kept', async () => {
    const { code, stdout, stderr } = await ask(['Hi'], { env: { NATTER_DATA: '/dev/null/nowhere' } })
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${WORDS.join('')}\n` })
    expect(stderr).toMatch(/^natter: this conversation is not kept: .*\n$/)
  })

  test('that brought nothing is not kept', async () => {
    remote.answer = (_, response) => void response.writeHead(400).end('{"error":{"message":"no"}}')
    expect((await ask(['Hi'])).code).toBe(1)
    expect(kept()).toEqual([])
  })
})

describe('--continue', () => {
  test('goes on with the last one, its system prompt and parameters', async () => {
    await ask(['-s', 'Be terse.', '-p', 'temperature=0', 'Name a prime'])
    const { code } = await ask(['-c', 'And another'])
    expect(code).toBe(0)
    expect(messages()).toEqual([
      { role: 'system', content: 'Be terse.' },
      { role: 'user', content: 'Name a prime' },
      { role: 'assistant', content: WORDS.join('') },
      { role: 'user', content: 'And another' },
    ])
    expect(remote.requests.at(-1)?.body['temperature']).toBe(0)
    expect(kept()).toHaveLength(1)
    await ask(['-c', 'A third'])
    expect(messages()).toHaveLength(6)
  })

  test('goes on with one by the beginning of its id, and the command line goes before what was saved', async () => {
    await ask(['-s', 'Be terse.', 'The first'])
    const [first = ''] = kept()
    await ask(['The second'])
    await ask(['-c', first.slice(0, 12), '-s', 'Be long.', 'Go on'])
    expect(messages()).toMatchObject([
      { content: 'Be long.' },
      { content: 'The first' },
      { role: 'assistant' },
      { content: 'Go on' },
    ])
  })

  test('asks no address that only the file names, and sends it no key', async () => {
    await ask(['Hi'])
    const before = remote.requests.length
    const { code, stderr } = await run(['-c', 'Go on'], { env: { HF_TOKEN: KEY } })
    expect(code).toBe(2)
    expect(stderr).toContain(`was held at ${remote.url}`)
    expect(stderr).toContain(`add --base-url ${remote.url}`)
    expect(remote.requests).toHaveLength(before)
  })

  test('says where there is nothing to go on with', async () => {
    expect(await run(['-c', 'Hi'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no conversation to go on with yet'),
    })
    await ask(['Hi'])
    expect(await run(['--continue=0zzzzzzzz', 'Hi'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no conversation 0zzzzzzzz'),
    })
  })

  test('goes on with a model of this machine', async () => {
    await run(['--local', '-p', 'maxTokens=4', 'Hello'])
    const { code } = await run(['-c', 'Hello again'])
    expect(code).toBe(0)
    const text = readFileSync(join(data, 'sessions', kept()[0] ?? ''), 'utf8')
    expect(text.split('"type":"message"')).toHaveLength(5)
  })
})
