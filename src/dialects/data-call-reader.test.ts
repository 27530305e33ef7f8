import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callsIn, chunkOf, cutAt, cuts, readAll, textIn } from '../../test/cuts.ts'
import { DataCallReader } from './data-call-reader.ts'
import { OpenAIChatReader } from './openai-chat-reader.ts'

const call = (text: string, index = 0, head = true): object => ({
  tool_calls: [
    {
      index,
      ...(head && { id: `c${index}`, type: 'function' }),
      function: { ...(head && { name: 'person' }), arguments: text },
    },
  ],
})
const read = (chunks: readonly string[]) => readAll(new DataCallReader(new OpenAIChatReader()), chunks)

test('the arguments of the call are the text, and the answer ends as one', () => {
  const out = read([chunkOf(call('{"name": "Ada"}')), chunkOf({}, 'tool_calls')])
  expect(textIn(out)).toBe('{"name": "Ada"}')
  expect(callsIn(out)).toEqual([])
  expect(out.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' })
})

test('however they are cut they are the same text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), cuts, (value, places) => {
      const pieces = cutAt(JSON.stringify(value), places)
      const out = read([
        ...pieces.map((piece, i) => chunkOf(call(piece, 0, i === 0))),
        chunkOf({}, 'tool_calls'),
      ])
      expect(textIn(out)).toBe(JSON.stringify(value))
    }),
  )
})

test('a second call is no part of the data', () => {
  const out = read([chunkOf(call('{"a":1}')), chunkOf(call('{"b":2}', 1)), chunkOf({}, 'tool_calls')])
  expect(textIn(out)).toBe('{"a":1}')
})

test('an answer in words, and other news, are handed on as they are', () => {
  const out = read([chunkOf({ content: '{"a":1}', reasoning_content: 'Hm' }), chunkOf({}, 'length')])
  expect(textIn(out)).toBe('{"a":1}')
  expect(out).toContainEqual({ type: 'thinking', text: 'Hm' })
  expect(out.at(-1)).toMatchObject({ type: 'finish', reason: 'length' })
})

test('it is as whole as the answer that it reads', () => {
  const reader = new DataCallReader(new OpenAIChatReader())
  expect([reader.isComplete, reader.isOver]).toEqual([false, false])
  reader.read(chunkOf(call('{}')), [])
  reader.read(chunkOf({}, 'tool_calls'), [])
  expect(reader.isComplete).toBe(true)
  reader.read('[DONE]', [])
  expect(reader.isOver).toBe(true)
})
