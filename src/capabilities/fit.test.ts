import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../core/request.ts'
import { type AssistantTurn, type Turn, type UserTurn, userTurn } from '../core/turn.ts'
import { openaiChat } from '../dialects/openai-chat.ts'
import { learned } from './capabilities.ts'
import { fit } from './fit.ts'

const said = (text: string, finish = 'stop'): AssistantTurn => ({
  role: 'assistant',
  contents: text === '' ? [] : [{ type: 'text', text }],
  finish,
})
const request = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'm',
  turns: [userTurn('hi')],
  params: {},
  stream: true,
  ...more,
})
const turnsOf = (...turns: readonly Turn[]): ReturnType<typeof fit> =>
  fit(request({ turns }), openaiChat, {}, {})
const words = (turns: readonly Turn[]): unknown =>
  turns.map(({ role, contents }) => [role, ...contents.map((it) => (it.type === 'text' ? it.text : it.type))])

describe('fit', () => {
  test('changes nothing where nothing is in the way', () => {
    const asked = request({ params: { temperature: 1, min_p: 0.1 } })
    const { request: fitted, adjustments } = fit(asked, openaiChat, {}, {})
    expect(fitted).toEqual(asked)
    expect(adjustments).toEqual([])
  })

  test('leaves out a parameter the dialect has no name for, and tells so', () => {
    const { request: fitted, adjustments } = fit(
      request({ params: { reasoningTokens: 100, seed: 1 } }),
      openaiChat,
      {},
      {},
    )
    expect(fitted.params).toEqual({ seed: 1 })
    expect(adjustments).toMatchObject([
      { type: 'parameter', name: 'reasoningTokens', message: /reasoningTokens.*m/ },
    ])
  })

  test('lays what is known of the model over the provider, and that over the dialect', () => {
    const params = { maxTokens: 5, seed: 1, topK: 2, foo: 1 }
    const quirks = { paramNames: { maxTokens: 'max_new_tokens', seed: null }, omit: ['foo'] }
    const {
      request: fitted,
      quirks: names,
      adjustments,
    } = fit(request({ params }), openaiChat, quirks, {
      paramNames: { maxTokens: 'max_completion_tokens', topK: null },
    })
    expect(fitted.params).toEqual({ maxTokens: 5 })
    expect(names.paramNames?.maxTokens).toBe('max_completion_tokens')
    expect(adjustments.map(({ name }) => name)).toEqual(['seed', 'topK', 'foo'])
  })

  test('merges neighbours of one side and leaves out empty answers, so that the roles alternate', () => {
    const { request: fitted, adjustments } = turnsOf(
      userTurn('a'),
      userTurn('b'),
      said(''),
      userTurn('c'),
      said('d'),
      said('e'),
      userTurn('f'),
    )
    expect(words(fitted.turns)).toEqual([
      ['user', 'a', 'b', 'c'],
      ['assistant', 'd', 'e'],
      ['user', 'f'],
    ])
    expect(adjustments).toMatchObject([{ type: 'history', name: 'alternate' }])
  })

  test('takes an answer of thinking alone for an empty one, but not a refusal or a tool call', () => {
    const thinking: AssistantTurn = { ...said(''), contents: [{ type: 'thinking', text: 'Hm' }] }
    expect(turnsOf(userTurn('a'), thinking, userTurn('b')).request.turns).toHaveLength(1)
    expect(turnsOf(userTurn('a'), { ...said(''), refusal: 'No' }, userTurn('b')).request.turns).toHaveLength(
      3,
    )
  })

  test('answers a tool call that nobody answered, as an error and before the next question', () => {
    const calls: AssistantTurn = {
      ...said('', 'aborted'),
      contents: [
        { type: 'tool-call', id: 'a', name: 'now', input: {} },
        { type: 'tool-call', id: 'b', name: 'add', input: {} },
      ],
    }
    const result = { type: 'tool-result', id: 'b', name: 'add', content: '2' } as const
    const { request: fitted, adjustments } = turnsOf(userTurn('x'), calls, {
      role: 'user',
      contents: [result],
    })
    expect(fitted.turns[2]?.contents).toMatchObject([
      { type: 'tool-result', id: 'a', name: 'now', isError: true },
      result,
    ])
    expect(adjustments).toMatchObject([{ type: 'history', name: 'tool-results' }])
  })

  test('makes text of a result whose call is gone, and leaves the others', () => {
    const result = (id: string) => ({ type: 'tool-result', id, name: 'now', content: `at ${id}` }) as const
    const call: AssistantTurn = {
      ...said('', 'tool-calls'),
      contents: [{ type: 'tool-call', id: 'b', name: 'now', input: {} }],
    }
    const media = [{ type: 'media', kind: 'image', mimeType: 'image/png', data: 'AA==' }] as const
    const lost: UserTurn = { role: 'user', contents: [{ ...result('a'), media }] }
    const { request: fitted, adjustments } = turnsOf(lost, call, { role: 'user', contents: [result('b')] })
    expect(fitted.turns[0]?.contents).toEqual([{ type: 'text', text: 'The tool now gave: at a' }, ...media])
    expect(fitted.turns[2]?.contents).toEqual([result('b')])
    expect(adjustments).toMatchObject([{ type: 'history', name: 'tool-results' }])
  })

  test('changes neither the request nor its turns', () => {
    const asked = request({ turns: [userTurn('a'), userTurn('b')], params: { reasoningTokens: 1 } })
    const before = structuredClone(asked)
    fit(asked, openaiChat, {}, {})
    expect(asked).toEqual(before)
  })
})

describe('learned', () => {
  test('adds to what is known, and the new wins', () => {
    const known = { paramNames: { seed: null, topK: 'k' }, omit: ['a'] }
    expect(learned(known, { paramNames: { topK: null }, omit: ['a', 'b'] })).toEqual({
      paramNames: { seed: null, topK: null },
      omit: ['a', 'b'],
    })
    expect(learned({}, { omit: ['a'] })).toEqual({ omit: ['a'] })
  })
})
