import { mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HOME, type Start, build, cleanUp, natter } from './cli/command.ts'
import { Screen, hasTmux } from './cli/screen.ts'
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

describe('natter sessions', () => {
  /** The ids of two conversations, the newer first. */
  const two = async (): Promise<readonly string[]> => {
    await ask(['The weather in Paris'])
    await ask(['A poem on rain'])
    const { stdout } = await run(['sessions', '--json'])
    return stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { readonly id: string }).id)
  }

  test('lists them with the newest first, under ids that are taken back', async () => {
    const [newer = '', older = ''] = await two()
    const { code, stdout } = await run(['sessions'])
    const lines = stdout.trimEnd().split('\n')
    expect(code).toBe(0)
    expect(lines).toHaveLength(3)
    expect(lines[1]).toMatch(/^\w{9} +just now +huggingface\/\S+ +A poem on rain$/)
    expect(newer.startsWith(lines[1]?.slice(0, 9) ?? '-')).toBe(true)
    expect((await run(['sessions', 'show', lines[2]?.slice(0, 9) ?? ''])).stdout).toContain(
      'The weather in Paris',
    )
    expect((await run(['sessions', '--limit', '1'])).stdout).not.toContain('Paris')
    expect(older).not.toBe(newer)
  })

  test('search finds words that stand in one message', async () => {
    await two()
    const found = await run(['sessions', 'search', 'paris', 'WEATHER'])
    expect(found.stdout).toContain('The weather in Paris')
    expect(found.stdout).not.toContain('poem')
    expect(await run(['sessions', 'search', 'paris', 'poem'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('these words stand in no conversation'),
    })
  })

  test('show gives what was said, of the last one where none is named', async () => {
    await two()
    const { stdout } = await run(['sessions', 'show'])
    expect(stdout).toContain('A poem on rain')
    expect(stdout).toContain(WORDS.join(''))
    expect(JSON.parse((await run(['sessions', 'show', '--json'])).stdout)).toMatchObject({
      format: 'natter-chat',
      turns: [{ role: 'user' }, { role: 'assistant' }],
    })
  })

  test('export writes Markdown, HTML or a trace, to a file too', async () => {
    const [id = ''] = await two()
    expect((await run(['sessions', 'export'])).stdout).toMatch(/^# A poem on rain/)
    const trace = (await run(['sessions', 'export', id, '--format', 'jsonl'])).stdout
    expect(JSON.parse(trace.split('\n')[0] ?? '')).toMatchObject({ type: 'session', id })
    const file = join(data, 'page.html')
    await run(['sessions', 'export', id, '-f', 'html', '-o', file])
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/i)
    expect(await run(['sessions', 'export', '-o', join(data, 'no', 'such')])).toMatchObject({ code: 2 })
  })

  test('rename gives another title', async () => {
    const [id = ''] = await two()
    await run(['sessions', 'rename', id, 'On', 'rain'])
    expect((await run(['sessions'])).stdout).toMatch(/On rain$/m)
  })

  test('delete asks nobody where there is nobody, and deletes with --yes', async () => {
    const [newer = '', older = ''] = await two()
    expect(await run(['sessions', 'delete', newer])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('add --yes'),
    })
    expect((await run(['sessions', 'delete', newer, '0zzzzzzzz', '--yes'])).code).toBe(2)
    expect(kept()).toHaveLength(2)
    expect((await run(['sessions', 'delete', '--yes', newer, older])).code).toBe(0)
    expect(kept()).toEqual([])
  })

  test('words that are none of its commands may have been a prompt', async () => {
    expect(await run(['sessions', 'of', 'the', 'court?'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('quote it: natter "sessions of the court?"'),
    })
  })

  test.skipIf(!hasTmux)('delete asks at a terminal, and only yes is yes', async () => {
    const [newer = '', older = ''] = await two()
    const no = new Screen(`sessions delete ${newer}`, { NATTER_DATA: data })
    await no.shows('Delete it for good? [y/N]')
    no.keys('Enter')
    await no.shows('left with 1')
    no.close()
    const yes = new Screen(`sessions delete ${older}`, { NATTER_DATA: data })
    await yes.shows('The weather in Paris')
    yes.keys('y', 'Enter')
    await yes.shows('left with 0')
    yes.close()
    expect(kept()).toEqual([`${newer}.jsonl`])
  })
})

describe.skipIf(!hasTmux)('at a terminal', () => {
  test('a conversation is kept, and gone on with', async () => {
    const first = new Screen(`--base-url ${remote.url}`, { NATTER_DATA: data })
    await first.shows('/help lists')
    first.keys('My name is Ada', 'Enter')
    await first.shows('done.')
    first.keys('/quit', 'Enter')
    await first.shows('left with 0')
    first.close()
    const second = new Screen(`--base-url ${remote.url} -c`, { NATTER_DATA: data })
    await second.shows('/help lists')
    second.keys('Who am I?', 'Enter')
    await second.shows('done.')
    second.keys('/quit', 'Enter')
    await second.shows('left with 0')
    second.close()
    expect(messages()).toMatchObject([
      { content: 'My name is Ada' },
      { role: 'assistant' },
      { content: 'Who am I?' },
    ])
    expect(kept()).toHaveLength(1)
  })
})
