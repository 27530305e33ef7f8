import { describe, expect, test } from 'vitest'
import { ChatError } from '../core/errors.ts'
import { Crowd } from './crowd.ts'
import { Pace, pauseOf } from './pace.ts'
import { Tempo } from './tempo.ts'

const limited = (retryAfter?: number): ChatError =>
  new ChatError('too early', { code: 'rate-limited', status: 429, retryAfter })

/** So many answers that take so long, as many at once as may be. */
function round(crowd: Crowd, ms: number): void {
  const { limit } = crowd
  for (let n = 0; n < limit; n++) crowd.enter()
  for (let n = 0; n < limit; n++) crowd.leave(ms)
}

describe('how many are under way', () => {
  test('doubles while answers take no longer, grows a little when they do, and shrinks when they wait in a queue', () => {
    const crowd = new Crowd()
    expect(crowd.limit).toBe(10)
    round(crowd, 100)
    round(crowd, 110)
    expect(crowd.limit).toBe(40)
    round(crowd, 250)
    expect(crowd.limit).toBe(44)
    round(crowd, 250)
    expect(crowd.limit).toBe(48)
    round(crowd, 400)
    expect(crowd.limit).toBe(48)
    round(crowd, 900)
    expect(crowd.limit).toBe(43)
  })

  test('grows with each answer, and does not wait for one that has failed', () => {
    const crowd = new Crowd()
    for (let n = 0; n < 10; n++) crowd.enter()
    crowd.leave(undefined)
    for (let n = 0; n < 9; n++) crowd.leave(100)
    expect(crowd.limit).toBe(19)
  })

  test('is at once as many as a rate that the server tells can use', () => {
    const crowd = new Crowd()
    crowd.hear(0.15)
    for (let n = 0; n < 10; n++) crowd.enter()
    crowd.leave(500)
    expect(crowd.limit).toBe(75)
    for (let n = 0; n < 9; n++) crowd.leave(500)
    expect(crowd.limit).toBe(84)
  })

  test('does not grow where there is nothing more to do', () => {
    const crowd = new Crowd()
    for (let n = 0; n < 100; n++) {
      crowd.enter()
      crowd.leave(50)
    }
    expect(crowd.limit).toBe(10)
  })

  test('shrinks once for all refusals of the same moment', () => {
    const crowd = new Crowd()
    expect(crowd.cut(10, 100, 0.5)).toBe(true)
    expect(crowd.cut(90, 110, 0.5)).toBe(false)
    expect(crowd.limit).toBe(5)
    expect(crowd.cut(120, 130, 0.5)).toBe(true)
    expect(crowd.limit).toBe(2)
  })
})

describe('a pace', () => {
  test('lets nobody in before the pause is over, and then those who waited, in their order', async () => {
    const pace = new Pace()
    const entry = await pace.enter(0, undefined)
    pace.leave(entry, limited(120))
    const started = performance.now()
    const order: number[] = []
    await Promise.all([1, 2, 3].map((n) => pace.enter(0, undefined).then(() => order.push(n))))
    expect(performance.now() - started).toBeGreaterThan(110)
    expect(order).toEqual([1, 2, 3])
  })

  test('leaves the queue at once where that is wanted, and lets the next one in', async () => {
    const pace = new Pace()
    const inside = await Promise.all(Array.from({ length: 10 }, () => pace.enter(0, undefined)))
    const stop = new AbortController()
    const first = pace.enter(0, stop.signal)
    const second = pace.enter(0, undefined)
    stop.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    pace.leave(inside[0]!, undefined)
    await second
  })

  test('heeds what the headers say of what is left', async () => {
    const pace = new Pace()
    const headers: Readonly<Record<string, string>> = {
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '2s',
    }
    const entry = await pace.enter(0, undefined)
    pace.heard(entry, (name) => headers[name])
    pace.leave(entry, undefined)
    const started = performance.now()
    await pace.enter(0, undefined)
    // One of ten is there again after a fifth of a second.
    expect(performance.now() - started).toBeGreaterThan(150)
    expect(performance.now() - started).toBeLessThan(600)
  })

  test('does not believe that more comes back where so little is gone that the server has rounded', async () => {
    const pace = new Pace()
    const told = (left: string, reset: string): Readonly<Record<string, string>> => ({
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': left,
      'x-ratelimit-reset-requests': reset,
    })
    for (const headers of [told('0', '1s'), told('9', '1ms')]) {
      const entry = await pace.enter(0, undefined)
      pace.heard(entry, (name) => headers[name])
      pace.leave(entry, undefined)
      await new Promise((resolve) => setTimeout(resolve, 110))
    }
    const started = performance.now()
    for (let n = 0; n < 12; n++) pace.leave(await pace.enter(0, undefined), undefined)
    // Ten are there, and each of the others comes after a tenth of a second.
    expect(performance.now() - started).toBeGreaterThan(150)
  })

  test('keeps to the strictest of all who ask, as long as they do', async () => {
    const pace = new Pace()
    const leave = pace.join({ requestsPerMinute: 600 })
    const span = async (count: number): Promise<number> => {
      const started = performance.now()
      for (let n = 0; n < count; n++) pace.leave(await pace.enter(0, undefined), undefined)
      return performance.now() - started
    }
    expect(await span(4)).toBeGreaterThan(280)
    leave()
    expect(await span(100)).toBeLessThan(200)
  })

  test('a wait that is too long for all is no pause', () => {
    expect(pauseOf(limited(5000))).toBe(5000)
    expect(pauseOf(limited())).toBe(0)
    expect(pauseOf(limited(3_600_000))).toBeUndefined()
    expect(pauseOf(new Error('other'))).toBeUndefined()
  })
})

test.each([
  { rate: 100, capacity: 1000, pause: 1000 },
  { rate: 20, capacity: 200, pause: 3000 },
])('a rate of $rate a second is learned from refusals', ({ rate, capacity, pause }) => {
  const tempo = new Tempo()
  let left = capacity
  let until = 0
  let refused = 0
  let taken = 0
  const crowd = new Crowd()
  // Two hundred seconds in steps of a millisecond, ten requests in each at most.
  for (let now = 1; now <= 200_000; now++) {
    left = Math.min(capacity, left + rate / 1000)
    for (let n = 0; n < 10 && now >= until && tempo.wait(now) === 0; n++) {
      const entry = tempo.enter(0, now)
      if (left >= 1) {
        left--
        taken++
        continue
      }
      if (now > 100_000) refused++
      tempo.refuse(entry, crowd.cut(now, now, 1))
      until = now + pause
      break
    }
  }
  expect(taken).toBeGreaterThan(0.98 * (capacity + rate * 200))
  // In the second half it is asked too early less than every ten seconds.
  expect(refused).toBeLessThan(10)
})
