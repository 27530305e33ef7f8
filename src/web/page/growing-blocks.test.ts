import fc from 'fast-check'
import type { Token, Tokens } from 'marked'
import { expect, test } from 'vitest'
import { type Change, GrowingBlocks } from './growing-blocks.ts'
import { lex } from './markdown.ts'

/** What stands on the page after some changes: blocks in short, code with its text. */
function shown(changes: Iterable<Change>): string[] {
  const finished: string[] = []
  let growing: string[] = []
  for (const change of changes) {
    if (change.type === 'finished') finished.push(...change.tokens.flatMap(short))
    else if (change.type === 'code-open') finished.push(`code ${change.lang}\n`)
    else if (change.type === 'code') finished.push(`${finished.pop() ?? ''}${change.text}`)
    growing = change.type === 'growing' ? change.tokens.flatMap(short) : []
  }
  // Whether blank lines at the end of an open block of code count is nothing that can be seen.
  return [...finished, ...growing].map((block) => block.trimEnd())
}

const short = (token: Token): string[] => {
  if (token.type === 'space') return []
  if (token.type !== 'code') return [`${token.type} ${token.raw.trimEnd()}`]
  const { lang = '', text } = token as Tokens.Code
  return [`code ${lang.trim()}\n${text}`]
}

function* grown(pieces: readonly string[]): Generator<Change> {
  const blocks = new GrowingBlocks()
  for (const piece of pieces) yield* blocks.add(piece)
  yield* blocks.finish()
}

const LINES = [
  '# Title', 'text', 'text with `code`', '', '', '- item', '  more', '1. one', '> quote', '```', '```js', '~~~', '~~~~ py', '  ```',
  '    indented', '---', '===', '| a | b |\n|---|---|', '| 1 | 2 |', '<div>', '</div>', '$$', 'x^2', '\\[', '\\]', '#', '#hash', '-', '``',
  '````', '`', '***', '* * *',
] // prettier-ignore

const document = fc.array(fc.constantFrom(...LINES), { maxLength: 14 }).map((lines) => lines.join('\n'))

test('shows the same however a text is cut', () => {
  fc.assert(
    fc.property(document, fc.array(fc.nat(6), { maxLength: 60 }), (text, sizes) => {
      const pieces: string[] = []
      let at = 0
      for (const size of sizes) {
        pieces.push(text.slice(at, at + size))
        at += size
      }
      pieces.push(text.slice(at))
      expect(shown(grown(pieces))).toEqual(shown([{ type: 'finished', tokens: lex(text) }]))
    }),
    { numRuns: 3000 },
  )
})

test('never takes back what it has finished', () => {
  const text = 'One.\n\nTwo\n---\n\n- a\n- b\n\n```js\nlet a\n```\n\nEnd'
  const seen: string[] = []
  for (const change of grown([...text]))
    if (change.type === 'finished') seen.push(...change.tokens.flatMap(short))
  expect(seen).toEqual(['paragraph One.', 'heading Two\n---', 'list - a\n- b', 'paragraph End'])
})

test('reads a long block of code once', () => {
  const blocks = new GrowingBlocks()
  let changes = 0
  for (const change of blocks.add('```js\n')) changes += change.type === 'code-open' ? 1 : 0
  const started = performance.now()
  let length = 0
  for (let line = 0; line < 200_000; line++) {
    for (const change of blocks.add('let a = 1\n')) length += change.type === 'code' ? change.text.length : 0
  }
  expect(changes).toBe(1)
  expect(length).toBe(200_000 * 10 - 1)
  expect(performance.now() - started).toBeLessThan(2000)
})

test.each([
  ['a paragraph', 'word '],
  ['a list', '- item\n'],
  ['a table', '| 1 | 2 |\n', '| a | b |\n|---|---|\n'],
  ['a quote', '> said\n'],
  ['brackets', '['],
  ['quotes in quotes', '>'],
  ['stars', '**a_b'],
])('reads %s of 40 kB in a time that grows with its length', (_, unit, start = '') => {
  const time = (size: number): number => {
    const started = performance.now()
    let changes = 0
    const pieces = [start, ...Array.from({ length: size / unit.length / 4 }, () => unit.repeat(4))]
    for (const _change of grown(pieces)) changes++
    expect(changes).toBeGreaterThan(0)
    return performance.now() - started
  }
  time(5000)
  expect(time(40_000)).toBeLessThan(Math.max(1500, time(10_000) * 10))
})

test('goes on with the numbers of a long list', () => {
  const items = Array.from({ length: 800 }, (_, index) => `${index + 1}. item\n`)
  const starts: number[] = []
  for (const change of grown(items)) {
    if (change.type !== 'finished') continue
    for (const token of change.tokens)
      if (token.type === 'list') starts.push(Number((token as Tokens.List).start))
  }
  expect(starts.length).toBeGreaterThan(1)
  expect(starts).toEqual([...starts].sort((a, b) => a - b))
  expect(starts[0]).toBe(1)
})
