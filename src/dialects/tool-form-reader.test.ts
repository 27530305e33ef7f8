import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Delta } from '../core/delta.ts'
import { callsIn, chunkOf, cutAt, cuts, readAll, textIn } from '../../test/cuts.ts'
import { OpenAIChatReader } from './openai-chat-reader.ts'
import { ToolFormReader } from './tool-form-reader.ts'

const TOOLS = [
  {
    name: 'add',
    description: 'Adds.',
    inputSchema: {
      type: 'object',
      properties: { a: { type: 'number' }, note: { type: 'string' } },
      required: ['a'],
    },
  },
]
const readerFor = (): ToolFormReader => new ToolFormReader(new OpenAIChatReader(), TOOLS)

function read(pieces: readonly string[]) {
  const reader = readerFor()
  const out = readAll(reader, [...pieces.map((content) => chunkOf({ content })), chunkOf({}, 'stop')])
  return { out, text: textIn(out), calls: callsIn(out), isIgnored: reader.isIgnored }
}

describe('a form', () => {
  test('with calls gives calls, numbered, and no text', () => {
    const form = {
      tool_calls: [
        { name: 'add', arguments: { a: 1 } },
        { name: 'add', arguments: { a: 2 } },
      ],
      answer: '',
    }
    const { out, text, calls, isIgnored } = read([JSON.stringify(form)])
    expect(text).toBe('')
    expect(calls).toEqual(['add {"a":1}', 'add {"a":2}'])
    expect(out.filter(({ type }) => type === 'tool-call')).toMatchObject([{ index: 0 }, { index: 1 }])
    expect(isIgnored).toBe(false)
  })

  test('with an answer gives its text as it grows', () => {
    const reader = readerFor()
    const out: Delta[] = []
    const seen: string[] = []
    for (const content of ['{"tool_calls": [], "ans', 'wer": "It ', 'is 3', '."}']) {
      reader.read(chunkOf({ content }), out)
      seen.push(textIn(out))
    }
    expect(seen).toEqual(['', 'It ', 'It is 3', 'It is 3.'])
    reader.end(out)
    expect(textIn(out)).toBe('It is 3.')
  })

  test('is found after words and in a fence', () => {
    const { calls, text } = read([
      'Sure:\n```json\n{"tool_calls": [{"name": "add", "arguments": {"a": 1}}], "answer": ""}\n```',
    ])
    expect(calls).toEqual(['add {"a":1}'])
    expect(text).toBe('')
  })

  test('leaves out what strictness forced the model to fill with null', () => {
    const { calls } = read([
      '{"tool_calls": [{"name": "add", "arguments": {"a": 1, "note": null}}], "answer": ""}',
    ])
    expect(calls).toEqual(['add {"a":1}'])
  })

  test('may call a tool that is not known, which is told elsewhere, or lack arguments', () => {
    const { calls } = read([
      '{"tool_calls": [{"name": "other", "arguments": {"x": 1}}, {"name": "add"}, {"no": 1}, 5], "answer": ""}',
    ])
    expect(calls).toEqual(['other {"x":1}', 'add {}'])
  })
})

describe('an answer that is no form', () => {
  test.each(['It is 3.', '{"sum": 3}', '[1, 2]', '{name} is what you are called'])(
    'is text, and ignored: %s',
    (words) => {
      expect(read([words])).toMatchObject({ text: words, calls: [], isIgnored: true })
    },
  )

  test('is nothing where nothing was said, but for other news', () => {
    expect(read([])).toMatchObject({ text: '', calls: [], isIgnored: false })
    const out = readAll(readerFor(), [chunkOf({ reasoning_content: 'Hm' }), chunkOf({}, 'stop')])
    expect(out).toContainEqual({ type: 'thinking', text: 'Hm' })
  })

  test('keeps a form that breaks off: its answer as far as it came, or its own words', () => {
    expect(read(['{"tool_calls": [], "answer": "It is'])).toMatchObject({ text: 'It is', calls: [] })
    const cut = '{"tool_calls": [{"name": "add", "argum'
    expect(read([cut])).toMatchObject({ text: cut, calls: [], isIgnored: false })
  })
})

test('however a text is cut, it gives the same text and calls', () => {
  const input = fc.oneof(
    fc.constant({}),
    fc.record({ a: fc.integer(), note: fc.string({ unit: 'grapheme' }) }),
  )
  const form = fc
    .record({
      tool_calls: fc.array(fc.record({ name: fc.constantFrom('add', 'other'), arguments: input }), {
        maxLength: 3,
      }),
      answer: fc.string({ unit: 'grapheme' }),
    })
    .map((value) => JSON.stringify(value))
  const words = fc.constantFrom('', 'Sure: ', '```json\n', 'a {b} ')
  const texts = fc.oneof(
    fc.tuple(words, form, fc.constantFrom('', '\n```', ' That is all.')).map((parts) => parts.join('')),
    fc.tuple(form, fc.nat(200)).map(([whole, length]) => whole.slice(0, length)),
    fc.string({ unit: 'grapheme' }),
  )
  fc.assert(
    fc.property(texts, cuts, (whole, places) => {
      const { text, calls, isIgnored } = read([whole])
      for (const pieces of [cutAt(whole, places), [...whole]])
        expect(read(pieces)).toMatchObject({ text, calls, isIgnored })
    }),
  )
})

test('huge and hostile answers cost no more than their length', () => {
  const begun = performance.now()
  const hostile = [
    `{"tool_calls": [], "answer": "${'a'.repeat(4e5)}"}`,
    `{"answer": ${'['.repeat(1e5)}`,
    '{'.repeat(2e5),
    `{"tool_calls": [${'{"name": "add"},'.repeat(2e4)}`,
    `${'{a} '.repeat(1e5)}`,
  ]
  for (const whole of hostile) {
    const { text, calls } = read(whole.match(/[^]{1,64}/g) ?? [])
    expect(text.length + calls.length).toBeGreaterThan(0)
  }
  expect(performance.now() - begun).toBeLessThan(5000)
})

test('an error inside the answer is thrown on, and the answer is not whole', () => {
  const reader = readerFor()
  expect(() => reader.read('{"error": {"message": "boom"}}', [])).toThrow()
  expect([reader.isComplete, reader.isOver]).toEqual([false, false])
})
