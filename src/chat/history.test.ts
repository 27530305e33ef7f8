import { describe, expect, test } from 'vitest'
import type { Content } from '../core/content.ts'
import { type AssistantTurn, type UserTurn, userTurn } from '../core/turn.ts'
import { follow } from './follow.ts'
import { callsOf, checkTurn, joinPrompt, roundsOf } from './history.ts'

const calls = (...ids: readonly string[]): AssistantTurn => ({
  role: 'assistant',
  contents: ids.map((id) => ({ type: 'tool-call', id, name: 'a', input: {} })),
  finish: 'tool-calls',
})
const said: AssistantTurn = { role: 'assistant', contents: [{ type: 'text', text: 'b' }], finish: 'stop' }
const result = (id: string): Content => ({ type: 'tool-result', id, name: 'a', content: `of ${id}` })
const results = (...ids: readonly string[]): UserTurn => ({ role: 'user', contents: ids.map(result) })
const notRun = (id: string): Content => ({
  type: 'tool-result',
  id,
  name: 'a',
  content: 'This call was not run.',
  isError: true,
})

describe('an input follows a history', () => {
  const input = userTurn('next')
  const [next] = input.contents

  test('as it is, after an answer or nothing', () => {
    const turns = [userTurn('q'), said]
    expect(follow(turns, input)).toEqual({ turns, input })
    expect(follow(turns, input).turns).toBe(turns)
    expect(follow([], input)).toEqual({ turns: [], input })
  })

  test('with the results that were never sent', () => {
    const turns = [userTurn('q'), calls('1', '2'), results('1', '2')]
    expect(follow(turns, input)).toEqual({
      turns: turns.slice(0, 2),
      input: { role: 'user', contents: [result('1'), result('2'), next] },
    })
  })

  test('with an answer to each call that was not run, in their order', () => {
    const turns = [userTurn('q'), calls('1', '2', '3')]
    expect(follow(turns, input).input.contents).toEqual([notRun('1'), notRun('2'), notRun('3'), next])
    expect(follow([...turns, results('3', '1')], input).input.contents).toEqual([
      result('1'),
      notRun('2'),
      result('3'),
      next,
    ])
  })

  test('that answers the calls itself', () => {
    const turns = [userTurn('q'), calls('1', '2')]
    const answers: UserTurn = { role: 'user', contents: [...results('2', '1').contents, ...input.contents] }
    expect(follow(turns, answers)).toEqual({
      turns,
      input: { role: 'user', contents: [result('1'), result('2'), next] },
    })
  })

  test('and changes neither', () => {
    const turns = [userTurn('q'), calls('1'), results('1')]
    const before = structuredClone({ turns, input })
    follow(turns, input)
    expect({ turns, input }).toEqual(before)
  })
})

test('rounds begin at questions, and not at the results of tools', () => {
  const first = userTurn('1')
  const second = userTurn('2')
  const turns = [first, calls('1'), results('1'), said, second]
  expect(roundsOf(turns)).toEqual([
    { input: first, responses: [calls('1'), results('1'), said] },
    { input: second, responses: [] },
  ])
  expect(roundsOf([said, results('1')])).toEqual([{ input: results('1'), responses: [] }])
  expect(roundsOf([])).toEqual([])
})

test('the calls of a turn', () => {
  expect(callsOf(calls('1', '2')).map(({ id }) => id)).toEqual(['1', '2'])
  expect([callsOf(said), callsOf(undefined)]).toEqual([[], []])
})

test('a system prompt is one text or several, joined by a blank line', () => {
  expect(joinPrompt(['a', 'b'])).toBe('a\n\nb')
  expect([joinPrompt(undefined), joinPrompt(''), joinPrompt([])]).toEqual([undefined, undefined, undefined])
  expect(() => joinPrompt([5 as never])).toThrow('got number')
})

test('what is no turn is refused, a system turn with a hint', () => {
  expect(checkTurn(said)).toBe(said)
  expect(() => checkTurn({ role: 'system', contents: [] } as never)).toThrow(/systemPrompt/)
  expect(() => checkTurn(undefined as never)).toThrow(TypeError)
})
