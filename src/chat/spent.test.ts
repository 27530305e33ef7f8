import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AssistantTurn } from '../core/turn.ts'
import { withSpent } from './spent.ts'

const turn = (more: Partial<AssistantTurn> = {}): AssistantTurn => ({
  role: 'assistant',
  finish: 'stop',
  contents: [{ type: 'text', text: 'ok' }],
  ...more,
})

test('an answer costs what all asking for it did', () => {
  const spent = [
    turn({ usage: { input: 5, output: 1 }, cost: 0.5 }),
    turn({ usage: { input: 7 }, cost: 0.25 }),
  ]
  expect(withSpent(turn({ usage: { input: 1, output: 2 }, cost: 1 }), spent)).toEqual(
    turn({ usage: { input: 13, output: 3 }, cost: 1.75 }),
  )
})

test('what one of them cost is unknown, so all of it is', () => {
  expect(withSpent(turn({ cost: 1 }), [turn()]).cost).toBeUndefined()
  expect(withSpent(turn(), [turn({ cost: 1 })]).cost).toBeUndefined()
})

test('what was not counted is not made up', () => {
  expect(withSpent(turn(), [turn()])).toEqual(turn())
  expect(withSpent(turn(), [turn()])).not.toHaveProperty('usage')
})

test('of an answer that was had at once nothing changes', () => {
  const usage = fc.record(
    { input: fc.nat(), output: fc.nat(), cachedInput: fc.nat() },
    { requiredKeys: ['input'] },
  )
  fc.assert(
    fc.property(usage, fc.double({ min: 0, max: 9, noNaN: true }), (counts, cost) => {
      const answer = turn({ usage: counts, cost })
      expect(withSpent(answer, [])).toEqual(answer)
    }),
  )
})
