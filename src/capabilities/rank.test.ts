import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Capabilities } from './capabilities.ts'
import { type Backend, type CatalogModel, liveOf } from './catalog.ts'
import { type Needs, type Route, rank } from './rank.ts'

const NEEDS: Needs = { tools: false, schema: false, image: false, tokens: 0 }
const backend = (name: string, more: Partial<Backend> = {}): Backend => ({ name, status: 'live', ...more })
const order = (
  backends: readonly Backend[],
  needs: Partial<Needs> = {},
  route: Route = 'preferred',
  known: Readonly<Record<string, Capabilities>> = {},
): readonly string[] => rank({ id: 'm', backends }, { ...NEEDS, ...needs }, route, (name) => known[name])

describe('backends are tried', () => {
  const slow = backend('slow', { throughput: 10, latency: 10, price: { input: 1, output: 1 } })
  const fast = backend('fast', { throughput: 90, latency: 90, price: { input: 3, output: 3 } })
  const silent = backend('silent')
  const prompt = backend('prompt', { throughput: 90, latency: 5, price: { input: 0.5, output: 3 } })

  test('as the list has them, the fastest first or the cheapest first; what is unknown comes last', () => {
    const all = [silent, slow, fast, prompt]
    expect(order(all)).toEqual(['silent', 'slow', 'fast', 'prompt'])
    expect(order(all, {}, 'fastest')).toEqual(['prompt', 'fast', 'slow', 'silent'])
    expect(order(all, {}, 'cheapest')).toEqual(['slow', 'prompt', 'fast', 'silent'])
  })

  test('only while they are live', () => {
    expect(order([backend('a', { status: 'error' }), slow, backend('b', { status: 'staging' })])).toEqual([
      'slow',
    ])
    expect(order([])).toEqual([])
  })

  test('by what they say of tools: yes, nothing, no', () => {
    const all = [backend('no', { tools: false }), silent, backend('yes', { tools: true })]
    expect(order(all, { tools: true })).toEqual(['yes', 'silent', 'no'])
    expect(order(all)).toEqual(['no', 'silent', 'yes'])
  })

  test('by what they refused before what they say', () => {
    const all = [
      backend('liar', { tools: true, structured: true }),
      backend('modest', { tools: false, structured: false }),
    ]
    const known = {
      liar: { toolsRefused: ['native'], schemaRefused: ['json-schema'], images: false },
    } as const
    for (const needs of [{ tools: true }, { schema: true }, { image: true }])
      expect(order(all, needs, 'preferred', known)).toEqual(['modest', 'liar'])
    expect(order(all, {}, 'preferred', known)).toEqual(['liar', 'modest'])
  })

  test('with enough room before all else, and speed does not outweigh it', () => {
    const small = backend('small', { contextLength: 100, tools: true, throughput: 999 })
    const large = backend('large', { contextLength: 9000, tools: false })
    expect(order([small, large], { tools: true, tokens: 500 }, 'fastest')).toEqual(['large', 'small'])
    expect(order([small, large], { tools: true, tokens: 100 }, 'fastest')).toEqual(['small', 'large'])
  })

  test('as a function says, which sees the ablest first and what is needed', () => {
    const seen: unknown[] = []
    const route: Route = (backends, needs) => {
      seen.push(
        backends.map(({ name }) => name),
        needs,
      )
      return backends.map(({ name }) => name).toReversed()
    }
    const all = [backend('no', { tools: false }), backend('yes', { tools: true })]
    expect(order(all, { tools: true }, route)).toEqual(['no', 'yes'])
    expect(seen).toEqual([['yes', 'no'], { ...NEEDS, tools: true }])
    expect(order(all, {}, () => 'yes')).toEqual(['yes'])
  })

  test('each once and none forgotten, whatever is known and asked', () => {
    const some = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })
    const flag = fc.option(fc.boolean(), { nil: undefined })
    const row = fc.record({
      tools: flag,
      structured: flag,
      contextLength: some,
      throughput: some,
      latency: some,
    })
    const needs = fc.record({
      tools: fc.boolean(),
      schema: fc.boolean(),
      image: fc.boolean(),
      tokens: fc.nat(4),
    })
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 8 }),
        needs,
        fc.constantFrom<Route>('fastest', 'cheapest', 'preferred'),
        (rows, asked, route) => {
          const backends = rows.map((one, i) => ({ ...backend(`b${i}`), ...one })) as Backend[]
          const model: CatalogModel = { id: 'm', backends }
          const names = rank(model, asked, route, () => undefined)
          expect(names.toSorted()).toEqual(
            liveOf(model)
              .map(({ name }) => name)
              .toSorted(),
          )
          // The same question has the same answer.
          expect(rank(model, asked, route, () => undefined)).toEqual(names)
        },
      ),
    )
  })
})
