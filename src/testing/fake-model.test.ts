import { expect, test } from 'vitest'
import { chatOpenAICompatible } from '../chats-servers.ts'
import { ChatError } from '../core/errors.ts'
import { type FakeModel, fakeModel } from './fake-model.ts'
import type { FakeReply } from './fake-reply.ts'

const chatOf = (model: FakeModel, options: object = {}) =>
  chatOpenAICompatible({
    baseUrl: 'http://fake.test/v1',
    model: 'fake',
    fetch: model,
    retries: 0,
    ...options,
  })

const all = async <T>(things: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = []
  for await (const thing of things) list.push(thing)
  return list
}

test('texts come in order, and the requests are kept', async () => {
  const model = fakeModel(['Hi.', 'Bye.'])
  const chat = chatOf(model, { systemPrompt: 'Be terse.' })
  expect(model.remaining).toBe(2)
  expect(await chat.chat('Hello')).toBe('Hi.')
  expect(await chat.chat('Thanks')).toBe('Bye.')
  expect(model.remaining).toBe(0)
  expect(model.requests.map(({ messages }) => messages.length)).toEqual([2, 4])
  expect(model.requests[0]).toMatchObject({
    model: 'fake',
    messages: [{ role: 'system', content: 'Be terse.' }, { content: 'Hello' }],
  })
})

test('a stream comes word by word, or in the pieces given', async () => {
  const chat = chatOf(fakeModel(['One two  three.\n', { chunks: ['a b', 'c'] }]))
  expect(await all(chat.stream('?'))).toEqual(['One ', 'two  ', 'three.\n'])
  expect(await all(chat.stream('?'))).toEqual(['a b', 'c'])
})

const ANSWER = {
  text: 'I look.',
  thinking: 'Hm, Paris.',
  toolCalls: [
    { name: 'get_weather', arguments: { city: 'Paris, Île-de-France' } },
    { name: 'now', id: 'c9' },
  ],
  usage: { input: 10, output: 4, cachedInput: 2, cacheWrite: 1, reasoning: 3 },
} satisfies FakeReply

for (const stream of [true, false])
  test(`an answer of every kind is read as it was written, ${stream ? 'streamed' : 'whole'}`, async () => {
    const chat = chatOf(
      fakeModel([ANSWER, { refusal: 'No, sorry.' }, { text: 'cut sh', finish: 'length' }]),
      { stream },
    )
    const events = await all(chat.events('Weather?'))
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'tool-calls' })
    const turn = chat.turns[1]
    expect(turn).toMatchObject({ finish: 'tool-calls', usage: ANSWER.usage, model: 'fake' })
    expect(turn?.contents).toEqual([
      { type: 'thinking', text: 'Hm, Paris.' },
      { type: 'text', text: 'I look.' },
      { type: 'tool-call', id: 'call_1', name: 'get_weather', input: { city: 'Paris, Île-de-France' } },
      { type: 'tool-call', id: 'c9', name: 'now', input: {} },
    ])
    await chat.chat('?')
    expect(chat.lastTurn('assistant')?.refusal).toBe('No, sorry.')
    await all(chat.events('?'))
    expect(chat.lastTurn('assistant')?.finish).toBe('length')
  })

test('arguments that are no JSON are sent as they are', async () => {
  const chat = chatOf(fakeModel([{ toolCalls: [{ name: 'add', arguments: '{"a": ' }] }]))
  await chat.chat('?')
  expect(chat.lastTurn('assistant')?.contents).toEqual([
    { type: 'tool-call', id: 'call_1', name: 'add', input: undefined, raw: '{"a": ' },
  ])
})

test('an error is refused with its status, and tried again as a real one is', async () => {
  const model = fakeModel([
    { status: 429, message: 'slow down', code: 'rate_limited', retryAfter: 5 },
    'Now.',
  ])
  expect(await chatOf(model, { retries: 1 }).chat('?')).toBe('Now.')
  const error: unknown = await chatOf(fakeModel([{ status: 402, message: 'no credits' }]))
    .chat('?')
    .catch((e: unknown) => e)
  expect(ChatError.is(error, 'credits')).toBe(true)
  expect(error).toMatchObject({ status: 402, message: expect.stringContaining('no credits') as string })
  const lost: unknown = await chatOf(fakeModel([new Error('the cable was pulled')]))
    .chat('?')
    .catch((e: unknown) => e)
  expect(ChatError.is(lost, 'connection')).toBe(true)
})

for (const stream of [true, false])
  test(`an answer is cut, ${stream ? 'streamed' : 'whole'}`, async () => {
    const chat = chatOf(fakeModel([{ text: 'One two three four', cut: 2 }]), { stream })
    const error: unknown = await all(chat.stream('?')).catch((e: unknown) => e)
    expect(ChatError.is(error, 'cut'), String(error)).toBe(true)
    expect(chat.turns.map(({ contents }) => contents)).toEqual(
      stream ? [[{ type: 'text', text: '?' }], [{ type: 'text', text: 'One two ' }]] : [],
    )
  })

test('a function answers by what it is asked', async () => {
  const model = fakeModel([({ messages }) => `You said ${String(messages.at(-1)?.content)}.`], { loop: true })
  const chat = chatOf(model)
  expect(await chat.chat('a')).toBe('You said a.')
  expect(await chat.chat('b')).toBe('You said b.')
  expect(model.remaining).toBe(Infinity)
})

test('running out of replies is an error at once that says so', async () => {
  const model = fakeModel(['only one'])
  const chat = chatOf(model, { retries: 5 })
  await chat.chat('a')
  await expect(chat.chat('b')).rejects.toThrow(/no reply to request 2: it was given 1\..*"content":"b"/)
  expect(model.requests).toHaveLength(2)
  await expect(chatOf(fakeModel([], { loop: true })).chat('a')).rejects.toThrow('it was given 0')
})

test('a wait ends when the caller stops it', async () => {
  for (const reply of [
    { text: 'late', delay: 60_000 },
    { text: 'very late', pause: 60_000 },
  ]) {
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 20)
    const began = performance.now()
    const error: unknown = await all(chatOf(fakeModel([reply])).stream('?', { signal: stop.signal })).catch(
      (e: unknown) => e,
    )
    expect(ChatError.is(error, 'aborted')).toBe(true)
    expect(performance.now() - began).toBeLessThan(5000)
  }
})

test('a reply that means nothing is a mistake at once', () => {
  expect(() => fakeModel([{ txt: 'x' } as never])).toThrow('no member "txt": there are text, thinking')
  expect(() => fakeModel([7 as never])).toThrow('a reply is a text')
  expect(() => fakeModel([{ status: 200 }])).toThrow(RangeError)
  expect(() => fakeModel('Hi' as never)).toThrow('an array of replies')
})

test('other requests are told that only chat is spoken', async () => {
  const model = fakeModel([])
  await expect(model('http://fake.test/v1/embeddings', { method: 'POST', body: '{}' })).rejects.toThrow(
    'chat completions only',
  )
  await expect(model('http://fake.test/v1/chat/completions', { method: 'POST', body: '{}' })).rejects.toThrow(
    'no chat request',
  )
  const list = (await (await model('http://fake.test/v1/models')).json()) as {
    readonly data: readonly unknown[]
  }
  expect(list.data).toHaveLength(1)
})
