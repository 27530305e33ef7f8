import { describe, expect, test } from 'vitest'
import { add, begin, built, end, ending, read, say, start, stop } from '../../test/anthropic-events.ts'
import type { Delta } from '../core/delta.ts'
import { AnthropicMessagesReader } from './anthropic-messages-reader.ts'
import { WireError } from './dialect.ts'

describe('AnthropicMessagesReader', () => {
  test('reads a stream up to its last event, and nothing after it', () => {
    const answer = read(
      start,
      { type: 'ping' },
      ...say(0, 'Hi.'),
      ending('end_turn'),
      stop,
      ...say(1, 'More'),
    )
    expect(answer.deltas).toEqual([
      { type: 'model', model: 'claude' },
      { type: 'usage', usage: { input: 5 } },
      { type: 'text', text: 'Hi.' },
      { type: 'usage', usage: { input: 5 } },
      { type: 'finish', reason: 'stop', raw: 'end_turn' },
    ])
    expect(answer.reader).toMatchObject({ isComplete: true, isOver: true })
  })

  test('takes a stream without its end for a cut one, whatever else came', () => {
    expect(read(start, ...say(0, 'Hi.'), ending('end_turn')).reader.isComplete).toBe(false)
    expect(read(start, ...say(0, 'Hi.'), ending('end_turn'), '[DONE]').reader.isComplete).toBe(false)
    expect(read('').reader.isComplete).toBe(false)
  })

  test('reads a whole answer, which needs no end', () => {
    const { turn, reader } = read({
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [{ type: 'text', text: 'Hi.' }],
      stop_reason: 'end_turn',
      usage: {
        input_tokens: 3,
        output_tokens: 2,
        cache_read_input_tokens: 4,
        cache_creation_input_tokens: 1,
      },
    })
    expect(reader.isComplete).toBe(true)
    expect(turn).toEqual({
      role: 'assistant',
      model: 'claude',
      contents: [{ type: 'text', text: 'Hi.' }],
      finish: 'stop',
      finishRaw: 'end_turn',
      usage: { input: 8, output: 2, cachedInput: 4, cacheWrite: 1 },
    })
  })

  test.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['tool_use', 'tool-calls'],
    ['stop_sequence', 'stop-sequence'],
    ['refusal', 'content-filter'],
    ['model_context_window_exceeded', 'context-window'],
    ['pause_turn', 'pause_turn'],
    ['compaction', 'compaction'],
  ])('%s is told as %s', (raw, reason) => {
    expect(read(start, ending(raw), stop).turn).toMatchObject({ finish: reason, finishRaw: raw })
  })

  test('an end of turn that names a stop sequence is stopped by it, as llama-server says it', () => {
    expect(read(start, ending('end_turn', { stop_sequence: 'END' }), stop).turn.finish).toBe('stop-sequence')
  })

  test('a refusal is explained', () => {
    const details = { stop_details: { type: 'refusal', category: 'cyber', explanation: 'Not that.' } }
    expect(read(start, ending('refusal', details), stop).turn).toMatchObject({
      finish: 'content-filter',
      refusal: 'Not that.',
    })
    const silent = { stop_details: { type: 'refusal', explanation: null } }
    expect(read(start, ending('refusal', silent), stop).turn).not.toHaveProperty('refusal')
  })

  test('later counts replace earlier ones, and what is null or missing keeps the earlier', () => {
    const first = {
      ...start,
      message: { usage: { input_tokens: 5, output_tokens: 1, cache_read_input_tokens: 10 } },
    }
    const usage = {
      input_tokens: 7,
      output_tokens: 9,
      cache_read_input_tokens: null,
      output_tokens_details: { thinking_tokens: 4 },
      cost: 0.5,
    }
    const { turn } = read(
      first,
      ending('end_turn', {}, { output_tokens: 3 }),
      ending('end_turn', {}, usage),
      stop,
    )
    expect(turn).toMatchObject({ usage: { input: 17, output: 9, cachedInput: 10, reasoning: 4 }, cost: 0.5 })
    expect(read({ type: 'message', content: [] }).turn).not.toHaveProperty('usage')
    expect(read({ type: 'message', content: [], usage: { output_tokens: 2 } }).turn.usage).toEqual({
      output: 2,
    })
  })

  test('an error in the stream is thrown after what came before it', () => {
    const reader = new AnthropicMessagesReader()
    const out: Delta[] = []
    for (const event of [start, ...say(0, 'Hi')]) reader.read(JSON.stringify(event), out)
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    expect(() => reader.read(JSON.stringify(error), out)).toThrow(WireError)
    expect(built(out).contents).toEqual([{ type: 'text', text: 'Hi' }])
    expect(reader.isComplete).toBe(false)
    expect(() => read({ error: 'no such model' })).toThrow(WireError)
    expect(() =>
      read({ type: 'message', content: [{ type: 'text', text: 'Hi' }], error: { message: 'x' } }),
    ).toThrow(WireError)
  })

  test('what is no JSON is a SyntaxError, and what is no event is nothing', () => {
    expect(() => read('Bad Gateway')).toThrow(SyntaxError)
    const odd: object[] = [
      [],
      { type: 'message_start' },
      { type: 'message_delta', delta: 'x', usage: null },
      begin(0, { text: 'a block without a type' }),
      add(0, { type: 'text_delta', text: 'of no block' }),
      add(7, {}),
      end(7),
      { type: 'content_block_delta', index: 0, delta: null },
      { type: 'surprise', text: 'x' },
      { type: 'content_block_start', index: 1 },
    ]
    expect(read('null', '5', ...odd).deltas).toEqual([])
  })
})
