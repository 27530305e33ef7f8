import { inspect } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Chat, chatOpenAICompatible, image, t, tool } from 'natter'
import { type QueueResult, type QueueWorkerOptions, openQueue, queueChat, queueWorker } from 'natter/queue'
import { answer, completion, json, loopback, refusalOf } from './loopback.ts'
import { echoServer } from './queue/echo-server.ts'
import { RedisServer, hasRedis } from './queue/redis-server.ts'

let redis: RedisServer
let queues = 0
const newName = (): string => `queue-${queues++}`

const chatAt = (baseUrl: string, more: object = {}): Chat =>
  chatOpenAICompatible({ baseUrl, model: 'm', retries: 0, ...more })

/** A worker that ends when all is done. */
const work = (name: string, chat: Chat, more: Partial<QueueWorkerOptions> = {}): Promise<unknown> =>
  queueWorker({ redis: redis.url, name, chat, once: true, progress: false, ...more }).run()

async function all<T>(results: AsyncIterable<QueueResult<T>>): Promise<readonly QueueResult<T>[]> {
  const list: QueueResult<T>[] = []
  for await (const result of results) list.push(result)
  return list.toSorted((a, b) => a.index - b.index)
}

describe.skipIf(!hasRedis)('a queue', () => {
  beforeAll(async () => {
    redis = await RedisServer.start()
  })

  test('gives each prompt to one worker, and each result with what it took', async () => {
    const server = await echoServer(5)
    const chat = chatAt(server.url, { systemPrompt: 'Echo.', price: { input: 1e6, output: 1e6 } })
    const name = newName()
    const queue = await queueChat({ redis: redis.url, name, chat, prompts: ['a', 'b', 'c'] })
    expect(await queue.progress()).toMatchObject({ added: 3, total: 3, waiting: 3, answered: 0 })
    await Promise.all([work(name, chat), work(name, chat)])
    const results = await all(queue.results())
    expect(results.map(({ value, text }) => [value, text])).toEqual(
      ['a', 'b', 'c'].map((it) => [`re ${it}`, `re ${it}`]),
    )
    expect(results[0]).toMatchObject({ attempts: 1, usage: { input: 5, output: 2 }, cost: 7, turns: [] })
    expect(server.asked.map(({ body }) => body.messages[0])).toEqual(
      Array.from({ length: 3 }, () => ({ role: 'system', content: 'Echo.' })),
    )
    await queue.close()
  })

  test('data are checked where they are asked for, and have the type of the schema they are read with', async () => {
    const server = await loopback((reply, { body }) => {
      const name = String(body.messages.find(({ role }) => role === 'user')?.content)
      return json(reply, 200, completion(name === 'Eve' ? 'no' : JSON.stringify({ name, age: 36 })))
    })
    const chat = chatAt(server.url)
    const name = newName()
    const schema = t.object({ name: t.string(), age: t.integer() })
    const queue = await queueChat({ redis: redis.url, name, chat, prompts: ['Ada', 'Eve'], schema })
    await work(name, chat)
    const [ada, eve] = await all(queue.results())
    const value: { name: string; age: number } | undefined = ada?.value
    expect(value).toEqual({ name: 'Ada', age: 36 })
    expect(eve).toMatchObject({
      value: undefined,
      text: 'no',
      error: { code: 'invalid-output' },
      attempts: 2,
    })
    await queue.close()

    const stricter = { type: 'object', properties: { age: { type: 'integer', maximum: 30 } } }
    const again = await openQueue({ redis: redis.url, name, schema: stricter })
    expect((await all(again.results({ follow: false })))[0]?.error?.message).toMatch(/does not fit.*age/)
    await again.close()
  })

  test('tools are those of the worker, what was said is kept where that is asked for, and a worker without them says so', async () => {
    const server = await loopback((reply, asked) => {
      const isAnswer = asked.body.messages.at(-1)?.role === 'tool'
      if (isAnswer) return answer(reply, asked, `it is ${String(asked.body.messages.at(-1)?.content)}`)
      const call = { id: 'c1', type: 'function', function: { name: 'now', arguments: '{}' } }
      return json(reply, 200, completion({ content: '', tool_calls: [call] }))
    })
    const now = (time: string): object => ({
      tools: [tool({ name: 'now', description: 'The time', input: t.object({}), run: () => time })],
    })
    const name = newName()
    const chat = chatAt(server.url, now('noon here'))
    const queue = await queueChat({
      redis: redis.url,
      name,
      chat,
      prompts: ['What time is it?'],
      turns: true,
    })
    await expect(work(name, chatAt(server.url))).rejects.toThrow("this worker's chat has not: now")
    await work(name, chatAt(server.url, now('noon there')))
    const [result] = await all(queue.results())
    expect(result).toMatchObject({ value: 'it is noon there', attempts: 2 })
    expect(result?.turns.map(({ role }) => role)).toEqual(['assistant', 'user', 'assistant'])
    await queue.close()
  })

  test('a prompt may hold pictures', async () => {
    const server = await loopback((reply, asked) => answer(reply, asked, 'seen'))
    const chat = chatAt(server.url)
    const name = newName()
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    )
    const queue = await queueChat({ redis: redis.url, name, chat, prompts: [['What is it?', image(png)]] })
    await work(name, chat)
    expect((await all(queue.results()))[0]?.value).toBe('seen')
    expect(JSON.stringify(server.asked[0]?.body)).toContain(png.toString('base64'))
    await queue.close()
  })

  test('what fails is stored as failed, once, and can be asked again', async () => {
    let isMended = false
    const server = await loopback((reply, asked) => {
      if (!isMended && asked.body.messages.at(-1)?.content === 'bad')
        return json(reply, 400, { error: { message: 'no such thing' } })
      return answer(reply, asked)
    })
    const chat = chatAt(server.url)
    const name = newName()
    const prompts = ['good', 'bad']
    const queue = await queueChat({ redis: redis.url, name, chat, prompts })
    await work(name, chat)
    expect(await queue.progress()).toMatchObject({ answered: 1, failed: 1, waiting: 0 })
    const [, bad] = await all(queue.results())
    expect(bad?.error).toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('no such thing'),
    })
    // Adding it again asks nothing again: that is decided by a person.
    await (await queueChat({ redis: redis.url, name, chat, prompts })).close()
    expect(await queue.progress()).toMatchObject({ total: 2, failed: 1, waiting: 0 })
    isMended = true
    expect(await queue.retryFailed()).toBe(1)
    await work(name, chat)
    expect(await queue.progress()).toMatchObject({ answered: 2, failed: 0 })
    expect((await all(queue.results())).map(({ index, error }) => [index, error !== undefined])).toEqual([
      [0, false],
      [1, true],
      [1, false],
    ])
    await queue.close()
  })

  test('what may pass is asked again after a while, and what it took before is counted', async () => {
    const server = await loopback((reply, asked, n) => {
      if (n === 0) return json(reply, 503, { error: { message: 'busy' } }, { 'retry-after': '0.2' })
      return answer(reply, asked)
    })
    const chat = chatAt(server.url)
    const name = newName()
    const queue = await queueChat({ redis: redis.url, name, chat, prompts: ['a'], tries: 2 })
    await work(name, chat)
    expect(await all(queue.results())).toMatchObject([{ value: 'ok', attempts: 2 }])
    await queue.close()
  })

  test('the same call again adds what is missing, and a call for something else is refused', async () => {
    const server = await echoServer(0)
    const chat = chatAt(server.url)
    const name = newName()
    const place = { redis: redis.url, name }
    const queue = await queueChat({ ...place, chat, prompts: ['a', 'b'] })
    await work(name, chat)
    const more = await queueChat({ ...place, chat, prompts: ['a', 'b', 'c'] })
    expect(await more.progress()).toMatchObject({ total: 3, answered: 2, waiting: 1 })
    await work(name, chat)
    expect([...server.counts.values()]).toEqual([1, 1, 1])
    const other = chatAt(server.url, { systemPrompt: 'Other.' })
    await expect(queueChat({ ...place, chat: other, prompts: ['a'] })).rejects.toThrow(
      'name another, or remove it',
    )
    await more.remove()
    await (await queueChat({ ...place, chat: other, prompts: ['a'] })).close()
    await queue.close()
    await more.close()
  })

  test('a worker goes on with a queue that was removed and made anew', async () => {
    const server = await loopback((reply, asked) =>
      answer(reply, asked, String(asked.body.messages[0]?.content)),
    )
    const name = newName()
    const make = (systemPrompt: string): ReturnType<typeof queueChat> =>
      queueChat({ redis: redis.url, name, chat: chatAt(server.url, { systemPrompt }), prompts: ['a'] })
    const worker = queueWorker({ redis: redis.url, name, chat: chatAt(server.url), progress: false })
    const running = worker.run()
    for (const systemPrompt of ['One.', 'Two.']) {
      const queue = await make(systemPrompt)
      expect((await all(queue.results())).map(({ value }) => value)).toEqual([systemPrompt])
      await queue.remove()
      await queue.close()
    }
    worker.drain()
    expect(await running).toMatchObject({ done: 2, failed: 0 })
  })

  test('a worker whose key is refused ends, and the prompts stay for others', async () => {
    const server = await loopback((reply, asked) => {
      if (asked.headers.authorization !== 'Bearer right-key-123')
        return json(reply, 401, { error: { message: 'Incorrect API key' } })
      return answer(reply, asked)
    })
    const name = newName()
    const chat = chatAt(server.url, { apiKey: 'right-key-123' })
    const queue = await queueChat({ redis: redis.url, name, chat, prompts: ['a', 'b', 'c'] })
    const refused = await refusalOf(work(name, chatAt(server.url, { apiKey: 'wrong-key-123' })))
    expect(refused.code).toBe('unauthorized')
    expect(await queue.progress()).toMatchObject({ answered: 0, failed: 0, waiting: 3, active: 0 })
    await work(name, chat)
    expect(await queue.progress()).toMatchObject({ answered: 3 })
    await queue.close()
    expect(redis.written()).not.toMatch(/right-key-123|wrong-key-123/)
  })

  test('a prompt that one worker after another has died of is failed, and not asked once more', async () => {
    const server = await echoServer(0)
    const chat = chatAt(server.url)
    const name = newName()
    const queue = await queueChat({ redis: redis.url, name, chat, prompts: ['a'] })
    const client = redis.client()
    // Where BullMQ counts how often a job was taken from a dead worker.
    await client.hset(`natter:${name}:p0`, 'stc', 11)
    await work(name, chat)
    expect(await all(queue.results())).toMatchObject([
      { attempts: 0, error: { code: 'aborted', message: expect.stringContaining('11 workers have died') } },
    ])
    expect(server.asked).toHaveLength(0)
    client.disconnect()
    await queue.close()
  })

  test('told to stop, a worker finishes what is under way; what takes too long goes to others at once', async () => {
    const server = await echoServer(400)
    const chat = chatAt(server.url)
    const name = newName()
    const queue = await queueChat({ redis: redis.url, name, chat, prompts: ['a', 'b', 'c', 'd'] })
    const place = { redis: redis.url, name, chat, progress: false as const, maxActive: 2 }
    const patient = queueWorker(place)
    const first = patient.run()
    await server.arrival(1)
    patient.drain()
    expect(await first).toMatchObject({ done: 2 })
    expect(await queue.progress()).toMatchObject({ answered: 2, waiting: 2, active: 0 })

    const hasty = queueWorker({ ...place, grace: 50 })
    const second = hasty.run()
    await server.arrival(3)
    hasty.drain()
    expect(await second).toMatchObject({ done: 0 })
    expect(await queue.progress()).toMatchObject({ answered: 2, waiting: 2, active: 0 })

    const stop = new AbortController()
    const third = queueWorker({ ...place, signal: stop.signal }).run()
    await server.arrival(5)
    const stopped = performance.now()
    stop.abort()
    await third
    expect(performance.now() - stopped).toBeLessThan(350)
    await work(name, chat)
    expect((await all(queue.results())).map(({ value }) => value)).toEqual(['re a', 're b', 're c', 're d'])
    await queue.close()
  })

  test('adding waits while enough prompts wait, and can be stopped and gone on with', async () => {
    const server = await echoServer(0)
    const chat = chatAt(server.url)
    const name = newName()
    const prompts = Array.from({ length: 1200 }, (_, n) => `p${n}`)
    const place = { redis: redis.url, name, chat, prompts, maxWaiting: 100 }
    const stop = new AbortController()
    const cut = queueChat({ ...place, signal: stop.signal })
    cut.catch(() => undefined)
    const watcher = await openQueue({ redis: redis.url, name })
    while ((await watcher.progress()).added < 500) await sleep(20)
    await sleep(600)
    expect(await watcher.progress()).toMatchObject({ added: 500, total: undefined, waiting: 500 })
    stop.abort()
    await expect(cut).rejects.toThrow()
    const [queue] = await Promise.all([queueChat(place), work(name, chat, { maxActive: 100 })])
    expect((await all(queue.results())).map(({ value }) => value)).toEqual(prompts.map((it) => `re ${it}`))
    expect(server.asked).toHaveLength(1200)
    await queue.close()
    await watcher.close()
  })

  test('results are taken out of Redis once they were read, where that is asked for', async () => {
    const server = await echoServer(0)
    const chat = chatAt(server.url)
    const name = newName()
    const prompts = Array.from({ length: 700 }, (_, n) => `p${n}`)
    const queue = await queueChat({ redis: redis.url, name, chat, prompts })
    await work(name, chat, { maxActive: 100 })
    for await (const batch of queue.batches({ remove: true })) {
      expect(batch.length).toBe(500)
      break
    }
    // Whoever leaves in the midst of a batch has not had it.
    expect(await all(queue.results({ remove: true }))).toHaveLength(700)
    expect(await all(queue.results())).toHaveLength(0)
    expect(await queue.progress()).toMatchObject({ answered: 700 })
    await queue.close()
  })

  test('no answer is lost or asked for twice while Redis has no room', async () => {
    const full = await RedisServer.start()
    const client = full.client()
    const server = await echoServer(300)
    const chat = chatAt(server.url)
    const place = { redis: full.url, name: 'full' }
    const queue = await queueChat({ ...place, chat, prompts: ['a', 'b'] })
    const worker = queueWorker({ ...place, chat, once: true, progress: false })
    const running = worker.run()
    await server.arrival(1)
    await client.config('SET', 'maxmemory', '1')
    await sleep(1000)
    expect(worker.progress).toMatchObject({ done: 0, active: 2 })
    await client.config('SET', 'maxmemory', '0')
    await running
    expect((await all(queue.results())).map(({ value }) => value)).toEqual(['re a', 're b'])
    expect(server.asked).toHaveLength(2)
    client.disconnect()
    await queue.close()
  })

  test('a Redis that is not there, or not for us, is told without its password', async () => {
    const secret = await RedisServer.start('--requirepass', 'right-password')
    const name = newName()
    const open = (url: string): Promise<unknown> => openQueue({ redis: url, name })
    const wrong = await refusalOf(open(`redis://:wrong-password@127.0.0.1:${secret.port}`))
    expect(wrong).toMatchObject({ code: 'connection', provider: 'Redis' })
    expect(wrong.message).toMatch(new RegExp(`^Redis at 127.0.0.1:${secret.port} cannot be used: WRONGPASS`))
    expect((await refusalOf(open(secret.url))).message).toContain('NOAUTH')
    const queue = await openQueue({ redis: `redis://:right-password@127.0.0.1:${secret.port}`, name })
    await queue.close()
    await secret.kill()
    const gone = await refusalOf(open(`redis://:right-password@127.0.0.1:${secret.port}`))
    expect(gone.message).toMatch(/ECONNREFUSED.*Start it, or name another/)
    for (const error of [wrong, gone])
      expect(inspect(error, { depth: 9 })).not.toMatch(/(right|wrong)-password/)
    await expect(open('http://:right-password@127.0.0.1')).rejects.toThrow(/^redis must be a URL(?!.*right)/)
  })

  test.each([
    [{ chat: {} }, TypeError],
    [{ name: 'a b' }, TypeError],
    [{ maxActive: 0 }, RangeError],
    [{ deadAfter: 10 }, RangeError],
    [{ grace: -1 }, RangeError],
    [{ account: '' }, TypeError],
    [{ redis: 'nowhere' }, TypeError],
  ])('a worker with %o is refused', (wrong, kind) => {
    const right = { redis: redis.url, name: 'x', chat: chatAt('http://127.0.0.1:9/v1') }
    expect(() => queueWorker({ ...right, ...wrong } as never)).toThrow(kind)
  })

  test.each([
    [{ chat: {} }, TypeError],
    [{ prompts: 'one' }, TypeError],
    [{ name: '' }, TypeError],
    [{ tries: 0 }, RangeError],
    [{ maxActive: 1.5 }, RangeError],
    [{ maxWaiting: 'x' }, TypeError],
    [{ requestsPerMinute: -1 }, RangeError],
    [{ repair: -1 }, RangeError],
    [{ redis: 'nowhere' }, TypeError],
  ])('a queue made with %o is refused', async (wrong, kind) => {
    const right = { redis: redis.url, name: 'x', chat: chatAt('http://127.0.0.1:9/v1'), prompts: ['a'] }
    await expect(queueChat({ ...right, ...wrong } as never)).rejects.toThrow(kind)
  })

  test('with once, a worker of a queue that is not there says so', async () => {
    const error = await refusalOf(work('nobody-made-it', chatAt('http://127.0.0.1:9/v1')))
    expect(error).toMatchObject({ code: 'not-found' })
    expect(error.message).toContain('nobody-made-it')
  })
})
