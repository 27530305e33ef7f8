import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Allowance } from './allowance.ts'

test('no minute sees more than its share, but for a tenth of a second at its beginning', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 5000 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 50, maxLength: 400 }),
      (perMinute, pauses) => {
        const allowance = new Allowance(perMinute, 0)
        const times: number[] = []
        let now = 0
        for (const pause of pauses) {
          now += pause
          now += allowance.wait(1, now)
          allowance.take(1, now)
          times.push(now)
        }
        for (const [at, start] of times.entries()) {
          const inMinute = times.slice(at).filter((time) => time < start + 60_000).length
          expect(inMinute).toBeLessThanOrEqual(perMinute + Math.max(1, perMinute / 600) + 1)
        }
      },
    ),
    { numRuns: 50 },
  )
})

test('what is larger than all there can be waits for all of it, and is owed afterwards', () => {
  const allowance = new Allowance(600, 0)
  expect(allowance.wait(100, 0)).toBe(0)
  allowance.take(100, 0)
  // Ten for each second: a hundred are paid back after ten.
  expect(allowance.wait(1, 0)).toBeCloseTo(10_000)
  allowance.take(-50, 0)
  expect(allowance.wait(1, 0)).toBeCloseTo(5000)
})

test('what somebody else has counted replaces what was counted here', () => {
  const allowance = new Allowance(60, 0)
  allowance.set(0, 0.5, 100, 1000)
  expect(allowance.wait(10, 1000)).toBe(20)
  expect(allowance.wait(10, 1020)).toBe(0)
  allowance.set(Infinity, 0, Infinity, 1020)
  allowance.take(1e9, 1020)
  expect(allowance.wait(1e9, 1020)).toBe(0)
})
