import { afterEach, describe, expect, test, vi } from 'vitest'
import { Chat, ChatError, type ChatEvent, chatOpenAICompatible, t, tool } from '../index.ts'
import type { OpenAICompatibleOptions } from '../chats.ts'
import { type FakeModel, type FakeReply, fakeModel } from '../testing/index.ts'
import { begin, chunk, loopback } from '../../test/loopback.ts'
import { sessionOf } from './conversation.ts'
import { fallbacksOf } from './fallbacks-of.ts'
import { fork } from './session.ts'

afterEach(() => void vi.restoreAllMocks())

type Options = Partial<OpenAICompatibleOptions>

/** A chat with a scripted server. */
function scripted(name: string, replies: readonly FakeReply[], options: Options = {}): [Chat, FakeModel] {
  const model = fakeModel(replies)
  const chat = chatOpenAICompatible({
    model: `${name}-1`,
    name,
    baseUrl: `http://${name}.test/v1`,
    apiKey: 'k',
    retries: 0,
    adjust: 'silent',
    fetch: model,
    ...options,
  })
  return [chat, model]
}

/** The chat with others to fall back on; what the option `fallbacks` comes down to. */
const backed = (chat: Chat, others: readonly (Chat | string)[], resolve = (): Chat => chat): Chat =>
  new Chat({ ...fork(sessionOf(chat)), fallbacks: fallbacksOf(others, resolve) }, 'none')

const noticed = ({ turns }: Chat): readonly string[] =>
  turns.flatMap((turn) =>
    turn.role === 'assistant' ? (turn.adjustments ?? []).map(({ message }) => message) : [],
  )

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

describe('the next prompt', () => {
  test.each([
    ['goes to the first choice again after a failure that may pass', 503, 2],
    ['does not after one that stays', 402, 1],
  ])('%s', async (_, status, times) => {
    const [first, asked] = scripted('first', [{ status }, 'First.'])
    const [second] = scripted('second', ['One.', 'Two.'])
    const chat = backed(first, [second])
    expect(await chat.chat('Hi')).toBe('One.')
    expect(await chat.chat('Hi')).toBe(times === 2 ? 'First.' : 'Two.')
    expect(asked.requests).toHaveLength(times)
    expect(noticed(chat)).toHaveLength(times === 2 ? 1 : 2)
  })

  test('goes to the first choice again once it has another model, or use() is called', async () => {
    const [first, asked] = scripted('first', [{ status: 402 }, { status: 402 }, 'Paid.'])
    const [second] = scripted('second', ['One.', 'Two.'])
    const chat = backed(first, [second])
    await chat.chat('Hi')
    chat.model = 'free'
    await chat.chat('Hi')
    expect(asked.requests.map(({ model }) => model)).toEqual(['first-1', 'free'])
    chat.use(first)
    expect(await chat.chat('Hi')).toBe('Paid.')
  })

  test('is asked of all again where all had failed for good', async () => {
    const [first] = scripted('first', [{ status: 401 }, 'Mended.'])
    const [second] = scripted('second', [{ status: 402 }])
    const chat = backed(first, [second])
    await expect(chat.chat('Hi')).rejects.toMatchObject({ code: 'unauthorized' })
    expect(await chat.chat('Hi')).toBe('Mended.')
    expect(noticed(chat)).toEqual([])
  })
})

describe('where all fail', () => {
  test('the first failure is thrown with what the others said, and the chat stays as it was', async () => {
    const [first] = scripted('first', [{ status: 503, message: 'Too busy' }])
    const [second] = scripted('second', [{ status: 402, message: 'No money' }])
    const [third] = scripted('third', [{ status: 500, message: 'Broken' }])
    const chat = backed(first, [second, third])
    await expect(chat.chat('Hi')).rejects.toMatchObject({
      code: 'overloaded',
      status: 503,
      provider: 'first',
      message: expect.stringMatching(
        /^first answered 503: Too busy.* second\/second-1 was asked too: second answered 402: No money.* third\/third-1 was asked too: third answered 500: Broken/,
      ),
    })
    expect(chat.turns).toEqual([])
  })

  test('a name that means nobody is told, and the next is asked', async () => {
    const [first] = scripted('first', [{ status: 503 }, { status: 503 }])
    const [second] = scripted('second', ['Hello.'])
    const resolve = vi.fn((name: string): Chat => {
      if (name === 'second') return second
      throw new TypeError(`there is no provider "${name}"`)
    })
    const chat = backed(first, ['typo', 'second'], resolve as never)
    expect(resolve).not.toHaveBeenCalled()
    expect(await chat.chat('Hi')).toBe('Hello.')
    await expect(chat.chat('Hi')).rejects.toThrow(
      /Fallback 1 was asked too: there is no provider "typo" second\/second-1 was asked too/,
    )
    expect(resolve.mock.calls.flat()).toEqual(['typo', 'second', 'typo'])
  })

  test('what is no chat and no name is an error at once', () => {
    const [first] = scripted('first', [])
    for (const wrong of ['groq', [3], [undefined]])
      expect(() => backed(first, wrong as never)).toThrow('fallbacks must be chats')
  })
})

test('a file that was uploaded to the first is not sent to the next, which the error says', async () => {
  const [first] = scripted('first', ['Seen.', { status: 503 }])
  const [second, model] = scripted('second', ['Never.'])
  const chat = backed(first, [second])
  const file = { type: 'media', kind: 'image', mimeType: 'image/png', fileId: 'file-1' } as const
  await chat.chat(['Look', file])
  expect(chat.turns[0]?.contents[1]).toEqual({ ...file, server: 'http://first.test/v1' })
  await expect(chat.chat('Again')).rejects.toThrow(/second-1 was asked too: the image file-1 was uploaded to/)
  expect(model.requests).toEqual([])
})

test('the chats that were given stay as they are', async () => {
  const [first] = scripted('first', [{ status: 503 }])
  const [second] = scripted('second', ['Hello.'])
  await backed(first, [second]).chat('Hi')
  expect([first.turns, second.turns]).toEqual([[], []])
})

test('it is warned of once', async () => {
  const list: string[] = []
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void list.push(String(warning)))
  const [first] = scripted('first', [{ status: 503 }, { status: 503 }], { adjust: 'warn' })
  const [second] = scripted('second', ['One.', 'Two.'])
  const chat = backed(first, [second])
  await chat.chat('Hi')
  await chat.chat('Hi')
  expect(list).toEqual([
    expect.stringContaining('second/second-1 was asked, because first/first-1 answered 503'),
  ])
})
