import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distance } from './edit-distance.ts'

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['gemma', 'gema', 1],
  ['ab', 'ba', 2],
])('from "%s" to "%s" it is %i', (a, b, steps) => {
  expect(distance(a, b)).toBe(steps)
})

const word = fc.string({ maxLength: 12 })

test('it is none for the same text only, the same both ways, and never more than the longer text', () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      const steps = distance(a, b)
      expect(steps === 0).toBe(a === b)
      expect(distance(b, a)).toBe(steps)
      expect(steps).toBeLessThanOrEqual(Math.max(a.length, b.length))
      expect(steps).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
    }),
  )
})

test('a detour is never shorter', () => {
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c))
    }),
  )
})
