import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { add, back, begin, built, end, ending, read, start, stop } from '../../test/anthropic-events.ts'
import type { Delta } from '../core/delta.ts'
import { Framer } from '../lib/framing.ts'
import { AnthropicMessagesReader } from './anthropic-messages-reader.ts'

const words = fc.string({ unit: 'grapheme', maxLength: 8 })
const citation = fc.record({
  type: fc.constant('web_search_result_location'),
  url: fc.webUrl(),
  title: words,
})
const aBlock = fc.oneof(
  fc.record({ type: fc.constant('text'), text: words }),
  fc.record({
    type: fc.constant('text'),
    text: words,
    citations: fc.array(citation, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ type: fc.constant('thinking'), thinking: words, signature: fc.constantFrom('', 'a', 'b') }),
  fc.record({ type: fc.constant('redacted_thinking'), data: words }),
  fc.record({
    type: fc.constant('tool_use'),
    id: fc.uuid(),
    name: fc.constantFrom('f', '_structured_data'),
    input: fc.dictionary(words, fc.integer()),
  }),
  fc.record({
    type: fc.constant('server_tool_use'),
    id: fc.uuid(),
    name: words,
    input: fc.dictionary(words, words),
  }),
  fc.record({ type: fc.constant('novelty'), more: fc.jsonValue() }),
)
type AnyBlock = (typeof aBlock extends fc.Arbitrary<infer T> ? T : never) & Readonly<Record<string, unknown>>

/** The events of a block whose strings come in two pieces. */
function eventsOf(block: AnyBlock, index: number): readonly object[] {
  const halves = (text: string): readonly string[] => [
    text.slice(0, text.length >> 1),
    text.slice(text.length >> 1),
  ]
  const deltas = (type: string, name: string, text: unknown): readonly object[] =>
    halves(String(text)).map((half) => add(index, { type, [name]: half }))
  const filled = (first: object, ...more: readonly object[]): readonly object[] => [
    begin(index, { ...block, ...first }),
    ...more,
    end(index),
  ]
  switch (block.type) {
    case 'text':
      return filled(
        { text: '', citations: [] },
        ...((block.citations ?? []) as unknown[]).map((one) =>
          add(index, { type: 'citations_delta', citation: one }),
        ),
        ...deltas('text_delta', 'text', block.text),
      )
    case 'thinking':
      return filled(
        { thinking: '', signature: '' },
        ...deltas('thinking_delta', 'thinking', block.thinking),
        add(index, { type: 'signature_delta', signature: block.signature }),
      )
    case 'tool_use':
    case 'server_tool_use':
      return filled({ input: {} }, ...deltas('input_json_delta', 'partial_json', JSON.stringify(block.input)))
    default:
      return filled({})
  }
}

describe('any answer', () => {
  const whole = fc.array(aBlock, { maxLength: 7 }) as fc.Arbitrary<readonly AnyBlock[]>

  test('is the same turn in a stream as in one piece', () => {
    fc.assert(
      fc.property(whole, (content) => {
        const streamed = read(start, ...content.flatMap(eventsOf), ending('tool_use'), stop)
        const { message } = start
        const at = { ...message, type: 'message', content, stop_reason: 'tool_use' }
        expect(streamed.turn).toEqual(read(at).turn)
      }),
    )
  })

  test('is the same turn wherever the packets of its stream are cut', () => {
    fc.assert(
      fc.property(whole, fc.array(fc.nat(), { maxLength: 12 }), (content, places) => {
        const events = [start, ...content.flatMap(eventsOf), ending('end_turn'), stop]
        const bytes = new TextEncoder().encode(
          events.map((event) => `event: x\r\ndata: ${JSON.stringify(event)}   \r\n\r\n`).join(''),
        )
        const cuts = [...new Set(places.map((place) => place % bytes.length))].toSorted((a, b) => a - b)
        const reader = new AnthropicMessagesReader()
        const out: Delta[] = []
        const framer = new Framer((payload) => reader.read(payload, out))
        let from = 0
        for (const to of [...cuts, bytes.length]) {
          framer.feed(bytes.subarray(from, to))
          from = to
        }
        framer.end()
        expect(reader.isComplete).toBe(true)
        expect(built(out)).toEqual(read(...events).turn)
      }),
    )
  })

  test('goes back with everything in it that the server must have again, in order', () => {
    fc.assert(
      fc.property(whole, (content) => {
        const kept = content.filter(
          ({ type, name, signature }) =>
            type !== 'text' && name !== '_structured_data' && (type !== 'thinking' || signature !== ''),
        )
        const answer = read({ type: 'message', content: [...content, { type: 'text', text: 'The end.' }] })
        const sent = (back(answer) as readonly AnyBlock[]).filter(({ type }) => type !== 'text')
        expect(sent).toEqual(kept)
        const citations = (blocks: readonly AnyBlock[]): readonly unknown[] =>
          blocks.flatMap((block) => (block.text === '' ? [] : ((block.citations ?? []) as unknown[])))
        expect(citations(back(answer) as readonly AnyBlock[]).length).toBe(
          citations(content.filter(({ text }) => typeof text === 'string' && text.trim() !== '')).length,
        )
      }),
    )
  })
})
