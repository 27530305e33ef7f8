import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeOf, wordsOf } from './refused.ts'

const word = fc.stringMatching(/^[a-z][a-z_]{2,12}$/)

test('a field is found in quotes, brackets and sentences, at its place', () => {
  for (const text of [
    "'top_k'",
    '`top_k`',
    '("body", "top_k")',
    'top_k is',
    'of top_k.',
    "{'a', 'top_k'}",
    'top_k: no',
  ])
    expect(text.slice(placeOf(text, 'top_k'))).toMatch(/^top_k/)
})

test('a field is not found within another word or path', () => {
  for (const text of ['top_kk', 'xtop_k', 'my.top_k', 'top_k[0]', 'top_k.value', '_top_k', 'nothing', ''])
    expect(placeOf(text, 'top_k')).toBe(-1)
})

test('Cerebras puts body before a field, and only body may stand there', () => {
  expect(placeOf("property 'body.top_k' is unsupported", 'top_k')).toBeGreaterThan(0)
  expect(placeOf('antibody.top_k', 'top_k')).toBe(-1)
  expect(placeOf('messages.0.assistant.reasoning', 'reasoning')).toBe(-1)
})

test('Mistral writes a field with a capital before it says that it is not there', () => {
  expect(placeOf('Logprobs are not enabled for this model', 'logprobs')).toBe(0)
  expect(placeOf('Thinking mode does not support this', 'thinking')).toBe(-1)
})

test('any name may be looked for, also one that looks like a pattern', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, name) => {
      expect(placeOf(text, name)).toBeGreaterThanOrEqual(-1)
    }),
  )
})

test('a name stands where a sentence names it', () => {
  fc.assert(
    fc.property(word, word, (name, other) => {
      fc.pre(!name.includes(other) && !other.includes(name) && name !== 'unknown' && name !== 'field')
      expect(placeOf(`unknown field '${name}'`, name)).toBe(15)
      expect(placeOf(`unknown field '${other}'`, name)).toBe(-1)
    }),
  )
})

test('the words of a body are those of its members, as a person would write them', () => {
  expect(wordsOf('It broke', { error: { detail: 'This doesn’t "work"\nhere' } })).toBe(
    'It broke {"error":{"detail":"This does not "work" here"}}',
  )
  expect(wordsOf('It broke', 'as text')).toBe('It broke ')
  expect(wordsOf("It isn't", undefined)).toBe('It is not ')
})

test('what a server echoes is not among them', () => {
  const body = {
    detail: [{ msg: 'Field required', input: { seed: 'secret' } }],
    error: { failed_generation: 'seed' },
  }
  expect(wordsOf('', body)).not.toMatch(/seed|secret/)
})
