import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutAt } from '../../test/cuts.ts'
import type { Delta } from '../core/delta.ts'
import { TurnBuilder } from '../core/turn-builder.ts'
import type { AssistantTurn } from '../core/turn.ts'
import { WireError } from './dialect.ts'
import { OllamaReader } from './ollama-reader.ts'
import { ollama } from './ollama.ts'

const line = (message: object | undefined, more: object = {}): string =>
  JSON.stringify({ model: 'qwen3', created_at: 'now', message, done: false, ...more })
const done = (more: object = {}): string =>
  line({ role: 'assistant', content: '' }, { done: true, done_reason: 'stop', ...more })

function read(...lines: readonly string[]): { readonly turn: AssistantTurn; readonly reader: OllamaReader } {
  const reader = new OllamaReader()
  const out: Delta[] = []
  for (const one of lines) reader.read(one, out)
  reader.end(out)
  const builder = new TurnBuilder()
  for (const delta of out) builder.push(delta)
  return { turn: builder.build({}), reader }
}

describe('a stream of ollama', () => {
  test('brings thinking, words, calls, tokens and the reason', () => {
    const { turn, reader } = read(
      line({ thinking: 'Let ' }),
      line({ thinking: 'me see' }),
      line({ content: 'It ' }),
      line({ content: 'is' }),
      line({ content: '', tool_calls: [{ function: { name: 'a', arguments: { x: 1 } } }] }),
      line({ tool_calls: [{ id: 'call_9', function: { index: 0, name: 'b', arguments: {} } }] }),
      done({ prompt_eval_count: 10, eval_count: 4 }),
    )
    expect(turn).toEqual({
      role: 'assistant',
      model: 'qwen3',
      contents: [
        { type: 'thinking', text: 'Let me see' },
        { type: 'text', text: 'It is' },
        { type: 'tool-call', id: 'call_2', name: 'a', input: { x: 1 } },
        { type: 'tool-call', id: 'call_9', name: 'b', input: {} },
      ],
      finish: 'tool-calls',
      finishRaw: 'stop',
      usage: { input: 10, output: 4 },
    })
    expect([reader.isComplete, reader.isOver]).toEqual([true, true])
  })

  test('is whole only when the server says that it is done', () => {
    expect(read(line({ content: 'It' })).reader.isComplete).toBe(false)
    expect(read(done()).reader.isComplete).toBe(true)
    // Some server's word of health is no answer.
    expect(read('{"status":"success","done":true}').reader.isComplete).toBe(false)
  })

  test.each([
    ['length', 'length'],
    ['load', 'load'],
    ['', 'unknown'],
  ])('a reason of %j is %j', (raw, reason) => {
    expect(read(line({ content: 'x' }), done({ done_reason: raw })).turn.finish).toBe(reason)
  })

  test('thinking in tags is told apart, also at the very end', () => {
    const { turn } = read(line({ content: '<thi' }), line({ content: 'nk>Hm</think>\n\nYes' }), done())
    expect(turn.contents).toEqual([
      { type: 'thinking', text: 'Hm' },
      { type: 'text', text: 'Yes' },
    ])
    expect(read(line({ content: '<thi' }), done()).turn.contents).toEqual([{ type: 'text', text: '<thi' }])
  })

  test('an unreported count stays unknown', () => {
    expect(read(done({ eval_count: 3 })).turn.usage).toEqual({ output: 3 })
    expect(read(done()).turn.usage).toBeUndefined()
  })

  test('arguments that are no object are kept for the model to mend', () => {
    const { turn } = read(line({ tool_calls: [{ function: { name: 'a', arguments: '{"x"' } }] }), done())
    expect(turn.contents).toMatchObject([{ input: undefined, raw: '{"x"' }])
    const odd = read(
      line({ tool_calls: [null, {}, { function: { name: '' } }, { function: { name: 'a' } }] }),
      done(),
    )
    expect(odd.turn.contents).toMatchObject([{ name: 'a', input: {} }])
  })

  test('an error line ends it, after what came before', () => {
    const reader = new OllamaReader()
    const out: Delta[] = []
    reader.read(line({ content: 'It' }), out)
    const error = '{"error":"an error was encountered while running the model: CUDA error"}'
    expect(() => reader.read(error, out)).toThrow(WireError)
    expect(() => reader.read(line({ content: ' is' }, { error: 'cut' }), out)).toThrow(WireError)
    expect(out.filter(({ type }) => type === 'text')).toHaveLength(2)
    expect(reader.isComplete).toBe(false)
  })

  test('what is no JSON is a SyntaxError, other values and what follows the end are ignored', () => {
    expect(() => read('nonsense')).toThrow(SyntaxError)
    expect(read('5', '[]', 'null', line({ content: 'x' }), done(), 'nonsense').turn.contents).toEqual([
      { type: 'text', text: 'x' },
    ])
  })

  test('any cut of its bytes gives the same turn', () => {
    const body = Buffer.from(
      [
        line({ thinking: 'é🎉' }),
        line({ content: '日本' }),
        line({ content: 'x\ny' }),
        line({ tool_calls: [{ function: { name: 'a', arguments: { s: '"é"' } } }] }),
        done({ eval_count: 1 }),
      ].join('\n'),
    )
    const through = (places: readonly number[]): AssistantTurn => {
      const lines: string[] = []
      const framer = ollama.framer?.((payload) => lines.push(payload))
      for (const piece of cutAt(body, places)) framer?.feed(piece)
      expect(framer?.end().framing).toBe('events')
      return read(...lines).turn
    }
    const expected = through([])
    expect(expected.contents).toHaveLength(3)
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 10 }), (places) => {
        expect(through(places)).toEqual(expected)
      }),
    )
  })
})

test('a whole answer is read like a line', () => {
  const { turn, reader } = read(
    line(
      { role: 'assistant', content: 'Hi', thinking: 'Hm' },
      { done: true, done_reason: 'stop', prompt_eval_count: 1, eval_count: 2 },
    ),
  )
  expect(turn).toMatchObject({
    contents: [
      { type: 'thinking', text: 'Hm' },
      { type: 'text', text: 'Hi' },
    ],
    finish: 'stop',
    usage: { input: 1, output: 2 },
  })
  expect(reader.isComplete).toBe(true)
})
