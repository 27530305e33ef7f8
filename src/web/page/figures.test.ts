import { expect, test } from 'vitest'
import { bytes, count, dayOf, dollars, duration } from './figures.ts'

test.each([
  [count(999), '999'],
  [count(1234), '1,234'],
  [count(131_072), '131k'],
  [count(1_048_576), '1M'],
  [dollars(0), '$0'],
  [dollars(0.000123), '$0.00012'],
  [dollars(0.0000000001), 'under $0.000001'],
  [dollars(1.5), '$1.50'],
  [duration(240), '240 ms'],
  [duration(3400), '3.4 s'],
  [duration(125_000), '2 min 5 s'],
  [bytes(800), '800 B'],
  [bytes(12_400), '12 kB'],
  [bytes(3_400_000), '3.4 MB'],
])('writes %s as people do', (written, expected) => {
  expect(written).toBe(expected)
})

test('names days by how long ago they were', () => {
  const now = new Date(2026, 5, 15, 12)
  const day = (date: number, month = 5): string =>
    dayOf(new Date(2026, month, date, 23, 59).toISOString(), now)
  expect([day(15), day(14), day(10), day(1), day(1, 0)]).toEqual([
    'Today',
    'Yesterday',
    'Last 7 days',
    'June 2026',
    'January 2026',
  ])
})
