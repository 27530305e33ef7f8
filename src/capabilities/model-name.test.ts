import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitModel } from './model-name.ts'

test.each([
  ['org/model', { id: 'org/model' }],
  ['org/model:groq', { id: 'org/model', backend: 'groq' }],
  ['org/model:fastest', { id: 'org/model', policy: 'fastest' }],
  ['org/model:cheapest', { id: 'org/model', policy: 'cheapest' }],
  ['org/model:preferred', { id: 'org/model', policy: 'preferred' }],
  ['hf.co/org/model:Q4_K_M:groq', { id: 'hf.co/org/model:Q4_K_M', backend: 'groq' }],
  ['', { id: '' }],
])('the parts of %s', (name, parts) => {
  expect(splitModel(name)).toEqual(parts)
})

test('the parts are the name', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const { id, backend, policy } = splitModel(name)
      const after = backend ?? policy
      expect(after === undefined ? id : `${id}:${after}`).toBe(name)
    }),
  )
})
