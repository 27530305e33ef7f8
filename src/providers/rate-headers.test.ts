import { expect, test } from 'vitest'
import { duration, roomsOf } from './rate-headers.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const read = (headers: Readonly<Record<string, string>>) => roomsOf((name) => headers[name], NOW)

test('OpenAI and Groq tell requests and tokens', () => {
  const told = read({
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '59',
    'x-ratelimit-reset-requests': '1s',
    'x-ratelimit-limit-tokens': '150000',
    'x-ratelimit-remaining-tokens': '149984',
    'x-ratelimit-reset-tokens': '6m0s',
  })
  expect(told).toEqual({
    requests: { left: 59, limit: 60, reset: 1000, isWindow: false },
    tokens: { left: 149_984, limit: 150_000, reset: 360_000, isWindow: false },
  })
})

test('Anthropic tells when all is there again', () => {
  const told = read({
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '49',
    'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:02Z',
    'anthropic-ratelimit-tokens-remaining': '80000',
    'anthropic-ratelimit-tokens-reset': '2025-12-31T23:59:59Z',
  })
  expect(told).toEqual({
    requests: { left: 49, limit: 50, reset: 2000, isWindow: false },
    tokens: { left: 80_000, limit: undefined, reset: 0, isWindow: false },
  })
})

test('Mistral tells what is left of a minute, and no reset', () => {
  const told = read({
    'x-ratelimit-limit-req-minute': '60',
    'x-ratelimit-remaining-req-minute': '45',
    'x-ratelimit-limit-tokens-minute': '500000',
    'x-ratelimit-remaining-tokens-minute': '500000',
    'x-ratelimit-tokens-query-cost': '68',
  })
  expect(told).toEqual({
    requests: { left: 45, limit: 60, reset: 15_000, isWindow: false },
    tokens: { left: 500_000, limit: 500_000, reset: 0, isWindow: false },
  })
  expect(
    read({ 'x-ratelimit-limit-req-10-second': '60', 'x-ratelimit-remaining-req-10-second': '30' }),
  ).toEqual({ requests: { left: 30, limit: 60, reset: 5000, isWindow: false } })
})

test.each([
  ['401381', 401_381],
  ['20000', 0],
])('of %s tokens by size, Mistral has %i for the next prompt of the same cost', (remaining, left) => {
  const told = read({
    'ratelimitbysize-limit': '500000',
    'ratelimitbysize-query-cost': '32018',
    'ratelimitbysize-remaining': remaining,
    'ratelimitbysize-reset': '33',
  })
  expect(told).toEqual({ tokens: { left, limit: 500_000, reset: 33_000, isWindow: true } })
})

test('Hugging Face and others count by windows', () => {
  expect(read({ ratelimit: '"api";r=0;t=55' })).toEqual({
    requests: { left: 0, limit: undefined, reset: 55_000, isWindow: true },
  })
  expect(
    read({ 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '7', 'ratelimit-reset': '9' }),
  ).toEqual({ requests: { left: 7, limit: 100, reset: 9000, isWindow: true } })
})

test('what means nothing is nothing', () => {
  expect(read({})).toEqual({})
  expect(read({ 'x-ratelimit-remaining-requests': 'many', 'x-ratelimit-reset-requests': 'soon' })).toEqual({})
})

test.each([
  ['7.66s', 7660],
  ['2m59.56s', 179_560],
  ['120ms', 120],
  ['1h1m', 3_660_000],
  ['33', 33_000],
  ['0s', 0],
  ['', undefined],
  ['later', undefined],
])('a duration of %j is %j ms', (text, ms) => {
  const found = duration(text, NOW)
  if (ms === undefined) expect(found).toBeUndefined()
  else expect(found).toBeCloseTo(ms)
})
