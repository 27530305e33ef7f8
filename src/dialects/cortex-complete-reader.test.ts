import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutAt } from '../../test/cuts.ts'
import type { Delta } from '../core/delta.ts'
import { TurnBuilder } from '../core/turn-builder.ts'
import type { AssistantTurn } from '../core/turn.ts'
import { Framer } from '../lib/framing.ts'
import { CortexCompleteReader } from './cortex-complete-reader.ts'
import { WireError } from './dialect.ts'

const event = (delta: object, usage: object = {}, more: object = {}): string =>
  JSON.stringify({ id: '78fe5630', model: 'claude', choices: [{ delta, ...more }], usage })
const COUNTED = { prompt_tokens: 390, completion_tokens: 53, total_tokens: 443 }

function read(...payloads: readonly string[]): {
  readonly turn: AssistantTurn
  readonly isComplete: boolean
  readonly wasComplete: boolean
} {
  const reader = new CortexCompleteReader()
  const out: Delta[] = []
  for (const one of payloads) reader.read(one, out)
  const wasComplete = reader.isComplete
  reader.end(out)
  const builder = new TurnBuilder()
  for (const delta of out) builder.push(delta)
  return { turn: builder.build({}), isComplete: reader.isComplete, wasComplete }
}
const contents = (...payloads: readonly string[]): AssistantTurn['contents'] =>
  read(...payloads).turn.contents

describe('a stream of cortex-complete', () => {
  // As in Snowflake's documentation.
  const WEATHER = [
    event({ content: "I'll", content_list: [{ text: "I'll", type: 'text' }] }),
    event({ content: ' check.', content_list: [{ text: ' check.', type: 'text' }] }),
    event({ content_list: [{ name: 'get_weather', tool_use_id: 'tooluse_1' }] }),
    event({ content_list: [{ input: '{"location"' }] }),
    event({ content_list: [{ input: ': "San Francisco"}' }] }),
    event({}, COUNTED),
  ]

  test('brings words once, calls in pieces, and ends with a silent event that counts', () => {
    const { turn, isComplete, wasComplete } = read(...WEATHER)
    expect(turn).toEqual({
      role: 'assistant',
      model: 'claude',
      contents: [
        { type: 'text', text: "I'll check." },
        { type: 'tool-call', id: 'tooluse_1', name: 'get_weather', input: { location: 'San Francisco' } },
      ],
      finish: 'tool-calls',
      usage: { input: 390, output: 53 },
    })
    expect([isComplete, wasComplete]).toEqual([true, true])
  })

  test('that stops before it is counted is not whole', () => {
    for (let n = 0; n < WEATHER.length; n++) expect(read(...WEATHER.slice(0, n)).isComplete).toBe(false)
  })

  test('that counts in each event is whole only when it ends in order', () => {
    const { turn, isComplete, wasComplete } = read(
      event({ content: 'Cor' }, { prompt_tokens: 57, completion_tokens: 1 }),
      event({ content: 'tex' }, { prompt_tokens: 57, completion_tokens: 2 }),
    )
    expect(turn).toMatchObject({
      contents: [{ type: 'text', text: 'Cortex' }],
      usage: { input: 57, output: 2 },
      finish: 'unknown',
    })
    expect([isComplete, wasComplete]).toEqual([true, false])
  })

  test.each<[string, readonly object[]]>([
    ['only in content', [{ content: 'Hi' }]],
    [
      'in all places at once',
      [{ type: 'text', content: 'Hi', content_list: [{ type: 'text', text: 'Hi' }], text: 'Hi' }],
    ],
    [
      'only in the list',
      [
        {
          content_list: [
            { type: 'text', text: 'H' },
            { type: 'text', text: 'i' },
          ],
        },
      ],
    ],
    ['beside an empty list', [{ type: 'text', content: 'Hi', content_list: [], text: 'Hi' }]],
    ['only in text', [{ type: 'text', text: 'Hi' }]],
    [
      'with nothing after it',
      [{ content: 'Hi' }, { type: 'text', content: '', content_list: [{ type: 'text', text: '' }] }],
    ],
  ])('words that stand %s are said once', (_, deltas) => {
    expect(contents(...deltas.map((delta) => event(delta)))).toEqual([{ type: 'text', text: 'Hi' }])
  })

  test.each<[string, readonly object[]]>([
    [
      'in the open',
      [
        { type: 'tool_use', tool_use_id: 'a', name: 'x' },
        { type: 'tool_use', input: '{"n"' },
        { type: 'tool_use', input: ':1}' },
        { type: 'tool_use', tool_use_id: 'b', name: 'y' },
        { type: 'tool_use', input: '{}' },
      ],
    ],
    [
      'with their id in each piece',
      [
        { type: 'tool_use', tool_use_id: 'a', name: 'x', input: '{"n"' },
        { type: 'tool_use', tool_use_id: 'b', name: 'y', input: '{' },
        { type: 'tool_use', tool_use_id: 'a', name: 'x', input: ':1}' },
        { type: 'tool_use', tool_use_id: 'b', input: '}' },
      ],
    ],
    [
      'in the list and in the open',
      [
        { type: 'tool_use', tool_use_id: 'a', name: 'x', content_list: [{ tool_use_id: 'a', name: 'x' }] },
        { type: 'tool_use', input: '{"n":1}', content_list: [{ input: '{"n":1}' }] },
        { type: 'tool_use', tool_use_id: 'b', name: 'y', content_list: [{ tool_use_id: 'b', name: 'y' }] },
      ],
    ],
  ])('calls that stand %s', (_, deltas) => {
    expect(contents(...deltas.map((delta) => event(delta)))).toEqual([
      { type: 'tool-call', id: 'a', name: 'x', input: { n: 1 } },
      { type: 'tool-call', id: 'b', name: 'y', input: {} },
    ])
  })

  test('calls without an id get one, and input of no call is nothing', () => {
    expect(contents(event({ content_list: [{ input: '{' }] }))).toEqual([])
    expect(
      contents(event({ content_list: [{ name: 'x' }] }), event({ content_list: [{ name: 'x' }] })),
    ).toEqual([
      { type: 'tool-call', id: 'call_0', name: 'x', input: {} },
      { type: 'tool-call', id: 'call_1', name: 'x', input: {} },
    ])
  })

  test('thinking comes with what proves it, of either maker', () => {
    const opaque = (value: object) => ({ dialect: 'cortex-complete', value })
    expect(
      contents(
        event({ type: 'anthropic', thinking: { thinking: 'H' } }),
        event({ type: 'anthropic', thinking: { thinking: 'm', signature: null } }),
        event({ type: 'anthropic', thinking: { signature: 's' } }),
        event({ content: 'Yes' }),
      ),
    ).toEqual([
      { type: 'thinking', text: 'Hm', opaque: opaque({ signature: 's' }) },
      { type: 'text', text: 'Yes' },
    ])
    expect(
      contents(
        event({
          content_list: [{ type: 'openai', openai: { reasoning: { summary: '', encrypted_content: 'e' } } }],
        }),
      ),
    ).toEqual([{ type: 'thinking', text: '', opaque: opaque({ encrypted: 'e' }) }])
    expect(contents(event({ content: '<think>Hm</think>Yes' }))).toEqual([
      { type: 'thinking', text: 'Hm' },
      { type: 'text', text: 'Yes' },
    ])
  })

  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool-calls'],
    ['content_filter', 'content-filter'],
    ['prohibited_content', 'content-filter'],
    ['own_word', 'own_word'],
  ])('a reason of %s is %s, and ends it', (raw, reason) => {
    const { turn, wasComplete } = read(event({ content: 'x' }), event({}, {}, { finish_reason: raw }))
    expect(turn).toMatchObject({ finish: reason, finishRaw: raw })
    expect(wasComplete).toBe(true)
  })

  test('[DONE] ends it, and what follows is nothing', () => {
    expect(read(event({ content: 'x' }), '[DONE]', 'nonsense').wasComplete).toBe(true)
  })

  test.each<[object, object | undefined]>([
    [{}, undefined],
    [{ prompt_tokens: 5 }, { input: 5 }],
    [
      {
        prompt_tokens: 5,
        completion_tokens: 2,
        total_tokens: 107,
        cache_read_input_tokens: 90,
        cache_write_input_tokens: 10,
      },
      { input: 105, output: 2, cachedInput: 90, cacheWrite: 10 },
    ],
    [
      { prompt_tokens: 105, completion_tokens: 2, total_tokens: 107, cache_read_input_tokens: 90 },
      { input: 105, output: 2, cachedInput: 90 },
    ],
  ])('tokens counted as %j are %j', (usage, expected) => {
    expect(read(event({}, usage)).turn.usage).toEqual(expected)
  })

  test.each([
    { message: 'unknown model x', code: null, error_code: '390400', request_id: 'r' },
    { error: { message: 'throttled' } },
    { choices: [{ delta: { content: 'It' } }], error: 'inference timed out' },
  ])('an error in it, %j, ends it after what came before', (body) => {
    const reader = new CortexCompleteReader()
    const out: Delta[] = []
    reader.read(event({ content: 'Well. ' }), out)
    expect(() => reader.read(JSON.stringify(body), out)).toThrow(WireError)
    expect(out.filter(({ type }) => type === 'text')).toHaveLength('choices' in body ? 2 : 1)
    expect(reader.isComplete).toBe(false)
  })

  test('what is no JSON is a SyntaxError, other values are ignored', () => {
    expect(() => read('nonsense')).toThrow(SyntaxError)
    expect(read('5', 'null', '[]', '{}', '{"choices":[]}').isComplete).toBe(false)
  })

  test('any cut of its bytes gives the same turn', () => {
    const sent = [...WEATHER.slice(0, 2), event({ content: ' é🎉' }), ...WEATHER.slice(2)]
    const body = Buffer.from(sent.map((data) => `data: ${data}\n\n`).join(''))
    const through = (places: readonly number[]): AssistantTurn => {
      const payloads: string[] = []
      const framer = new Framer((payload) => payloads.push(payload))
      for (const piece of cutAt(body, places)) framer.feed(piece)
      framer.end()
      return read(...payloads).turn
    }
    const expected = through([])
    expect(expected.contents).toHaveLength(2)
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 10 }), (places) => {
        expect(through(places)).toEqual(expected)
      }),
    )
  })
})

describe('a whole answer of cortex-complete', () => {
  const answer = (message: object, more: object = {}): string =>
    JSON.stringify({ id: 'i', model: 'claude', choices: [{ message }], usage: COUNTED, ...more })

  test('has its words and calls in the list, two of one id apart', () => {
    const use = (input: unknown) => ({ type: 'tool_use', tool_use: { tool_use_id: 'a', name: 'x', input } })
    const { turn, wasComplete } = read(
      answer({
        content: 'Hi',
        content_list: [
          { type: 'anthropic', anthropic: { thinking: { thinking: 'Hm', signature: 's' } } },
          { type: 'text', text: 'Hi' },
          use({ n: 1 }),
          use('{"n":2}'),
        ],
      }),
    )
    expect(turn.contents).toMatchObject([
      { type: 'thinking', text: 'Hm' },
      { type: 'text', text: 'Hi' },
      { type: 'tool-call', id: 'a', input: { n: 1 } },
      { type: 'tool-call', input: { n: 2 } },
    ])
    expect(turn).toMatchObject({ usage: { input: 390, output: 53 }, finish: 'tool-calls' })
    expect(wasComplete).toBe(true)
  })

  test('may have its words in content only, and its reason at the top', () => {
    const { turn } = read(answer({ content: 'Hi' }, { finish_reason: 'length' }))
    expect(turn).toMatchObject({ contents: [{ type: 'text', text: 'Hi' }], finish: 'length' })
  })
})
