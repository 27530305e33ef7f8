import { expect, test } from 'vitest'
import type { AssistantTurn, UserTurn } from '../../core/turn.ts'
import type { NodeView } from '../protocol.ts'
import { exchangesOf, isSame, leafOf, totalsOf, treeOf } from './conversation.ts'

const asked = (id: string, parent?: string): NodeView =>
  node(id, parent, { role: 'user', contents: [{ type: 'text', text: id }] })
const answered = (id: string, parent: string, more: Partial<AssistantTurn> = {}): NodeView =>
  node(id, parent, { role: 'assistant', contents: [], finish: 'stop', ...more })
const node = (id: string, parent: string | undefined, turn: UserTurn | AssistantTurn): NodeView => ({
  id,
  time: '2026-01-01T00:00:00Z',
  turn,
  ...(parent !== undefined && { parent }),
})
const results = (id: string, parent: string, content: string): NodeView =>
  node(id, parent, { role: 'user', contents: [{ type: 'tool-result', id: 'call_1', name: 'f', content }] })

const TREE = treeOf([
  asked('q1'),
  answered('a1', 'q1'),
  answered('a2', 'q1'),
  asked('q2', 'a1'),
  asked('q3', 'a1'),
  answered('a3', 'q3'),
])

test('shows the branch of its head, with the place of each version', () => {
  const [first, second] = exchangesOf(TREE, 'a3')
  expect(first).toMatchObject({ key: 'q1', questionPlace: { at: 1, of: 1 }, answerPlace: { at: 1, of: 2 } })
  expect(second).toMatchObject({ key: 'q3', questionPlace: { at: 2, of: 2 } })
  expect(exchangesOf(TREE, undefined)).toEqual([])
  expect(exchangesOf(TREE, 'nobody')).toEqual([])
})

test('goes down to the newest end of a branch', () => {
  expect(leafOf(TREE, 'q1')).toBe('a2')
  expect(leafOf(TREE, 'a1')).toBe('a3')
  expect(leafOf(TREE, 'a3')).toBe('a3')
})

test('keeps the results of calls apart whose ids are the same in each round', () => {
  const tree = treeOf([
    asked('q'),
    answered('a', 'q'),
    results('r', 'a', 'first'),
    answered('b', 'r'),
    results('s', 'b', 'second'),
    answered('c', 's'),
  ])
  const [exchange, ...others] = exchangesOf(tree, 'c')
  expect(others).toEqual([])
  expect(exchange?.rounds.map((round) => round.results.get('call_1')?.content)).toEqual([
    'first',
    'second',
    undefined,
  ])
})

test('tells an exchange that has changed from one that has not', () => {
  const [before] = exchangesOf(TREE, 'a3')
  const [same] = exchangesOf(TREE, 'q2')
  const [other] = exchangesOf(TREE, 'a2')
  expect(before && same && isSame(before, same)).toBe(true)
  expect(before && other && isSame(before, other)).toBe(false)
})

test('adds up what is known and leaves open what is not', () => {
  const tree = treeOf([
    asked('q'),
    answered('a', 'q', { usage: { input: 3 }, cost: 0.5, duration: 10 }),
    results('r', 'a', ''),
    answered('b', 'r', { usage: { input: 4, output: 2 } }),
  ])
  const rounds = exchangesOf(tree, 'b')[0]?.rounds ?? []
  expect(totalsOf(rounds)).toEqual({ input: 7, output: 2, reasoning: undefined, cost: 0.5, duration: 10 })
})
