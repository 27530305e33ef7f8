import { describe, expect, test } from 'vitest'
import { Chat, ChatError, type ChatEvent, chatOpenAICompatible, t, tool } from '../index.ts'
import type { FakeReply } from '../testing/index.ts'
import { begin, chunk, loopback } from '../../test/loopback.ts'
import { backed, noticed, scripted } from '../../test/scripted-chats.ts'
import { sessionOf } from './conversation.ts'
import { fork } from './session.ts'

const OVERFLOW = 'This model has a maximum context length of 10 tokens'

describe('the next one answers', () => {
  test.each<[string, FakeReply]>([
    ['answered 401 (unauthorized)', { status: 401 }],
    ['answered 402 (credits)', { status: 402 }],
    ['answered 403 (forbidden)', { status: 403 }],
    ['answered 404 (not-found)', { status: 404 }],
    ['answered 400 (context-overflow)', { status: 400, message: OVERFLOW }],
    ['answered 408 (timeout)', { status: 408 }],
    ['answered 429 (rate-limited)', { status: 429 }],
    ['answered 500 (server-error)', { status: 500 }],
    ['answered 503 (overloaded)', { status: 503 }],
    ['failed (connection)', new Error('gone')],
    ['failed (bad-reply)', { text: '', cut: 0 }],
  ])('where the first %s', async (why, reply) => {
    const [first] = scripted('first', [reply], { stream: true })
    const [second, model] = scripted('second', ['Hello.'])
    const chat = backed(first, [second])
    expect(await chat.chat('Hi')).toBe('Hello.')
    expect(model.requests[0]).toMatchObject({
      model: 'second-1',
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(chat.turns).toMatchObject([
      { role: 'user' },
      {
        provider: 'openai-compatible',
        adjustments: [
          {
            type: 'fallback',
            name: 'fallback-openai-compatible/second-1',
            message: `second/second-1 was asked, because first/first-1 ${why}`,
          },
        ],
      },
    ])
  })

  test.each<[string, object, string]>([
    ['breaks off', { choices: [] }, 'cut'],
    ['is an error', { error: { message: 'Overloaded', code: 503 } }, 'overloaded'],
  ])('where a stream %s before its first word', async (_, last, code) => {
    const server = await loopback((reply) => {
      begin(reply, chunk({ role: 'assistant', content: '' }, { model: 'named' }), last)
      reply.end()
    })
    const [first] = scripted('first', [], { fetch: undefined, baseUrl: server.url, stream: true })
    const [second] = scripted('second', ['Hello.'])
    const chat = backed(first, [second])
    expect(await chat.chat('Hi')).toBe('Hello.')
    expect(noticed(chat)).toEqual([expect.stringContaining(`failed (${code})`)])
    expect(chat.lastTurn('assistant')).toMatchObject({ model: 'second-1' })
  })

  test('after all tries of the first, and only then', async () => {
    const [first, tried] = scripted('first', [{ status: 503 }, { status: 503 }, 'Late.'], { retries: 1 })
    const [second] = scripted('second', ['Hello.'])
    expect(await backed(first, [second]).chat('Hi')).toBe('Hello.')
    expect(tried.requests).toHaveLength(2)
  })

  test('where the first has no key', async () => {
    const keyless = chatOpenAICompatible({ model: 'm', baseUrl: 'http://a.test/v1' })
    const session = fork(sessionOf(keyless))
    session.line = {
      ...session.line,
      authorize: () => Promise.reject(new ChatError('no key', { code: 'no-key' })),
    }
    const [second] = scripted('second', ['Hello.'])
    const chat = backed(new Chat(session, 'none'), [second])
    expect(await chat.chat('Hi')).toBe('Hello.')
  })

  test('as it streams: the change is heard before the first word', async () => {
    const [first] = scripted('first', [{ status: 429 }])
    const [second] = scripted('second', [{ text: 'Hello there' }])
    const seen: ChatEvent['type'][] = []
    for await (const { type } of backed(first, [second]).events('Hi')) seen.push(type)
    expect(seen).toEqual(['adjustment', 'text', 'text', 'finish'])
  })

  test('with its own model, parameters and body, and all that was said', async () => {
    const options = { params: { temperature: 1, seed: 3, min_p: 0.1 }, apiArgs: { a: 1 } }
    const [first] = scripted('first', ['One.', { status: 503 }], { ...options, systemPrompt: 'Be.' })
    const [second, model] = scripted('second', ['Two.'], { params: { temperature: 0 }, apiArgs: { b: 2 } })
    const chat = backed(first, [second])
    await chat.chat('1')
    await chat.chat('2')
    expect(model.requests[0]).toEqual({
      model: 'second-1',
      messages: [
        { role: 'system', content: 'Be.' },
        { role: 'user', content: '1' },
        { role: 'assistant', content: 'One.' },
        { role: 'user', content: '2' },
      ],
      temperature: 0,
      seed: 3,
      min_p: 0.1,
      b: 2,
    })
    expect([chat.provider.name, chat.model]).toEqual(['first', 'first-1'])
  })

  test('until the prompt is answered: the calls it makes are run, and their results go to it', async () => {
    const [first, asked] = scripted('first', [{ status: 503 }, 'First again.'])
    const [second, model] = scripted('second', [{ toolCalls: [{ name: 'now' }] }, 'At noon.'])
    const now = tool({ name: 'now', description: 'd', input: t.object({}), run: () => '12:00' })
    const chat = backed(first, [second]).setTools([now])
    expect(await chat.chat('When?')).toBe('At noon.')
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: 'tool', content: '12:00' })
    expect(asked.requests).toHaveLength(1)
    expect(await chat.chat('And now?')).toBe('First again.')
  })

  test('also with data, in each of its steps', async () => {
    const [first] = scripted('first', [{ status: 503 }])
    const [second, model] = scripted('second', ['{"n":"x"}', '{"n":1}'])
    const form = t.object({ n: t.number() })
    expect(await backed(first, [second]).structured('Data', form)).toEqual({ n: 1 })
    expect(model.requests).toHaveLength(2)
  })

  test('and is paid by its own price', async () => {
    const usage = { input: 1_000_000, output: 1_000_000 }
    const [first] = scripted('first', [{ text: 'a', usage }, { status: 503 }], {
      price: { input: 1, output: 1 },
    })
    const [second] = scripted('second', [{ text: 'b', usage }], { price: { input: 10, output: 10 } })
    const chat = backed(first, [second])
    await chat.chat('1')
    await chat.chat('2')
    expect(chat.turns.flatMap((turn) => (turn.role === 'assistant' ? turn.cost : []))).toEqual([2, 20])
    expect(await chat.cost()).toMatchObject({ dollars: 22 })
  })
})

describe('nobody else is asked', () => {
  test.each<[string, FakeReply, ChatError['code']]>([
    ['a request that is wrong', { status: 400, message: 'temperature must be less than 2' }, 'bad-request'],
    ['an answer that breaks off in its midst', { chunks: ['Hel', 'lo'], cut: 1 }, 'cut'],
  ])('after %s', async (_, reply, code) => {
    const [first] = scripted('first', [reply], { stream: true })
    const [second, model] = scripted('second', ['Hello.'])
    const chat = backed(first, [second])
    await expect(chat.chat('Hi')).rejects.toMatchObject({ code })
    expect(model.requests).toEqual([])
    expect(chat.turns.map(({ role }) => role)).toEqual(code === 'cut' ? ['user', 'assistant'] : [])
  })

  test('when the caller stops it', async () => {
    const [first] = scripted('first', [{ text: 'late', delay: 5000 }])
    const [second, model] = scripted('second', ['Hello.'])
    const chat = backed(first, [second])
    await expect(chat.chat('Hi', { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      code: 'aborted',
    })
    expect([model.requests, chat.turns]).toEqual([[], []])
  })

  test('when the budget is spent, or a hook throws', async () => {
    const [first] = scripted('first', [], { budget: { tokens: 0 } })
    const [second, model] = scripted('second', ['Hello.'])
    await expect(backed(first, [second]).chat('Hi')).rejects.toMatchObject({ code: 'budget' })
    const [other] = scripted('other', [])
    other.onRequestStart(() => {
      throw new TypeError('no')
    })
    await expect(backed(other, [second]).chat('Hi')).rejects.toThrow('no')
    expect(model.requests).toEqual([])
  })
})
