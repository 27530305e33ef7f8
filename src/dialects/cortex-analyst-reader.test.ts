import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutAt } from '../../test/cuts.ts'
import type { Delta } from '../core/delta.ts'
import { TurnBuilder } from '../core/turn-builder.ts'
import { type AssistantTurn, textOf } from '../core/turn.ts'
import { Framer } from '../lib/framing.ts'
import { CortexAnalystReader } from './cortex-analyst-reader.ts'
import { cortexAnalyst } from './cortex-analyst.ts'
import { WireError } from './dialect.ts'

type Event = readonly [event: string | undefined, data: object | string]

function read(...events: readonly Event[]): {
  readonly turn: AssistantTurn
  readonly reader: CortexAnalystReader
  readonly out: readonly Delta[]
} {
  const reader = new CortexAnalystReader()
  const out: Delta[] = []
  for (const [event, data] of events)
    reader.read(typeof data === 'string' ? data : JSON.stringify(data), out, event)
  reader.end(out)
  const builder = new TurnBuilder()
  for (const delta of out) builder.push(delta)
  return { turn: builder.build({}), reader, out }
}

const status = (word: string): Event => ['status', { status: word, status_message: word }]
const delta = (data: object): Event => ['message.content.delta', data]
const suggestion = (index: number, words: string): Event =>
  delta({ index: 1, type: 'suggestions', suggestions_delta: { index, suggestion_delta: words } })

/** As in Snowflake's documentation, the statement in two pieces. */
const SQL: readonly Event[] = [
  status('interpreting_question'),
  delta({ index: 0, type: 'text', text_delta: 'This is how' }),
  status('generating_sql'),
  delta({ index: 0, type: 'text', text_delta: ' I take it.' }),
  delta({ index: 1, type: 'sql', statement_delta: 'SELECT * ' }),
  delta({ index: 1, type: 'sql', statement_delta: 'FROM t', confidence: { verified_query_used: null } }),
  ['warnings', { warnings: [{ message: 'a table has many columns' }] }],
  status('done'),
]
const MESSAGE = {
  role: 'analyst',
  content: [
    { type: 'text', text: 'This is how I take it.' },
    { type: 'sql', statement: 'SELECT * FROM t', confidence: { verified_query_used: null } },
  ],
}

describe('an answer of cortex-analyst', () => {
  test('has its SQL as data and in the text, streamed or whole', () => {
    const streamed = read(...SQL)
    expect(textOf(streamed.turn)).toBe('This is how I take it.\n\n```sql\nSELECT * FROM t\n```')
    expect(streamed.turn.contents[1]).toEqual({
      type: 'json',
      value: { sql: 'SELECT * FROM t', confidence: { verified_query_used: null } },
    })
    expect(streamed.turn.finish).toBe('stop')
    expect(read([undefined, { message: MESSAGE, request_id: 'r' }]).turn).toEqual(streamed.turn)
  })

  test('goes back as it came', () => {
    const { turn } = read(...SQL)
    const { body } = cortexAnalyst.encode({ model: 'a', turns: [turn], params: {}, stream: false }, {})
    expect(body.messages).toEqual([MESSAGE])
  })

  test('has questions to ask instead as data and as a list', () => {
    const { turn } = read(
      delta({ index: 0, type: 'text', text_delta: 'That is ambiguous:' }),
      suggestion(0, 'which company had'),
      suggestion(0, ' the most revenue?'),
      suggestion(1, 'which company placed'),
      status('generating_suggestions'),
      suggestion(1, ' the most orders?'),
      ['done', 'done'],
    )
    const suggestions = ['which company had the most revenue?', 'which company placed the most orders?']
    expect(turn.contents[1]).toEqual({ type: 'json', value: { suggestions } })
    expect(textOf(turn)).toBe(`That is ambiguous:\n\n- ${suggestions[0]}\n- ${suggestions[1]}`)
    const whole = {
      content: [
        { type: 'text', text: 'That is ambiguous:' },
        { type: 'suggestions', suggestions },
      ],
    }
    expect(read([undefined, { message: whole }]).turn).toEqual(turn)
  })

  test('hands on words as they come, and a statement once', () => {
    const reader = new CortexAnalystReader()
    const out: Delta[] = []
    const seen = SQL.map(([event, data]) => {
      reader.read(JSON.stringify(data), out, event)
      return out.length
    })
    expect(seen).toEqual([0, 1, 1, 2, 2, 2, 2, 6])
  })

  test('is whole when its status or an event says so, and over with the event', () => {
    for (let n = 0; n < SQL.length; n++) expect(read(...SQL.slice(0, n)).reader.isComplete).toBe(false)
    const { reader } = read(...SQL)
    expect([reader.isComplete, reader.isOver]).toEqual([true, false])
    const done = read(...SQL, ['response_metadata', { model_names: ['claude', 'other'] }], ['done', '[DONE]'])
    expect(done.turn.model).toBe('claude')
    expect(done.reader.isOver).toBe(true)
    expect(done.out.filter(({ type }) => type === 'finish')).toHaveLength(1)
  })

  test('that is cut keeps what came', () => {
    const { turn } = read(...SQL.slice(0, 5))
    expect(turn.contents).toMatchObject([
      { type: 'text', text: 'This is how I take it.' },
      { type: 'json', value: { sql: 'SELECT * ' } },
      { type: 'text' },
    ])
  })

  test('may think, show a chart and tell of results', () => {
    const chart = { type: 'chart', chart_spec: '{"mark":"bar"}' }
    const results = { type: 'results', query_id: 'q1' }
    const { turn } = read(
      delta({ index: 0, type: 'think', think_delta: 'H' }),
      delta({ index: 0, type: 'think', think_delta: 'm' }),
      delta({ index: 1, ...chart }),
      ['message.content', { index: 2, ...results }],
      ['message.content', { index: 1, ...chart }],
      status('done'),
    )
    const blocks = [chart, results]
    expect(turn.contents).toEqual([
      { type: 'thinking', text: 'Hm' },
      { type: 'json', value: chart },
      { type: 'json', value: results },
      { type: 'text', text: '', opaque: { dialect: 'cortex-analyst', value: blocks } },
    ])
    const whole = [{ type: 'think', think: 'Hm' }, ...blocks]
    expect(read([undefined, { message: { content: whole } }]).turn).toEqual(turn)
  })

  test('fences SQL so that its own text cannot end the fence', () => {
    const { turn } = read(delta({ index: 0, type: 'sql', statement_delta: "SELECT '```'" }), status('done'))
    expect(textOf(turn)).toBe("````sql\nSELECT '```'\n````")
  })

  test.each<[string, Event]>([
    ['event', ['error', { message: 'no such stage', code: '392706', request_id: 'r' }]],
    ['body', [undefined, { message: 'no such stage', code: null, error_code: '392706' }]],
    ['body of a gateway', [undefined, { error: 'no such stage' }]],
  ])('an error as its %s ends it, after what came before', (_, event) => {
    const reader = new CortexAnalystReader()
    const out: Delta[] = []
    for (const [name, data] of SQL.slice(0, 5)) reader.read(JSON.stringify(data), out, name)
    expect(() => reader.read(JSON.stringify(event[1]), out, event[0])).toThrow(WireError)
    expect(out).toContainEqual({ type: 'text', text: ' I take it.' })
    expect(reader.isComplete).toBe(false)
  })

  test('unknown events and values are ignored, what is no JSON is a SyntaxError', () => {
    const { out, reader } = read(
      ['news', { status: 'done' }],
      ['status', '5'],
      [undefined, { hello: 1 }],
      [undefined, { message: { role: 'analyst' } }],
      delta({ index: 0 }),
      delta({ index: 0, type: 'suggestions', suggestions_delta: { suggestion_delta: 'x' } }),
    )
    expect([out, reader.isComplete]).toEqual([[], false])
    expect(() => read(['status', 'nonsense'])).toThrow(SyntaxError)
  })

  test('any cut of its bytes, and of its words, gives the same turn', () => {
    const body = Buffer.from(
      SQL.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
    )
    const expected = read(...SQL).turn
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 10 }), (places) => {
        const events: Event[] = []
        const framer = new Framer((data, event) => events.push([event, data]))
        for (const piece of cutAt(body, places)) framer.feed(piece)
        framer.end()
        expect(read(...events).turn).toEqual(expected)
      }),
    )
    fc.assert(
      fc.property(
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (inText, inSql) => {
          const { turn } = read(
            ...cutAt('This is how I take it.', inText).map((text) =>
              delta({ index: 0, type: 'text', text_delta: text }),
            ),
            ...cutAt('SELECT * FROM t', inSql).map((sql) =>
              delta({
                index: 1,
                type: 'sql',
                statement_delta: sql,
                confidence: { verified_query_used: null },
              }),
            ),
            status('done'),
          )
          expect(turn).toEqual(expected)
        },
      ),
    )
  })
})
