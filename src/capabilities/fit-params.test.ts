import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Params } from '../core/params.ts'
import type { Adjustment } from '../core/turn.ts'
import { openaiChat } from '../dialects/openai-chat.ts'
import type { Capabilities } from './capabilities.ts'
import { fitParams } from './fit-params.ts'

const names = openaiChat.paramNames
function fitted(params: Params, known: Capabilities = {}, omit: readonly string[] = []) {
  const notes: Adjustment[] = []
  return { params: fitParams(params, { names, omit, model: 'm' }, known, notes), notes }
}

describe('a parameter', () => {
  test.each<[Params, Capabilities, Params]>([
    [{ temperature: 0 }, { minTemperature: 0.01 }, { temperature: 0.01 }],
    [{ maxTokens: 9000 }, { maxTokensLimit: 4096 }, { maxTokens: 4096 }],
    [{ stopSequences: ['a', 'b', 'c'] }, { maxStops: 2 }, { stopSequences: ['a', 'b'] }],
    [{ reasoningEffort: 'xhigh' }, { effortsRefused: ['xhigh', 'max'] }, { reasoningEffort: 'high' }],
    [
      { reasoningEffort: 'low' },
      { effortsRefused: ['low', 'minimal', 'none'] },
      { reasoningEffort: 'medium' },
    ],
  ])('%o that is not taken under %o is sent as %o, and told once', (params, known, sent) => {
    const { params: found, notes } = fitted(params, known)
    expect(found).toEqual(sent)
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatchObject({ type: 'parameter', name: Object.keys(params)[0] })
    expect(notes[0]?.message).toContain(`was sent as ${JSON.stringify(Object.values(sent)[0])}`)
  })

  test.each<[Params, Capabilities]>([
    [{ temperature: 0.5 }, { minTemperature: 0.01 }],
    [{ maxTokens: 4096 }, { maxTokensLimit: 4096 }],
    [{ stopSequences: ['a'] }, { maxStops: 1 }],
    [{ reasoningEffort: 'high' }, { effortsRefused: ['xhigh'] }],
    [{ reasoningEffort: 'the most' }, { effortsRefused: ['xhigh'] }],
    [{ foo: 1 }, { omit: ['bar'] }],
  ])('%o within %o stays as it is', (params, known) => {
    expect(fitted(params, known)).toEqual({ params, notes: [] })
  })

  test('whose every value is refused is left out', () => {
    const effortsRefused = ['max', 'xhigh', 'high', 'medium', 'low', 'minimal', 'none']
    expect(fitted({ reasoningEffort: 'high' }, { effortsRefused }).params).toEqual({})
    const odd = fitted({ reasoningEffort: 'odd' }, { effortsRefused: ['odd'] })
    expect(odd.params).toEqual({})
    expect(odd.notes[0]?.message).toContain('m takes none of its values')
  })

  test('that has no name here, or is to be omitted, is left out', () => {
    const { params, notes } = fitted({ reasoningTokens: 5, foo: 1, bar: 2 }, {}, ['foo'])
    expect(params).toEqual({ bar: 2 })
    expect(notes.map(({ name }) => name)).toEqual(['reasoningTokens', 'foo'])
  })
})

test('whatever comes out is taken, nothing new is added, and each change is told', () => {
  const params = fc.record(
    {
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      maxTokens: fc.integer({ min: 1, max: 9999 }),
      stopSequences: fc.array(fc.string({ minLength: 1 }), { maxLength: 6 }),
      reasoningEffort: fc.constantFrom('max', 'high', 'low', 'none', 'odd'),
      seed: fc.integer(),
    },
    { requiredKeys: [] },
  )
  const known = fc.record(
    {
      minTemperature: fc.double({ min: 0.01, max: 1, noNaN: true }),
      maxTokensLimit: fc.integer({ min: 1, max: 9999 }),
      maxStops: fc.integer({ min: 1, max: 5 }),
      effortsRefused: fc.subarray(['max', 'xhigh', 'high', 'medium', 'low', 'minimal', 'none', 'odd']),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(params, known, (asked, limits) => {
      const { params: found, notes } = fitted(asked, limits)
      expect(found.temperature ?? 2).toBeGreaterThanOrEqual(limits.minTemperature ?? 0)
      expect(found.maxTokens ?? 0).toBeLessThanOrEqual(limits.maxTokensLimit ?? Infinity)
      expect(found.stopSequences?.length ?? 0).toBeLessThanOrEqual(limits.maxStops ?? Infinity)
      expect(limits.effortsRefused ?? []).not.toContain(found.reasoningEffort)
      const changed = Object.keys(asked).filter(
        (name) => JSON.stringify(found[name]) !== JSON.stringify((asked as Params)[name]),
      )
      expect(notes.map(({ name }) => name)).toEqual(changed)
      expect(Object.keys(found).every((name) => name in asked)).toBe(true)
    }),
  )
})
