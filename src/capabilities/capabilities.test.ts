import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Capabilities, SCHEMA_WAYS, TOOLS_WAYS, learned, schemaWay, toolsWay } from './capabilities.ts'

const spellings = ['json-schema', 'value', 'top-level', 'object-schema', 'json-object'] as const
const someWays = fc.subarray([...SCHEMA_WAYS])
const someTools = fc.subarray([...TOOLS_WAYS])
const capabilities: fc.Arbitrary<Capabilities> = fc.record(
  {
    omit: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
    paramNames: fc.dictionary(fc.constantFrom('seed', 'topK'), fc.constantFrom(null, 'x', 'y')),
    toolsRefused: someTools,
    schemaRefused: someWays,
    effortsRefused: fc.subarray(['low', 'high']),
    maxStops: fc.integer({ min: 1, max: 4 }),
    images: fc.boolean(),
  },
  { requiredKeys: [] },
)

describe('what is learned', () => {
  test('is added to, and the new wins', () => {
    const known = { maxStops: 4, images: true, paramNames: { seed: null }, omit: ['a'] } as const
    expect(learned(known, { maxStops: 2, paramNames: { topK: 'k' }, omit: ['b'], strict: false })).toEqual({
      maxStops: 2,
      images: true,
      paramNames: { seed: null, topK: 'k' },
      omit: ['a', 'b'],
      strict: false,
    })
  })

  test('of nothing is nothing: no empty lists or names', () => {
    expect(learned({}, {})).toEqual({})
  })

  test('twice is learned once, and nothing that was refused is forgotten', () => {
    fc.assert(
      fc.property(capabilities, capabilities, (known, patch) => {
        const all = learned(known, patch)
        expect(learned(all, patch)).toEqual(all)
        for (const list of ['omit', 'toolsRefused', 'schemaRefused', 'effortsRefused'] as const) {
          const values = [...(known[list] ?? []), ...(patch[list] ?? [])]
          expect(new Set(all[list] ?? [])).toEqual(new Set(values))
          expect(all[list] ?? []).toHaveLength(new Set(values).size)
        }
        expect(all.paramNames ?? {}).toEqual({ ...known.paramNames, ...patch.paramNames })
      }),
    )
  })

  test('changes nothing that was known before', () => {
    const known = { omit: ['a'], paramNames: { seed: null } }
    const before = structuredClone(known)
    learned(known, { omit: ['b'], paramNames: { topK: null } })
    expect(known).toEqual(before)
  })
})

describe('the way to ask for data', () => {
  test('goes down to words, one refusal after the other', () => {
    const gone: string[] = []
    let known: Capabilities = {}
    for (let way = schemaWay(known, spellings); way !== 'prompt'; way = schemaWay(known, spellings)) {
      gone.push(way)
      known = learned(known, { schemaRefused: [way] })
    }
    expect(gone).toEqual(SCHEMA_WAYS.slice(0, -1))
  })

  test('is a call of a tool after the one spelling of a dialect that has no more', () => {
    expect(schemaWay({})).toBe('json-schema')
    expect(schemaWay({ schemaRefused: ['json-schema'] })).toBe('tool')
    expect(schemaWay({ schemaRefused: ['json-schema'], toolsRefused: ['native'] })).toBe('prompt')
  })

  test('is never one that was refused, unless all were', () => {
    fc.assert(
      fc.property(someWays, someTools, (schemaRefused, toolsRefused) => {
        const way = schemaWay({ schemaRefused, toolsRefused }, spellings)
        if (way === 'prompt') return
        expect(schemaRefused).not.toContain(way)
        if (way === 'tool') expect(toolsRefused).not.toContain('native')
      }),
    )
  })
})

describe('the way to offer tools', () => {
  test('is the form of an answer only where forms are heeded', () => {
    expect(toolsWay({})).toBe('native')
    expect(toolsWay({ toolsRefused: ['native'] })).toBe('schema')
    expect(toolsWay({ toolsRefused: ['native'], schemaRefused: ['json-schema'] })).toBe('prompt')
    expect(toolsWay({ toolsRefused: ['native', 'schema', 'prompt'] })).toBe('prompt')
  })
})
