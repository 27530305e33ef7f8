import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { textOf } from '../core/turn.ts'
import type { AssistantTurn } from '../core/turn.ts'
import { TurnBuilder } from '../core/turn-builder.ts'
import { spellInput } from './openai-responses-input.ts'
import { OpenAIResponsesReader } from './openai-responses-reader.ts'

// The same answer, whole and as the streams of servers of every kind: what is read must be the same.

type Item = Readonly<Record<string, unknown>>

function turnOf(payloads: readonly object[]): { turn: AssistantTurn; isComplete: boolean } {
  const reader = new OpenAIResponsesReader()
  const builder = new TurnBuilder()
  for (const payload of payloads) {
    const out: Parameters<TurnBuilder['push']>[0][] = []
    reader.read(JSON.stringify(payload), out)
    for (const delta of out) builder.push(delta)
  }
  return { turn: builder.build({}), isComplete: reader.isComplete }
}

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map((text) => `x${text}`)
const item: fc.Arbitrary<Item> = fc.oneof(
  fc
    .record({
      texts: fc.array(words, { minLength: 1, maxLength: 2 }),
      phase: fc.constantFrom(null, 'commentary', 'final_answer'),
      cites: fc.boolean(),
    })
    .map(({ texts, phase, cites }) => ({
      type: 'message',
      phase,
      content: texts.map((text) => ({
        type: 'output_text',
        text,
        annotations: cites ? [{ type: 'url_citation', url: 'https://x.org' }] : [],
      })),
    })),
  fc.record({ summary: fc.array(words, { maxLength: 3 }), isSealed: fc.boolean() }).map((it) => ({
    type: 'reasoning',
    summary: it.summary.map((text) => ({ type: 'summary_text', text })),
    ...(it.isSealed && { encrypted_content: 'sealed' }),
  })),
  fc.record({ x: words, hasCaller: fc.boolean() }).map(({ x, hasCaller }) => ({
    type: 'function_call',
    name: 'add',
    arguments: JSON.stringify({ x }),
    ...(hasCaller && { caller: { type: 'program' } }),
  })),
  words.map((query) => ({ type: 'web_search_call', action: { query } })),
)
const output = fc
  .array(item, { maxLength: 6 })
  .map((items) => items.map((one, i): Item => ({ id: `id_${i}`, call_id: `call_${i}`, ...one })))

/** How a server streams: which events it sends, and what they say of the place of an item. */
const habits = fc.record({
  // `odd ids`: another in each event, as Copilot's. `no places`: as llama-server's.
  places: fc.constantFrom('all', 'odd ids', 'no places'),
  begins: fc.boolean(),
  pieces: fc.boolean(),
  closes: fc.boolean(),
  repeats: fc.boolean(),
})

function streamed(
  items: readonly Item[],
  { places, begins, pieces, closes, repeats }: typeof habits extends fc.Arbitrary<infer H> ? H : never,
): readonly object[] {
  const events: object[] = [{ type: 'response.created', response: { model: 'm', output: [] } }]
  let odd = 0
  const idOf = (it: Item): unknown => (places === 'odd ids' ? `odd_${odd++}` : it.id)
  for (const [i, it] of items.entries()) {
    const index = places === 'no places' ? {} : { output_index: i }
    const send = (type: string, more: object): void =>
      void events.push({ type: `response.${type}`, ...index, ...more })
    const halves = (type: string, text: string, more: object = {}): void => {
      const letters = [...text]
      const cut = letters.length >> 1
      for (const delta of [letters.slice(0, cut).join(''), letters.slice(cut).join('')])
        send(type, { item_id: idOf(it), delta, ...more })
    }
    // Arguments in pieces mean nothing before a call has begun.
    const isOpened = begins || (pieces && it.type === 'function_call')
    if (isOpened) send('output_item.added', { item: { ...it, id: idOf(it), arguments: '', content: [] } })
    if (pieces && it.type === 'message')
      for (const [content_index, { text }] of (it.content as { text: string }[]).entries())
        halves('output_text.delta', text, { content_index })
    if (pieces && it.type === 'reasoning')
      for (const [summary_index, { text }] of (it.summary as { text: string }[]).entries())
        halves('reasoning_summary_text.delta', text, { summary_index })
    if (pieces && it.type === 'function_call') halves('function_call_arguments.delta', it.arguments as string)
    if (closes) send('output_item.done', { item: { ...it, id: idOf(it) } })
  }
  events.push({
    type: 'response.completed',
    response: { status: 'completed', model: 'm', output: repeats || !closes ? items : [] },
  })
  return events
}

describe('a stream of openai-responses', () => {
  test('says what the whole answer says, however the server streams', () => {
    fc.assert(
      fc.property(output, habits, (items, how) => {
        const { turn } = turnOf(streamed(items, how))
        const { turn: whole } = turnOf([{ status: 'completed', model: 'm', output: items }])
        const isInOrder = how.closes || !(how.begins || how.pieces)
        if (isInOrder && how.places !== 'odd ids') expect(turn).toEqual(whole)
        else {
          expect(textOf(turn)).toBe(textOf(whole))
          expect(turn.contents.filter(({ type }) => type === 'tool-call').length).toBe(
            whole.contents.filter(({ type }) => type === 'tool-call').length,
          )
        }
        expect(turn.finish).toBe(whole.finish)
      }),
      { numRuns: 500 },
    )
  })

  test('may give every item the same place, where its ids tell', () => {
    const how = { places: 'all', begins: true, pieces: true, closes: true, repeats: true } as const
    fc.assert(
      fc.property(output, (items) => {
        const misplaced = streamed(items, how).map((event) =>
          'output_index' in event ? { ...event, output_index: 0 } : event,
        )
        expect(turnOf(misplaced).turn).toEqual(turnOf(streamed(items, how)).turn)
      }),
    )
  })

  test('may tell neither ids nor places of its pieces', () => {
    const text = 'So it is'
    const content = [{ type: 'output_text', text }]
    const events = [
      ...text.match(/\S+\s*/g)!.map((delta) => ({ type: 'response.output_text.delta', delta })),
      {
        type: 'response.completed',
        response: { status: 'completed', output: [{ type: 'message', id: 'm', content }] },
      },
    ]
    expect(turnOf(events).turn.contents).toEqual([{ type: 'text', text }])
  })

  test('that is cut anywhere has said the beginning of it, and is not whole', () => {
    const everything = { places: 'all', begins: true, pieces: true, closes: true, repeats: true } as const
    fc.assert(
      fc.property(output, fc.nat(), (items, at) => {
        const events = streamed(items, everything)
        const { turn, isComplete } = turnOf(events.slice(0, at % events.length))
        const { turn: whole } = turnOf(events)
        expect(isComplete).toBe(false)
        expect(textOf(whole).startsWith(textOf(turn))).toBe(true)
      }),
    )
  })

  test('goes back as the items that it came in', () => {
    fc.assert(
      fc.property(output, (items) => {
        const { turn } = turnOf([{ status: 'completed', model: 'm', output: items }])
        const sent = spellInput([turn], {})
        const kinds = sent.map(({ type }) => type)
        // Neighbouring messages are one text; what came of reasoning is there unless nothing followed it.
        expect(kinds.filter((kind) => kind === 'function_call').length).toBe(
          items.filter(({ type }) => type === 'function_call').length,
        )
        const last = items.findLastIndex(({ type }) => type !== 'reasoning')
        const sealed = items.slice(0, last + 1).filter(({ encrypted_content }) => encrypted_content)
        expect(sent.filter(({ type }) => type === 'reasoning').map(({ id }) => id)).toEqual(
          sealed.map(({ id }) => id),
        )
        const searches = items.filter(({ type }) => type === 'web_search_call')
        expect(sent.filter(({ type }) => type === 'web_search_call')).toEqual(searches)
      }),
    )
  })
})
