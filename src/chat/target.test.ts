import { afterEach, describe, expect, test } from 'vitest'
import { lineTo } from '../../test/line.ts'
import { keyOf, known } from '../providers/knowledge.ts'
import type { Routing } from './session.ts'
import { at, targetOf } from './target.ts'

const BASE = 'https://router.example/v1'
const line = lineTo(BASE)
afterEach(() => known.clear())
const target = (model: string, routing: Partial<Routing> = {}): unknown =>
  targetOf({ model, routing: { route: undefined, ...routing }, line })
const taught = (backend: string): void =>
  void known.set(keyOf({ baseUrl: BASE, model: 'org/m', backend }), { at: 1, capabilities: { omit: ['a'] } })

describe('who is asked', () => {
  test('is the model as it was named where there is no router', () => {
    expect(targetOf({ model: 'org/m:tag', routing: undefined, line })).toEqual({
      model: 'org/m:tag',
      id: 'org/m:tag',
      isFree: false,
    })
  })

  test('is left to the router, by its own rule or another', () => {
    expect(target('org/m')).toEqual({ model: 'org/m', id: 'org/m', isFree: true })
    expect(target('org/m', { route: 'fastest' })).toMatchObject({ model: 'org/m' })
    expect(target('org/m', { route: 'cheapest' })).toMatchObject({ model: 'org/m:cheapest', isFree: true })
    expect(target('org/m:preferred', { route: 'cheapest' })).toMatchObject({ model: 'org/m:preferred' })
    expect(target('org/m:fastest', { route: 'cheapest' })).toMatchObject({ model: 'org/m:fastest' })
    expect(target('org/m', { route: () => 'x' })).toMatchObject({ model: 'org/m' })
  })

  test('is the backend that the person named, and no other, whoever answered before', () => {
    taught('taught')
    const named = { model: 'org/m:groq', id: 'org/m', backend: 'groq', isFree: false }
    expect(target('org/m:groq', { route: 'cheapest', pinned: { id: 'org/m', backend: 'other' } })).toEqual(
      named,
    )
  })

  test('is who has answered this chat before, for the same model', () => {
    taught('taught')
    const pinned = { id: 'org/m', backend: 'groq' }
    expect(target('org/m', { pinned })).toEqual(at('org/m', 'groq'))
    expect(target('org/m:cheapest', { pinned })).toEqual(at('org/m', 'groq'))
    expect(target('org/other', { pinned })).toMatchObject({ model: 'org/other' })
  })

  test('is the backend whose wishes another chat has learned', () => {
    taught('taught')
    expect(target('org/m')).toEqual({ model: 'org/m:taught', id: 'org/m', backend: 'taught', isFree: true })
  })
})
