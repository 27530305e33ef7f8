import { expect, test } from 'vitest'
import { callIds } from './call-ids.ts'

test('an id that every server takes stays, and results find the latest call of their id', () => {
  const ids = callIds()
  expect(ids.issue('toolu_01A-b')).toBe('toolu_01A-b')
  expect(ids.of('toolu_01A-b')).toBe('toolu_01A-b')
  expect([ids.issue('0'), ids.of('0'), ids.issue('0'), ids.of('0')]).toEqual(['0', '0', '0_2', '0_2'])
})

test('other characters are replaced, and an id that is nothing becomes something', () => {
  const ids = callIds()
  expect(['functions.map:0', 'é 1', ''].map(ids.issue)).toEqual(['functions_map_0', '__1', 'call'])
  expect(ids.of('never.called')).toBe('never_called')
})

test('no id is longer than 64 characters, and those that only differ before are told apart', () => {
  const ids = callIds()
  const [one, two] = ['a', 'b'].map((letter) => letter + 'x'.repeat(80))
  const issued = [ids.issue(one!), ids.issue(two!)]
  expect(issued.map(({ length }) => length <= 64)).toEqual([true, true])
  expect(new Set(issued).size).toBe(2)
  expect([ids.of(one!), ids.of(two!)]).toEqual(issued)
})
