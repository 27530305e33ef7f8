import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Chat, ChatError, chatLMStudio, chatOpenAICompatible, chatVLLM, parallelText, t } from 'natter'
import { type Loopback, completion, json, loopback, refusalOf } from './loopback.ts'

// Servers of one's own that mostly have one model: it need not be named.

beforeEach(() => {
  vi.stubEnv('NATTER_CACHE', 'off')
  return () => vi.unstubAllEnvs()
})

const llm = (id: string, state?: string): object => ({ id, type: 'llm', state })

/** A server that lists rows at its own address or at that of OpenAI's API, and answers chats with what it was asked. */
const serverWith = (lists: Readonly<Record<string, readonly object[]>>): Promise<Loopback> =>
  loopback((reply, { method, path, body }) => {
    if (method === 'POST') return json(reply, 200, completion(`I am ${body.model}.`, { model: body.model }))
    const data = lists[path]
    return data ? json(reply, 200, { data }) : json(reply, 404, { error: 'Unexpected endpoint' })
  })

const listsAsked = ({ asked }: Loopback): readonly string[] =>
  asked.filter(({ method }) => method === 'GET').map(({ path }) => path)

describe('a chat without a model', () => {
  test('asks the one that is loaded, looks once, and is called so from then on', async () => {
    const server = await serverWith({
      '/api/v0/models': [
        llm('a', 'not-loaded'),
        llm('b', 'loaded'),
        { id: 'e', type: 'embeddings', state: 'loaded' },
      ],
    })
    const chat = chatLMStudio({ baseUrl: server.origin, apiKey: 'sk-mine' })
    expect(chat.model).toBe('')
    expect(inspect(chat)).toBe('<Chat LM Studio/? turns=0>')
    expect(server.asked).toEqual([])
    expect(await chat.chat('Who are you?')).toBe('I am b.')
    expect(chat.model).toBe('b')
    await chat.chat('Again?')
    expect(listsAsked(server)).toEqual(['/api/v0/models'])
    expect(server.asked[0]?.headers.authorization).toBe('Bearer sk-mine')
    expect(chat.lastTurn('assistant')?.model).toBe('b')
  })

  test.each<[string, Readonly<Record<string, readonly object[]>>, string]>([
    [
      'the only one on the machine, where none is loaded',
      { '/api/v0/models': [llm('a', 'not-loaded')] },
      'a',
    ],
    ['one that sees', { '/api/v0/models': [{ id: 'v', type: 'vlm', state: 'loaded' }] }, 'v'],
    [
      'the only one by name, of an old server',
      { '/v1/models': [{ id: 'a' }, { id: 'text-embedding-x' }] },
      'a',
    ],
  ])('asks LM Studio for %s', async (_, lists, model) => {
    const { origin } = await serverWith(lists)
    expect(await chatLMStudio({ baseUrl: origin }).chat('Hi')).toBe(`I am ${model}.`)
  })

  test('asks vLLM for what it was started with, by its first name, and not for an adapter', async () => {
    const row = (id: string, parent: string | null, root: string): object => ({ id, root, parent })
    const lists = {
      '/v1/models': [row('mine', null, 'org/m'), row('alias', null, 'org/m'), row('lora', 'mine', '/l')],
    }
    const { origin } = await serverWith(lists)
    expect(await chatVLLM({ baseUrl: origin }).chat('Hi')).toBe('I am mine.')
  })

  test('does so whatever is asked first: data, a stream, a count, an explanation', async () => {
    const server = await serverWith({ '/v1/models': [{ id: 'm' }] })
    const make = (): Chat => chatVLLM({ baseUrl: server.origin, adjust: 'silent' })
    expect((await make().explain('Hi')).body).toMatchObject({ model: 'm' })
    expect((await make().countTokens('Hi')).tokens).toBeGreaterThan(0)
    await refusalOf(make().structured('Hi', t.object({ name: t.string() })))
    for (const { method, body } of server.asked) if (method === 'POST') expect(body.model).toBe('m')
    expect(listsAsked(server).length).toBeGreaterThanOrEqual(2)
  })

  test('a run of many prompts looks once, and its file knows the model', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'natter-served-'))
    const server = await serverWith({ '/v1/models': [{ id: 'm' }] })
    const resume = join(folder, 'run.jsonl')
    try {
      for (let times = 0; times < 2; times++) {
        const chat = chatVLLM({ baseUrl: server.origin })
        const results = await parallelText(chat, ['a', 'b', 'c'], { resume, progress: false }).all()
        expect(results.map(({ value }) => value)).toEqual(['I am m.', 'I am m.', 'I am m.'])
      }
      expect(listsAsked(server)).toHaveLength(2)
      expect(server.asked).toHaveLength(5)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test.each<[string, readonly object[], RegExp]>([
    [
      'several loaded',
      [llm('a', 'loaded'), llm('b', 'loaded'), llm('c', 'not-loaded')],
      /has a, b: pass model, one of these\.$/,
    ],
    ['several and none loaded', [llm('a', 'not-loaded'), llm('b', 'not-loaded')], /has a, b: pass model/],
    [
      'none that chats',
      [{ id: 'e', type: 'embeddings', state: 'loaded' }],
      /has no model that chats: pass model \(`lms ls`/,
    ],
  ])('with %s is an error that says so, and looks again the next time', async (_, rows, words) => {
    const lists = { '/api/v0/models': rows }
    const server = await serverWith(lists)
    const chat = chatLMStudio({ baseUrl: server.origin })
    const error = await refusalOf(chat.chat('Hi'))
    expect(error).toMatchObject({ code: 'model-not-supported', provider: 'LM Studio' })
    expect(error.message).toMatch(words)
    expect(chat.turns).toEqual([])
    lists['/api/v0/models'] = [llm('z', 'loaded')]
    expect(await chat.chat('Hi')).toBe('I am z.')
  })

  test('names at most ten of many', async () => {
    const rows = Array.from({ length: 12 }, (_, n) => llm(`m${n}`, 'loaded'))
    const { origin } = await serverWith({ '/api/v0/models': rows })
    const { message } = await refusalOf(chatLMStudio({ baseUrl: origin }).chat('Hi'))
    expect(message).toContain('m9 and others: pass model')
    expect(message).not.toContain('m10')
  })

  test('stops looking at once when it is told to, and says how a server is started that does not run', async () => {
    const silent = await loopback(() => undefined)
    const controller = new AbortController()
    const asked = refusalOf(chatVLLM({ baseUrl: silent.url }).chat('Hi', { signal: controller.signal }))
    const { closed } = await silent.arrival()
    controller.abort()
    expect(ChatError.is(await asked, 'aborted')).toBe(true)
    await closed
    const { message } = await refusalOf(
      chatLMStudio({ baseUrl: 'http://127.0.0.1:9', retries: 0 }).chat('Hi'),
    )
    expect(message).toContain('`lms server start`')
  })

  test('is saved and taken up before its model is known, and shares what was found with its clones', async () => {
    const server = await serverWith({ '/v1/models': [{ id: 'm' }] })
    const chat = chatVLLM({ baseUrl: server.origin })
    const again = await Chat.fromJSON(
      JSON.stringify(chat),
      chatVLLM({ baseUrl: server.origin, model: 'other' }),
    )
    expect(again.model).toBe('other')
    const clone = chat.clone()
    await chat.chat('Hi')
    await clone.chat('Hi')
    expect(clone.model).toBe('m')
    expect(listsAsked(server)).toHaveLength(1)
  })

  test('stands in for one that failed, and is called by the name of its server until it has answered', async () => {
    const failing = await loopback((reply) => json(reply, 503, { error: 'busy' }))
    const server = await serverWith({ '/v1/models': [{ id: 'm' }] })
    const chat = chatOpenAICompatible({
      baseUrl: failing.url,
      model: 'x',
      retries: 0,
      adjust: 'silent',
      fallbacks: [chatVLLM({ baseUrl: server.origin })],
    })
    expect(await chat.chat('Hi')).toBe('I am m.')
    expect(chat.lastTurn('assistant')?.adjustments?.[0]).toMatchObject({
      type: 'fallback',
      name: 'fallback-vllm/served',
    })
    expect(chat.lastTurn('assistant')?.adjustments?.[0]?.message).toMatch(/^vLLM was asked, because/)
  })
})
