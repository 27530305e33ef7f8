import { afterEach, describe, expect, test, vi } from 'vitest'
import { keyOf, known, knownOf, taughtBy } from './knowledge.ts'

const BASE = 'https://router.example/v1'
afterEach(() => {
  known.clear()
  vi.useRealTimers()
})

describe('a subject', () => {
  test('is named by its server, its model and its backend', () => {
    expect(keyOf({ baseUrl: `${BASE}/`, model: 'org/m' })).toBe('https://router.example/v1 org/m')
    expect(keyOf({ baseUrl: BASE, model: 'org/m', backend: 'groq' })).toBe(
      'https://router.example/v1 org/m:groq',
    )
  })

  test('is named without what may be secret in an address', () => {
    const key = keyOf({ baseUrl: 'https://me:pass@router.example/v1/?key=secret#part', model: 'm' })
    expect(key).toBe('https://router.example/v1 m')
  })
})

describe('what is known', () => {
  test('of a model holds at every backend, and that of a backend lies over it', () => {
    known.set(keyOf({ baseUrl: BASE, model: 'm' }), { at: 1, capabilities: { omit: ['a'], maxStops: 4 } })
    known.set(keyOf({ baseUrl: BASE, model: 'm', backend: 'groq' }), {
      at: 2,
      capabilities: { omit: ['b'], maxStops: 2 },
    })
    expect(knownOf({ baseUrl: BASE, model: 'm' })).toEqual({ omit: ['a'], maxStops: 4 })
    expect(knownOf({ baseUrl: BASE, model: 'm', backend: 'other' })).toEqual({ omit: ['a'], maxStops: 4 })
    expect(knownOf({ baseUrl: BASE, model: 'm', backend: 'groq' })).toEqual({ omit: ['a', 'b'], maxStops: 2 })
    expect(knownOf({ baseUrl: BASE, model: 'other', backend: 'groq' })).toBeUndefined()
    expect(knownOf({ baseUrl: 'https://elsewhere.example/v1', model: 'm' })).toBeUndefined()
  })

  test('says who taught it last', () => {
    for (const [backend, at] of [
      ['a', 5],
      ['b', 9],
      ['c', 7],
    ] as const)
      known.set(keyOf({ baseUrl: BASE, model: 'm', backend }), { at, capabilities: {} })
    known.set(keyOf({ baseUrl: BASE, model: 'm-longer', backend: 'd' }), { at: 99, capabilities: {} })
    expect(taughtBy({ baseUrl: BASE, model: 'm' })).toBe('b')
    expect(taughtBy({ baseUrl: BASE, model: 'x' })).toBeUndefined()
  })
})
