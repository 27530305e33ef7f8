import { describe, expect, test } from 'vitest'
import { type HuggingFaceOptions, chatHuggingFace, chatOpenAICompatible } from 'natter'
import {
  answer,
  begin,
  chunk,
  finish,
  json,
  loopback,
  rawLoopback,
  refusalOf,
  say,
  sse,
  watch,
  willing,
} from './loopback.ts'

const BUSY = { error: { message: 'Too many requests', type: 'rate_limit' } }
/** As a header, so that repeats cost no time. */
const AT_ONCE = { 'retry-after-ms': '1' }

const at = (baseUrl: string, options: HuggingFaceOptions = {}): ReturnType<typeof chatHuggingFace> =>
  chatHuggingFace({ baseUrl, apiKey: 'hf_loopback', ...options })

describe.concurrent('Retry-After', () => {
  test.each([
    ['in seconds', () => '1', 950, 1900],
    ['in fractions of a second', () => '0.3', 290, 900],
    ['as a date', () => new Date(Date.now() + 2000).toUTCString(), 950, 2900],
    ['as a date that is over', () => new Date(Date.now() - 60_000).toUTCString(), 0, 400],
    ['of nothing', () => '0', 0, 400],
  ])('%s is waited for, and then the answer comes', async (_name, value, least, most) => {
    const server = await loopback((reply, asked, n) =>
      n === 0 ? json(reply, 429, BUSY, { 'retry-after': value() }) : answer(reply, asked),
    )
    const { text, error, ms } = await watch(at(server.url))
    expect({ text, error }).toEqual({ text: 'ok', error: undefined })
    expect(server.asked).toHaveLength(2)
    expect(ms).toBeGreaterThan(least)
    expect(ms).toBeLessThan(most)
  })

  test('in milliseconds and in a ratelimit header are waited for', async () => {
    const server = await loopback((reply, asked, n) => {
      if (n === 0) json(reply, 429, BUSY, { 'retry-after-ms': '150', 'retry-after': '30' })
      else if (n === 1) json(reply, 429, BUSY, { ratelimit: '"api";r=0;t=1' })
      else answer(reply, asked)
    })
    const { error, ms } = await watch(at(server.url))
    expect(error).toBeUndefined()
    expect(ms).toBeGreaterThan(1100)
    expect(ms).toBeLessThan(2200)
  })

  test('of 20 hours is not waited for', async () => {
    const server = await loopback((reply) => json(reply, 429, BUSY, { 'retry-after': '73187' }))
    const { error, ms } = await watch(at(server.url))
    expect(error).toMatchObject({ code: 'rate-limited', status: 429, retryAfter: 73_187_000 })
    expect(ms).toBeLessThan(500)
    expect(server.asked).toHaveLength(1)
  })

  test("is what Mistral's reset says, where too much was asked and nowhere else", async () => {
    const server = await loopback((reply, _, n) =>
      json(reply, n === 0 ? 429 : 503, BUSY, { 'ratelimitbysize-reset': '33' }),
    )
    const chat = at(server.url, { retries: 0 })
    expect((await watch(chat)).error).toMatchObject({ status: 429, retryAfter: 33_000 })
    expect((await watch(chat)).error).not.toHaveProperty('retryAfter')
  })

  test('on an answer with status 200 means nothing', async () => {
    const server = await loopback((reply) => {
      reply.setHeader('retry-after', '30')
      begin(reply, say('ok'), finish())
      reply.end()
    })
    expect(await watch(at(server.url))).toMatchObject({ text: 'ok', error: undefined })
    expect(server.asked).toHaveLength(1)
  })
})

describe.concurrent('a request is sent again', () => {
  test.each([408, 409, 429, 500, 502, 503, 504, 529])('after status %i', async (status) => {
    const server = await loopback((reply, asked, n) =>
      n < 2 ? json(reply, status, { error: 'later' }, AT_ONCE) : answer(reply, asked),
    )
    expect(await watch(at(server.url))).toMatchObject({ text: 'ok', error: undefined })
    expect(server.asked).toHaveLength(3)
  })

  test('with the very same body and key', async () => {
    const server = await loopback((reply, asked, n) =>
      n < 1 ? json(reply, 503, {}, AT_ONCE) : answer(reply, asked),
    )
    await at(server.url, { params: { seed: 7 } }).chat('hi')
    expect(server.asked[1]?.body).toEqual(server.asked[0]?.body)
    expect(server.asked[1]?.headers.authorization).toBe('Bearer hf_loopback')
  })

  test('after half a second, then after one, where the server names no time', async () => {
    const times: number[] = []
    const server = await loopback(
      (reply) => (times.push(performance.now()), json(reply, 500, { error: 'oops' })),
    )
    expect((await watch(at(server.url))).error).toMatchObject({
      code: 'server-error',
      status: 500,
      message: expect.stringMatching(/oops/),
    })
    const [first = 0, second = 0, third = 0] = times
    expect(times).toHaveLength(3)
    expect(second - first).toBeGreaterThan(370)
    expect(second - first).toBeLessThan(900)
    expect(third - second).toBeGreaterThan(740)
    expect(third - second).toBeLessThan(1500)
  })

  test('as often as retries says, and no more', async () => {
    for (const retries of [0, 1, 4]) {
      const server = await loopback((reply) => json(reply, 503, { error: 'asleep' }, AT_ONCE))
      expect((await watch(at(server.url, { retries }))).error).toMatchObject({ code: 'overloaded' })
      expect(server.asked).toHaveLength(retries + 1)
    }
  })

  test('after a connection that is reset before the answer begins', async () => {
    const server = await rawLoopback((socket) => socket.resetAndDestroy())
    const { error } = await watch(at(server.url, { retries: 1 }))
    expect(error).toMatchObject({
      code: 'connection',
      message: expect.stringMatching(/Could not reach Hugging Face at http:\/\/127\.0\.0\.1/),
    })
    expect(server.requests).toHaveLength(2)
  })

  test('after a connection that is closed before the answer begins', async () => {
    const server = await rawLoopback((socket, n) => {
      if (n === 0) socket.end()
      else socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${sse(say('ok'), finish())}`)
    })
    expect(await watch(at(server.url, { retries: 1 }))).toMatchObject({ text: 'ok', error: undefined })
    expect(server.requests).toHaveLength(2)
  })

  test('after an error object that comes in place of an answer and may pass', async () => {
    const server = await loopback((reply, asked, n) => {
      if (n > 0) return answer(reply, asked)
      return reply.end(sse({ error: { message: 'Engine overloaded', type: 'overloaded_error' } }))
    })
    expect(await watch(at(server.url, { retries: 1 }))).toMatchObject({ text: 'ok', error: undefined })
  })
})

describe.concurrent('a request is not sent again', () => {
  test.each([400, 401, 402, 403, 404, 410, 413, 422, 501])('after status %i', async (status) => {
    const server = await loopback((reply) => json(reply, status, { error: 'no' }, AT_ONCE))
    const error = await refusalOf(at(server.url).chat('hi'))
    expect(error.status).toBe(status)
    expect(server.asked).toHaveLength(1)
  })

  test.each([
    [402, { error: 'You have exceeded your monthly included credits for Inference Providers.' }],
    [429, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }],
    [403, { code: 403, message: 'not enough balance', type: 'NOT_ENOUGH_BALANCE' }],
  ])('once the credits are spent, with status %i', async (status, body) => {
    const server = await loopback((reply) => json(reply, status, body, AT_ONCE))
    const error = await refusalOf(at(server.url).chat('hi'))
    expect(error).toMatchObject({ code: 'credits', status })
    expect(error.message).toMatch(/https:\/\/huggingface\.co\/settings\/billing/)
    expect(server.asked).toHaveLength(1)
  })

  test('once a part of the answer has been handed on', async () => {
    const server = await rawLoopback((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n${sse(say('Hel'))}`)
      setTimeout(() => socket.resetAndDestroy(), 30)
    })
    const chat = at(server.url)
    const { text, error } = await watch(chat)
    expect({ text, error }).toMatchObject({ text: 'Hel', error: { code: 'connection' } })
    expect(chat.lastTurn('assistant')).toMatchObject({
      finish: 'error',
      contents: [{ type: 'text', text: 'Hel' }],
    })
    expect(server.requests).toHaveLength(1)
  })

  test('when an answer says that it moved: the error names where to', async () => {
    const server = await loopback((reply) =>
      json(reply, 307, '', { location: 'https://elsewhere.example/v1/chat/completions' }),
    )
    const error = await refusalOf(at(server.url).chat('hi'))
    expect(error.message).toContain('https://elsewhere.example/v1')
    expect(error.message).toMatch(/baseUrl/)
    expect(error.message).toMatch(/307/)
    expect(error.message).not.toMatch(/broke off/)
    expect(error.status).toBe(307)
    expect(server.asked).toHaveLength(1)
  })

  test('when an answer moved to a relative place: the error names the whole address', async () => {
    const server = await loopback((reply) => json(reply, 308, '', { location: '/api/v1/chat/completions' }))
    const error = await refusalOf(at(server.url).chat('hi'))
    expect(error.message).toContain(`${server.origin}/api/v1`)
  })

  test('when the function for credentials fails: its own error is told', async () => {
    let calls = 0
    const server = await loopback(willing)
    const credentials = async (): Promise<string> => {
      calls++
      throw new Error('the vault is locked')
    }
    const error: unknown = await chatHuggingFace({ baseUrl: server.url, credentials })
      .chat('hi')
      .catch((it: unknown) => it)
    expect(String(error)).toMatch(/the vault is locked/)
    expect(String(error)).not.toMatch(/Could not reach/)
    expect(calls).toBe(1)
    expect(server.asked).toHaveLength(0)
  })
})

test('a refused connection names the address and what to do, within a few seconds', async () => {
  const free = await rawLoopback(() => undefined)
  // A port next to nothing: the one of issue 2, where no server ever listens.
  const { error, ms } = await watch(at('http://127.0.0.1:9/v1', { retries: 1 }))
  expect(free.port).toBeGreaterThan(0)
  expect(error).toMatchObject({
    code: 'connection',
    message: expect.stringMatching(/http:\/\/127\.0\.0\.1:9.*refused.*running/s),
  })
  expect(ms).toBeLessThan(3000)
})

test('an unknown host is an error that says so', async () => {
  const { error } = await watch(at('http://no-such-host.invalid/v1', { retries: 0 }))
  expect(error).toMatchObject({
    code: 'connection',
    message: expect.stringMatching(/no-such-host\.invalid.*(no such host|looked up)/s),
  })
})

test('a role alone is no part of an answer: a reset after it leaves no trace', async () => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n'
  const server = await rawLoopback((socket) => {
    socket.write(`${head}${sse(chunk({ role: 'assistant', content: '' }))}`)
    setTimeout(() => socket.resetAndDestroy(), 20)
  })
  const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm', retries: 0 })
  expect((await watch(chat)).error).toMatchObject({ code: 'connection' })
  expect(chat.turns).toEqual([])
})
