import { expect, test } from 'vitest'
import type { Content } from '../core/content.ts'
import type { Turn } from '../core/turn.ts'
import { branchTurns } from './branch-turns.ts'

const user = (...contents: readonly (Content | string)[]): Turn => ({
  role: 'user',
  contents: contents.map((one) => (typeof one === 'string' ? { type: 'text', text: one } : one)),
})
const answer = (...contents: readonly Content[]): Turn => ({ role: 'assistant', contents, finish: 'stop' })
const call = { type: 'tool-call', id: 'c', name: 't', input: {} } as const
const result = { type: 'tool-result', id: 'c', name: 't', content: 'r' } as const

test('a whole branch stays as it is', () => {
  const branch = [user('a'), answer(call), user(result), answer({ type: 'text', text: 'b' })]
  expect(branchTurns(branch)).toEqual(branch)
})

test('a question without an answer goes out with the next one', () => {
  expect(branchTurns([user('a'), user('b'), answer()])).toEqual([user('a', 'b'), answer()])
})

test('results that were never told go out with the next question', () => {
  expect(branchTurns([user('a'), answer(call), user(result), user('b')])).toEqual([
    user('a'),
    answer(call),
    user(result, 'b'),
  ])
})

test('a call that was not run is answered so, also in the midst of a branch', () => {
  const turns = branchTurns([user('a'), answer(call), user('b'), answer()])
  expect(turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
  expect(turns[2]?.contents).toMatchObject([
    { type: 'tool-result', id: 'c', isError: true },
    { type: 'text', text: 'b' },
  ])
})
