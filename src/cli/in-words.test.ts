import { expect, test } from 'vitest'
import { ago, money, prices, tokens } from './in-words.ts'

const NOW = Date.UTC(2027, 1, 3, 12)

test.each([
  [0, 'just now'],
  [59_000, 'just now'],
  [60_000, '1 minute ago'],
  [59 * 60_000, '59 minutes ago'],
  [60 * 60_000, '1 hour ago'],
  [49 * 60 * 60_000, '2 days ago'],
  [-5000, 'just now'],
])('%i ms are said as %s', (age, words) => {
  expect(ago(new Date(NOW - age), NOW)).toBe(words)
})

test('sums are short, and small ones are not rounded away', () => {
  expect([0, 0.1, 0.25, 3, 0.02, 0.000_012].map(money)).toEqual([
    '$0.00',
    '$0.10',
    '$0.25',
    '$3.00',
    '$0.02',
    '$0.000012',
  ])
  expect(prices({ input: 0.1, output: 0.3 })).toBe('$0.10/$0.30')
  expect(prices({ input: 0, output: 0 })).toBe('free')
  expect(prices(undefined)).toBe('?')
  expect([131_072, 8192, 512, undefined].map(tokens)).toEqual(['131k', '8k', '512', '?'])
})
