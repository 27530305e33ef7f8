import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RedisServer, hasRedis } from '../../test/queue/redis-server.ts'
import { ChatError } from '../core/errors.ts'
import type { Line } from '../providers/line.ts'
import { Pace } from '../providers/pace.ts'
import { SharedPace, type SharedLimits, paceKey } from './shared-pace.ts'

let server: RedisServer
let client: Redis
let keys = 0

describe.skipIf(!hasRedis)('a shared pace', () => {
  beforeAll(async () => {
    server = await RedisServer.start()
    client = server.client()
  })
  afterAll(() => client.disconnect())

  /** Machines that share an account: each has a pace of its own. */
  const machines = (count: number, limits: SharedLimits): readonly SharedPace[] => {
    const key = `k${keys++}`
    return Array.from({ length: count }, () => {
      const pace = new Pace()
      pace.join({ maxActive: 1000 })
      return new SharedPace(client, key, pace, limits)
    })
  }

  /** Sends so many requests from each machine, and gives how long that took in milliseconds. */
  async function send(paces: readonly SharedPace[], count: number, tokens = 0): Promise<number> {
    const started = performance.now()
    await Promise.all(
      paces.flatMap((pace) =>
        Array.from({ length: count }, async () => pace.leave(await pace.enter(tokens, undefined), undefined)),
      ),
    )
    return performance.now() - started
  }

  test('lets no more requests through in a minute than the limit, whoever makes them', async () => {
    // 60 of 20 a second: three seconds, less the tenth that may come early.
    const took = await send(machines(3, { requestsPerMinute: 1200 }), 20)
    expect(took).toBeGreaterThan(2800)
    expect(took).toBeLessThan(3600)
  })

  test('counts tokens too, and what a request took indeed in place of what it was thought to take', async () => {
    const paces = machines(2, { tokensPerMinute: 60_000 })
    // 2000 tokens at 1000 a second; the last of them waits for those before it.
    const took = await send(paces, 5, 200)
    expect(took).toBeGreaterThan(1600)
    expect(took).toBeLessThan(2300)
    paces[0]!.correct(1000)
    const later = await send([paces[1]!], 1, 100)
    expect(later).toBeGreaterThan(900)
    expect(machines(1, {})[0]!.countsTokens).toBe(false)
    expect(paces[0]!.countsTokens).toBe(true)
  })

  test('lets all machines wait when one is told to, and only those of the same account and model', async () => {
    const [one, two] = machines(2, {})
    const [other] = machines(1, {})
    const entry = await one!.enter(0, undefined)
    one!.leave(entry, new ChatError('too many', { code: 'rate-limited', retryAfter: 700 }))
    const [took, otherTook] = await Promise.all([send([two!], 1), send([other!], 1)])
    expect(took).toBeGreaterThan(600)
    expect(otherTook).toBeLessThan(300)
  })

  test('whoever gives up waiting waits no longer', async () => {
    const [pace] = machines(1, { requestsPerMinute: 60 })
    await send([pace!], 1)
    const stop = new AbortController()
    const waiting = pace!.enter(0, stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow()
  })

  test('knows an account by a hash of its key that is the same on all machines and gives nothing away', async () => {
    const line = (key: string): Line =>
      ({
        baseUrl: 'https://api.example.com/v1',
        headers: {},
        authorize: async () => ({ authorization: `Bearer ${key}` }),
      }) as unknown as Line
    const other = server.client()
    const key = await paceKey(client, line('sk-one-12345678'), 'm')
    expect(await paceKey(other, line('sk-one-12345678'), 'm')).toBe(key)
    expect(await paceKey(other, line('sk-two-12345678'), 'm')).not.toBe(key)
    expect(await paceKey(other, line('sk-one-12345678'), 'n')).not.toBe(key)
    const named = await paceKey(client, line('sk-one-12345678'), 'm', 'team')
    expect(named).not.toBe(key)
    expect(await paceKey(other, line('sk-two-12345678'), 'm', 'team')).toBe(named)
    expect(key).toMatch(/^[\w-]{24}$/)
    expect(server.written()).not.toContain('sk-one')
    other.disconnect()
  })
})
