import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Chat, type ChatOptions, chatHuggingFace, textOf } from 'natter'
import { fullBacklog } from './full-backlog.ts'
import { type Script, answer, begin, finish, json, listen, loopback, say, sse, watch } from './loopback.ts'

const at = (baseUrl: string, timeout: ChatOptions['timeout'], more: ChatOptions = {}): Chat =>
  chatHuggingFace({ baseUrl, apiKey: 'hf_loopback', retries: 0, timeout, ...more })

const flaky = (first: Script): ReturnType<typeof loopback> =>
  loopback((reply, asked, n) => (n === 0 ? first(reply, asked, n) : answer(reply, asked)))

afterEach(() => vi.useRealTimers())

describe.concurrent('a stall', () => {
  test('before the headers is a timeout that names its limit', async () => {
    const server = await flaky(() => undefined)
    const chat = at(server.url, { firstByte: 500 })
    const { error, ms } = await watch(chat)
    expect(error).toMatchObject({
      code: 'timeout',
      provider: 'Hugging Face',
      message: expect.stringMatching(/0\.5 s.*timeout\.firstByte/s),
    })
    expect(ms).toBeGreaterThan(140)
    expect(ms).toBeLessThan(3000)
    await server.asked[0]?.closed
    expect(chat.turns).toEqual([])
    expect(await chat.chat('again')).toBe('ok')
  })

  test('before the first chunk is a timeout of the first byte', async () => {
    const server = await flaky((reply) =>
      reply.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    )
    const chat = at(server.url, { firstByte: 500, idle: 5000 })
    const { error, ms } = await watch(chat)
    expect(error).toMatchObject({ code: 'timeout', message: expect.stringMatching(/timeout\.firstByte/) })
    expect(ms).toBeLessThan(3000)
    await server.asked[0]?.closed
    expect(chat.turns).toEqual([])
    expect(await chat.chat('again')).toBe('ok')
  })

  test('in mid-stream is a timeout that keeps what came', async () => {
    const server = await flaky((reply) => begin(reply, say('Hel'), say('lo')))
    const chat = at(server.url, { idle: 500 })
    const { error, text, ms } = await watch(chat)
    expect(error).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/silent.*0\.5 s.*timeout\.idle/s),
    })
    expect(text).toBe('Hello')
    expect(ms).toBeLessThan(700)
    await server.asked[0]?.closed
    expect(chat.lastTurn('assistant')).toMatchObject({ finish: 'error', contents: [{ text: 'Hello' }] })
    expect(await chat.chat('again')).toBe('ok')
    expect(server.asked[1]?.body.messages).toHaveLength(3)
  })

  test('in a refusal is a timeout, or the refusal as far as it came', async () => {
    const server = await flaky((reply) =>
      reply.writeHead(400, { 'content-type': 'text/plain' }).write('You may not'),
    )
    const { error, ms } = await watch(at(server.url, { idle: 500 }))
    expect(error).toMatchObject({ name: 'ChatError' })
    expect(ms).toBeLessThan(700)
  })

  test('in an answer that is awaited as a whole is a timeout too', async () => {
    const server = await flaky((reply) =>
      reply.writeHead(200, { 'content-type': 'application/json' }).write('{"choices":'),
    )
    const chat = at(server.url, { idle: 500 })
    await expect(chat.chat('hi')).rejects.toMatchObject({ code: 'timeout' })
    expect(chat.turns).toEqual([])
  })

  test('over a fetch that was passed in is a timeout too', async () => {
    const server = await flaky((reply) => begin(reply, say('Hel')))
    const { error, text } = await watch(at(server.url, { idle: 500 }, { fetch: globalThis.fetch }))
    expect({ error, text }).toMatchObject({ error: { code: 'timeout' }, text: 'Hel' })
    await server.asked[0]?.closed
  })

  test('is not tried again: it has cost enough time', async () => {
    const server = await loopback(() => undefined)
    const { error } = await watch(at(server.url, { firstByte: 100 }, { retries: 2 }))
    expect(error).toMatchObject({ code: 'timeout' })
    expect(server.asked).toHaveLength(1)
  })
})

describe.concurrent('no timeout', () => {
  test('comes while the server sends keep-alives and pieces in time', async () => {
    const server = await loopback(async (reply) => {
      begin(reply)
      for (const piece of [
        ': PROCESSING\n\n',
        ': PROCESSING\n\n',
        sse(say('Hel')),
        '\n',
        sse(say('lo')),
        sse(finish()),
      ]) {
        reply.write(piece)
        await delay(100)
      }
      reply.end()
    })
    expect(await watch(at(server.url, { firstByte: 400, idle: 300 }))).toMatchObject({
      text: 'Hello',
      error: undefined,
    })
  })

  test('comes because the reader is slow', async () => {
    const server = await loopback(async (reply) => {
      begin(reply)
      for (const piece of 'Hello, world') {
        reply.write(sse(say(piece)))
        await delay(50)
      }
      reply.end(sse(finish(), '[DONE]'))
    })
    let text = ''
    for await (const piece of at(server.url, { idle: 500 }).stream('hi')) {
      text += piece
      if (text === 'H') await delay(400)
    }
    expect(text).toBe('Hello, world')
  })

  test('comes from a limit of 0', async () => {
    const server = await loopback(async (reply, asked) => (await delay(200), answer(reply, asked)))
    expect(await at(server.url, { connect: 0, firstByte: 0, idle: 0, total: 0 }).chat('hi')).toBe('ok')
  })

  test('comes from a limit of Infinity', async () => {
    const server = await loopback(async (reply, asked) => (await delay(50), answer(reply, asked)))
    for (const timeout of [Infinity, { firstByte: Infinity, idle: Infinity, connect: Infinity }])
      expect(await at(server.url, timeout).chat('hi')).toBe('ok')
  })

  test('comes from a limit longer than a timer can be', async () => {
    const server = await loopback(async (reply, asked) => (await delay(50), answer(reply, asked)))
    const month = 31 * 24 * 3600 * 1000
    expect(await at(server.url, { firstByte: month, idle: month, total: month }).chat('hi')).toBe('ok')
  })
})

describe.concurrent('the total limit', () => {
  test('ends an answer that keeps coming', async () => {
    const server = await loopback(async (reply) => {
      begin(reply)
      while (!reply.destroyed) {
        reply.write(sse(say('.')))
        await delay(20)
      }
    })
    for (const timeout of [300, { total: 300 }]) {
      const { error, text, ms } = await watch(at(server.url, timeout))
      expect(error).toMatchObject({
        code: 'timeout',
        message: expect.stringMatching(/0\.3 s.*timeout\.total/s),
      })
      expect(text.length).toBeGreaterThan(2)
      expect(ms).toBeLessThan(800)
    }
  })

  test('covers the tries and the waits between them', async () => {
    const server = await loopback((reply) => json(reply, 429, { error: 'busy' }, { 'retry-after': '1' }))
    const { error, ms } = await watch(at(server.url, { total: 300 }, { retries: 2 }))
    expect(error).toMatchObject({ name: 'ChatError' })
    expect(ms).toBeLessThan(800)
  })
})

describe.concurrent('the limit for connecting', () => {
  test('ends the wait for a host that does not answer', async () => {
    const { url, close } = await fullBacklog()
    try {
      const chat = at(url, { connect: 200 })
      const { error, ms } = await watch(chat)
      expect(error).toMatchObject({
        code: 'timeout',
        message: expect.stringMatching(/No connection to Hugging Face at http.*0\.2 s.*timeout\.connect/s),
      })
      expect(ms).toBeGreaterThan(190)
      expect(ms).toBeLessThan(800)
      expect(chat.turns).toEqual([])
    } finally {
      await close()
    }
  })

  test('covers the TLS handshake', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => undefined).resume()))
    const { error, ms } = await watch(at(`https://127.0.0.1:${port}/v1`, { connect: 200 }))
    expect(error).toMatchObject({ code: 'timeout', message: expect.stringMatching(/timeout\.connect/) })
    expect(ms).toBeLessThan(1000)
  })

  test('does not cover the answer', async () => {
    const server = await loopback(async (reply, asked) => (await delay(250), answer(reply, asked)))
    expect(await at(server.url, { connect: 100 }).chat('hi')).toBe('ok')
  })
})

describe('without any timeout given', () => {
  const fakeTimers = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

  test.each([
    ['nothing', undefined],
    ['undefined members', { firstByte: undefined, idle: undefined } as unknown as ChatOptions['timeout']],
  ])('the limits are 300 s for the first byte and 120 s between pieces: %s', async (_name, timeout) => {
    let part: 'none' | 'some' = 'none'
    const server = await loopback((reply) => (part === 'some' ? begin(reply, say('Hel')) : undefined))
    fakeTimers()
    const silent = watch(at(server.url, timeout))
    while (server.asked.length < 1) await new Promise((resolve) => setImmediate(resolve))
    await vi.advanceTimersByTimeAsync(299_000)
    await vi.advanceTimersByTimeAsync(2000)
    expect((await settled(silent)).error).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/300 s.*timeout\.firstByte/s),
    })

    part = 'some'
    const chat = at(server.url, timeout)
    const stalled = watch(chat)
    const pieces = new Promise((resolve) => setImmediate(resolve))
    await pieces
    for (let n = 0; n < 2000 && server.asked.length < 2; n++)
      await new Promise((resolve) => setImmediate(resolve))
    for (let n = 0; n < 200; n++) await new Promise((resolve) => setImmediate(resolve))
    await vi.advanceTimersByTimeAsync(121_000)
    expect((await settled(stalled)).error).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/120 s.*timeout\.idle/s),
    })
    expect(textOf(chat.turns.at(-1) ?? { role: 'user', contents: [] })).toBe('Hel')
  })
})

/** The outcome, or an empty one where there is none after a while of real time. */
async function settled(outcome: Promise<{ error: unknown }>): Promise<{ error: unknown }> {
  let result: { error: unknown } = { error: 'it is still waiting' }
  void outcome.then((it) => (result = it))
  for (let n = 0; n < 300 && result.error === 'it is still waiting'; n++)
    await new Promise((resolve) => setImmediate(resolve))
  return result
}
