import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { batchChat, batchStructured, batchText, chatHuggingFace, t, tool } from 'natter'
import { afterAll, describe, expect, test } from 'vitest'
import { chatWith } from '../src/chat-with.ts'
import { PROVIDERS } from '../src/chats.ts'
import { openaiBatches } from '../src/providers/batches-openai.ts'
import { OPENAI } from '../src/providers/openai.ts'
import type { Provider } from '../src/providers/provider.ts'
import { startBatchServer } from './batch-server.ts'
import { KINDS, batchChatAt } from './batch/chats.ts'

const folder = mkdtempSync(join(tmpdir(), 'natter-batch-'))
let files = 0
const newFile = (): string => join(folder, `run-${files++}.jsonl`)
const quick = { progress: false, pollEvery: 2 } as const
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const linesOf = (path: string): readonly Record<string, unknown>[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe.each(KINDS)('a batch at %s', (kind) => {
  test('is handed in, waited for, and gives each prompt its own answer, whatever their order', async () => {
    const { server, chat } = await batchChatAt(kind, { polls: 2 })
    chat.systemPrompt = 'Be brief.'
    const results = await batchChat(chat, ['a', 'b', 'c'], { path: newFile(), ...quick }).all()
    expect(results.map(({ index, prompt, text }) => [index, prompt, text])).toEqual([
      [0, 'a', 're a'],
      [1, 'b', 're b'],
      [2, 'c', 're c'],
    ])
    expect(results[1]).toMatchObject({
      error: undefined,
      attempts: 1,
      isResumed: false,
      usage: { input: 10, output: 2 },
      value: { role: 'assistant', finish: 'stop', provider: chat.provider.id, serviceTier: 'batch' },
    })
    expect(results[1]!.chat.turns.map(({ role }) => role)).toEqual(['user', 'assistant'])
    expect(chat.turns).toEqual([])
    expect(server.batches).toHaveLength(1)
    expect(JSON.stringify(server.batches[0]!.entries[0]!.body)).toContain('Be brief.')
  })

  test('may be left, and is gone on with by its file alone', async () => {
    const { server, chat } = await batchChatAt(kind)
    const path = newFile()
    const run = batchText(chat, ['a', 'b'], { path, wait: false, ...quick })
    expect(await run.all()).toEqual([])
    expect(server.batches).toHaveLength(1)
    const later = batchText(chat, ['a', 'b'], { path, ...quick })
    expect((await later.all()).map(({ value, isResumed }) => [value, isResumed])).toEqual([
      ['re a', false],
      ['re b', false],
    ])
    const asked = server.asked.length
    const last = await batchText(chat, ['a', 'b'], { path, ...quick }).all()
    expect(last.map(({ value, isResumed }) => [value, isResumed])).toEqual([
      ['re a', true],
      ['re b', true],
    ])
    expect(server.asked).toHaveLength(asked)
    expect(readFileSync(path, 'utf8')).not.toContain('secret')
  })
})

describe('what comes of prompts', () => {
  const refusing = {
    answer: (body: object) =>
      JSON.stringify(body).includes('bad') ? { status: 400, message: 'no such thing' } : 'ok',
  }

  test('one that is refused is an error of its own, and handed in again only when that is wished', async () => {
    let isBroken = true
    const { server, chat } = await batchChatAt('openai', {
      answer: (body) =>
        isBroken && JSON.stringify(body).includes('bad') ? { status: 400, message: 'no such thing' } : 'ok',
    })
    const path = newFile()
    const ask = (retry = false) => batchText(chat, ['a', 'bad', 'c'], { path, retry, ...quick }).all()
    const [first, bad] = await ask()
    expect(first).toMatchObject({ value: 'ok', attempts: 1 })
    expect(bad).toMatchObject({
      value: undefined,
      error: { code: 'bad-request', status: 400, message: 'OpenAI answered 400: no such thing.' },
      attempts: 1,
      cost: 0,
    })
    expect((await ask())[1]).toMatchObject({
      error: { message: 'OpenAI answered 400: no such thing.' },
      isResumed: true,
    })
    expect(server.batches).toHaveLength(1)
    isBroken = false
    const again = await ask(true)
    expect(again.map(({ value, attempts, isResumed }) => [value, attempts, isResumed])).toEqual([
      ['ok', 1, true],
      ['ok', 2, false],
      ['ok', 1, true],
    ])
    expect(server.batches.map(({ entries }) => entries.length)).toEqual([3, 1])
    expect((await ask(true)).map(({ value }) => value)).toEqual(['ok', 'ok', 'ok'])
    expect(server.batches).toHaveLength(2)
  })

  test('what a refusal teaches is heeded when it is handed in again', async () => {
    const { server, chat } = await batchChatAt(
      'groq',
      {
        answer: (body) =>
          'seed' in body
            ? { status: 400, message: "Unsupported parameter: 'seed' is not supported with this model." }
            : 'ok',
      },
      { params: { seed: 7 }, model: 'learns-from-batches', adjust: 'silent' },
    )
    const [result] = await batchChat(chat, ['a'], { path: newFile(), retry: true, ...quick }).all()
    expect(result!.value?.adjustments).toMatchObject([{ type: 'parameter', name: 'seed' }])
    expect(server.batches.map(({ entries }) => 'seed' in entries[0]!.body)).toEqual([true, false])
  })

  test.each(KINDS.filter((kind) => kind !== 'openrouter'))(
    'at %s, answers stay that came before it was cancelled',
    async (kind) => {
      const { chat } = await batchChatAt(kind, { polls: 99 })
      const path = newFile()
      const run = batchText(chat, ['a', 'b'], { path, wait: false, ...quick })
      await run.all()
      expect(await run.status()).toMatchObject({ isOver: false, pending: 2, batches: [{ state: 'running' }] })
      await run.cancel()
      const results = await batchText(chat, ['a', 'b'], { path, ...quick }).all()
      expect(results).toMatchObject([
        { value: 're a', error: undefined },
        { value: undefined, error: { code: 'cancelled', message: /was cancelled before .* retry: true/ } },
      ])
      expect(await run.status()).toMatchObject({
        isOver: true,
        pending: 0,
        answered: 1,
        failed: 1,
        batches: [{ state: 'cancelled' }],
      })
    },
  )

  test.each(KINDS)('at %s, an expired batch ends the wait, and gives what it has', async (kind) => {
    const { chat } = await batchChatAt(kind, { ends: 'expired', done: 1 })
    const results = await batchText(chat, ['a', 'b'], { path: newFile(), ...quick }).all()
    expect(results).toMatchObject([
      { value: 're a' },
      { error: { code: 'expired', message: /before the batch expired/ }, attempts: 1, text: '', cost: 0 },
    ])
  })

  test.each(KINDS.filter((kind) => kind !== 'anthropic'))(
    'at %s, a batch that fails as a whole fails each prompt, and says why',
    async (kind) => {
      const { chat } = await batchChatAt(kind, { ends: 'failed' })
      const results = await batchText(chat, ['a', 'b'], { path: newFile(), ...quick }).all()
      expect(results).toHaveLength(2)
      for (const { error } of results)
        expect(error).toMatchObject({
          code: 'bad-request',
          message: /could do nothing with the whole batch: .*(JSON|[Ii]nvalid|read)/,
        })
    },
  )

  test('data is checked, and what does not fit is an error with its text and its tokens', async () => {
    const { chat, server } = await batchChatAt('openai', {
      answer: (body) => (JSON.stringify(body).includes('Eve') ? '{"name":7}' : '{"name":"Ada"}'),
    })
    const path = newFile()
    const ask = () =>
      batchStructured(chat, ['I am Ada', 'I am Eve'], t.object({ name: t.string() }), {
        path,
        ...quick,
      }).all()
    for (const [ada, eve] of [await ask(), await ask()]) {
      expect(ada!.value?.name).toBe('Ada')
      expect(eve).toMatchObject({
        value: undefined,
        text: '{"name":7}',
        usage: { input: 10, output: 2 },
        error: { code: 'invalid-output' },
      })
    }
    expect(JSON.stringify(server.batches[0]!.entries[0]!.body)).toContain('json_schema')
  })

  test('it costs half, and that is kept in the file', async () => {
    const { chat } = await batchChatAt('openai')
    const path = newFile()
    const [result] = await batchText(chat, ['a'], { path, ...quick }).all()
    // gpt-4.1: $2 for a million tokens in, $8 out.
    expect(result!.cost).toBeCloseTo((10 * 2 + 2 * 8) / 1e6 / 2, 12)
    expect(linesOf(path).find(({ type }) => type === 'answer')).toMatchObject({ cost: result!.cost })
  })

  test('a prompt that is none is its own failure, and the others are handed in', async () => {
    const { chat, server } = await batchChatAt('mistral', refusing)
    const results = await batchText(chat, ['a', '', 'c'], { path: newFile(), ...quick }).all()
    expect(results.map(({ value, attempts, error }) => [value, attempts, error?.message])).toEqual([
      ['ok', 1, undefined],
      [undefined, 0, 'a prompt needs some text: it is empty'],
      ['ok', 1, undefined],
    ])
    expect(server.batches[0]!.entries).toHaveLength(2)
  })

  test('as many go out at once as there is room for, and one that is too long by itself is its own failure', async () => {
    const server = await startBatchServer('openai')
    const provider: Provider = {
      ...OPENAI,
      batches: async () => ({ ...openaiBatches, mostEntries: 3, mostBytes: 3000 }),
    }
    const chat = chatWith(provider, { baseUrl: server.url, apiKey: 'sk-secret-secret', model: 'gpt-4.1' })
    const prompts = ['a', 'b', 'c', 'd', 'x'.repeat(3000), 'ä'.repeat(500), 'é'.repeat(500), 'g']
    const results = await batchText(chat, prompts, { path: newFile(), ...quick }).all()
    expect(results.map(({ value, attempts }) => [value, attempts])).toEqual(
      prompts.map((_, n) => (n === 4 ? [undefined, 0] : ['ok', 1])),
    )
    expect(results[4]!.error?.message).toMatch(/this prompt has .*OpenAI takes 3 kB in a batch/)
    expect(server.batches.map(({ entries }) => entries.map(({ id }) => id))).toEqual([
      ['p0', 'p1', 'p2'],
      ['p3', 'p5'],
      ['p6', 'p7'],
    ])
  })

  test('an answer that is no chat answer is told as that', async () => {
    const { chat } = await batchChatAt('groq', { answer: () => ({ body: { hello: 'there' } }) })
    const [result] = await batchText(chat, ['a'], { path: newFile(), ...quick }).all()
    expect(result!.error).toMatchObject({ code: 'bad-reply', message: /no chat answer/ })
  })
})

describe('what cannot be', () => {
  test('a chat with tools is told that a batch runs none', async () => {
    const { chat } = await batchChatAt('openai')
    chat.registerTool(tool({ name: 'now', description: 'Time.', input: t.object({}), run: () => 'noon' }))
    expect(() => batchText(chat, ['a'], { path: newFile() })).toThrow(
      'a batch runs no tools, and the chat has now',
    )
  })

  test('a provider without batches is told, with those that have them', async () => {
    const chat = chatHuggingFace({ apiKey: 'hf_x' })
    await expect(batchText(chat, ['a'], { path: newFile() }).all()).rejects.toThrow(
      /Hugging Face answers no batches: parallelChat\(\).*Anthropic, .*OpenRouter answer batches/,
    )
  })

  test('those that are named are those that have them', async () => {
    const message = await batchText(chatHuggingFace({ apiKey: 'hf_x' }), ['a'], { path: newFile() })
      .all()
      .catch((error: Error) => error.message)
    const names = [...PROVIDERS.values()].filter(({ facts }) => facts.batches).map(({ facts }) => facts.name)
    expect(names.length).toBeGreaterThan(5)
    for (const name of names.filter((it) => !/OpenAI-like/.test(it))) expect(message).toContain(name)
  })

  test('options are checked at once', async () => {
    const { chat } = await batchChatAt('openai')
    const wrong =
      (options: object): (() => unknown) =>
      () =>
        batchText(chat, ['a'], options as never)
    expect(wrong({})).toThrow('path must be the path of a file')
    expect(wrong({ path: 'a', wait: 'no' })).toThrow('wait must be true or false: got string')
    expect(wrong({ path: 'a', retry: 1 })).toThrow('retry must be true or false')
    expect(wrong({ path: 'a', pollEvery: 0 })).toThrow(RangeError)
    expect(wrong({ path: 'a', pollEvery: '1' })).toThrow('pollEvery must be a number')
    expect(wrong({ path: 'a', progress: 'bar' })).toThrow('progress must be')
    expect(wrong({ path: 'a', adopt: '' })).toThrow('adopt must be the id of a batch')
    expect(() => batchText({} as never, ['a'], { path: 'a' })).toThrow('the first argument must be a chat')
    expect(() => batchText(chat, 7 as never, { path: 'a' })).toThrow('prompts must be an array')
  })
})
