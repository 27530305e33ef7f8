import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../core/request.ts'
import { userTurn } from '../core/turn.ts'
import { anthropicMessages } from '../dialects/anthropic-messages.ts'
import { openaiChat } from '../dialects/openai-chat.ts'
import { fit } from './fit.ts'
import { asItIs, isEmpty, isPaired, spellingsOf } from './fits.ts'

const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'm',
  turns: [userTurn('hi')],
  params: {},
  stream: false,
  ...more,
})

const HERE = 'http://127.0.0.1/v1'

describe('a request that fits', () => {
  test('is taken as it is, just as it would come out of a fitting', () => {
    const schema = { name: 'a', schema: { type: 'object' } }
    for (const more of [{}, { params: { seed: 1, foo: 2 } }, { system: 'Be kind.' }, { schema }]) {
      const asked = request(more)
      const taken = asItIs(asked, openaiChat, {}, undefined, HERE)
      expect(taken?.request).toBe(asked)
      expect(fit(asked, openaiChat, {}, {}).request).toEqual(asked)
      expect(taken?.adjustments).toEqual([])
    }
  })

  test.each<[string, Partial<ChatRequest>]>([
    ['a parameter without a name', { params: { reasoningTokens: 1 } }],
    ['two turns of one side', { turns: [userTurn('a'), userTurn('b')] }],
    ['an empty turn', { turns: [{ role: 'user', contents: [] }] }],
    [
      'a result without its call',
      { turns: [{ role: 'user', contents: [{ type: 'tool-result', id: 'a', name: 'f', content: '' }] }] },
    ],
  ])('has not %s', (_what, more) => {
    expect(asItIs(request(more), openaiChat, {}, undefined, HERE)).toBeUndefined()
  })

  test('is for a model of which nothing is known, and a provider without its own ways', () => {
    const schema = { name: 'a', schema: { type: 'object' } }
    expect(asItIs(request(), openaiChat, {}, {}, HERE)).toBeUndefined()
    expect(
      asItIs(request({ params: { foo: 1 } }), openaiChat, { omit: ['foo'] }, undefined, HERE),
    ).toBeUndefined()
    expect(
      asItIs(request({ schema }), openaiChat, { schemaSpelling: 'value' }, undefined, HERE),
    ).toBeUndefined()
    expect(
      asItIs(request({ params: { seed: 1 } }), openaiChat, { paramNames: { seed: null } }, undefined, HERE),
    ).toBeUndefined()
  })
})

test('a turn is empty where nothing of it would be sent; a refusal is something', () => {
  const thinking = { type: 'thinking', text: 'Hm' } as const
  expect(isEmpty({ role: 'user', contents: [] })).toBe(true)
  expect(isEmpty({ role: 'assistant', finish: 'stop', contents: [thinking] })).toBe(true)
  expect(isEmpty({ role: 'assistant', finish: 'stop', contents: [thinking], refusal: 'No' })).toBe(false)
  expect(
    isEmpty({ role: 'assistant', finish: 'stop', contents: [thinking, { type: 'text', text: 'a' }] }),
  ).toBe(false)
})

test('calls and results are paired where none is alone', () => {
  const call = { type: 'tool-call', id: 'a', name: 'f', input: {} } as const
  const result = { type: 'tool-result', id: 'a', name: 'f', content: '' } as const
  const asked = { role: 'assistant', finish: 'tool-calls', contents: [call] } as const
  expect(isPaired({ role: 'user', contents: [result] }, asked)).toBe(true)
  expect(isPaired({ role: 'user', contents: [] }, asked)).toBe(false)
  expect(isPaired({ role: 'user', contents: [result] }, undefined)).toBe(false)
  expect(isPaired({ role: 'user', contents: [] }, undefined)).toBe(true)
})

test("a provider's own spelling of a form goes for the dialect's", () => {
  expect(spellingsOf(openaiChat, {})).toEqual(openaiChat.schemaSpellings)
  expect(spellingsOf(openaiChat, { schemaSpelling: 'value' })).toEqual(['value'])
  expect(spellingsOf(anthropicMessages, {})).toBeUndefined()
})
