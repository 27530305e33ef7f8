import { expect, test } from 'vitest'
import { table } from './table.ts'

const ROWS = [
  ['model', 'context', 'tools', 'backends'],
  ['meta-llama/Llama-3.1-8B-Instruct', '131k', 'yes', 'groq, novita, together'],
  ['google/gemma-2-2b-it', '8k', '?', 'nebius'],
]
const longest = (text: string): number => Math.max(...text.split('\n').map(({ length }) => length))

test('columns are aligned, and lines end with what they say', () => {
  expect(table(ROWS)).toBe(
    [
      'model                             context  tools  backends',
      'meta-llama/Llama-3.1-8B-Instruct  131k     yes    groq, novita, together',
      'google/gemma-2-2b-it              8k       ?      nebius',
    ].join('\n'),
  )
})

test.each([200, 73, 72, 60, 50, 40, 30, 20, 16])('nothing is wider than %i', (width) => {
  expect(longest(table(ROWS, width))).toBeLessThanOrEqual(width)
})

test('first the last column is cut, then it is left out, then the first is cut', () => {
  expect(table(ROWS, 62)).toContain('Instruct  131k     yes    groq, novit…')
  expect(table(ROWS, 50).split('\n')[1]).toBe('meta-llama/Llama-3.1-8B-Instruct  131k     yes')
  expect(table(ROWS, 40).split('\n')[1]).toBe('meta-llama/Llama-3.1-8B…  131k     yes')
})
