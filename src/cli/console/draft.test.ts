import { expect, test } from 'vitest'
import { Draft } from './draft.ts'

/** The prompt that lines make, or how many lines it took of them. */
function read(...lines: readonly string[]): string {
  const draft = new Draft()
  for (const [at, line] of lines.entries()) {
    draft.add(line)
    if (!draft.isOpen) return at === lines.length - 1 ? draft.take() : `over after ${at + 1}`
  }
  return 'still open'
}

test('a line is a prompt', () => {
  expect(read(' Hello ')).toBe('Hello')
  expect(read('')).toBe('')
})

test('""" begins and ends a prompt of several lines', () => {
  expect(read('"""', 'one', '', 'two', '"""')).toBe('one\n\ntwo')
  expect(read('"""one', 'two"""')).toBe('one\ntwo')
  expect(read('"""one"""')).toBe('one')
  expect(read('"""', 'one')).toBe('still open')
  expect(read('"""', '"""')).toBe('')
})

test('quotes elsewhere are text', () => {
  expect(read('what is """ in Python?')).toBe('what is """ in Python?')
})

test('pasted lines belong together', () => {
  const draft = new Draft()
  draft.add('one', true)
  expect(draft.isOpen).toBe(true)
  draft.add('two')
  expect(draft.isOpen).toBe(false)
  expect(draft.take()).toBe('one\ntwo')
  expect(draft.isEmpty).toBe(true)
})
