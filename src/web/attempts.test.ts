import { expect, test } from 'vitest'
import { Attempts } from './attempts.ts'

test('ten wrong words in a minute, and an address waits; others do not', () => {
  let now = 0
  const attempts = new Attempts(() => now)
  for (let n = 0; n < 10; n++) {
    expect(attempts.wait('a')).toBe(0)
    attempts.fail('a')
    now += 1000
  }
  expect(attempts.wait('a')).toBe(50_000)
  expect(attempts.wait('b')).toBe(0)
  now = 60_000
  expect(attempts.wait('a')).toBe(0)
})

test('a hundred from anywhere, and all wait', () => {
  const attempts = new Attempts(() => 5)
  for (let n = 0; n < 100; n++) attempts.fail(String(n))
  expect(attempts.wait('new')).toBe(60_000)
})
