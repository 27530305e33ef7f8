import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutAt } from '../../test/cuts.ts'
import { build, delta, end, start, stop, stream, whole } from '../../test/converse-events.ts'
import type { Delta } from '../core/delta.ts'
import { BedrockConverseReader } from './bedrock-converse-reader.ts'
import { spellTurns } from './bedrock-converse-turns.ts'

const MODEL = 'anthropic.claude-opus-4-5-20251101-v1:0'

describe('a stream', () => {
  test('is text, whole when the server has said why it stopped, and goes on to its counts', () => {
    const { turn, reader } = stream(
      ['messageStart', { role: 'assistant' }],
      delta(0, { text: 'Hel' }),
      delta(0, { text: '' }),
      delta(0, { text: 'lo' }),
      stop(0),
      end(),
      ['metadata', { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 }, metrics: { latencyMs: 1 } }],
    )
    expect(turn).toEqual({
      role: 'assistant',
      contents: [{ type: 'text', text: 'Hello' }],
      finish: 'stop',
      finishRaw: 'end_turn',
      usage: { input: 3, output: 2 },
    })
    expect([reader.isComplete, reader.isOver]).toEqual([true, false])
  })

  test('without a word of its end is not whole', () => {
    expect(stream(delta(0, { text: 'Hel' }), stop(0)).reader.isComplete).toBe(false)
  })

  test('may come as lines of JSON that name their events themselves', () => {
    const reader = new BedrockConverseReader()
    const deltas: Delta[] = []
    for (const [name, said] of [delta(0, { text: 'Hi' }), end()])
      reader.read(JSON.stringify({ [name]: said }), deltas)
    expect(build(deltas).contents).toEqual([{ type: 'text', text: 'Hi' }])
    expect(reader.isComplete).toBe(true)
  })

  test('is read past events and members that nobody knows', () => {
    const { turn } = stream(
      ['somethingNew', { a: 1 }],
      start(0, { audio: {} }),
      delta(0, { somethingNew: { text: 'no' } }),
      delta(0, { text: 'yes' }),
      ['contentBlockDelta', { contentBlockIndex: 0 }],
      ['metadata', {}],
      end(),
    )
    expect(turn.contents).toEqual([{ type: 'text', text: 'yes' }])
  })

  test('brings calls in pieces, of several blocks at once', () => {
    const { turn } = stream(
      start(1, { toolUse: { toolUseId: 'a', name: 'f' } }),
      start(2, { toolUse: { toolUseId: 'b', name: 'g' } }),
      delta(1, { toolUse: { input: '{"x"' } }),
      delta(2, { toolUse: { input: '' } }),
      delta(1, { toolUse: { input: ':1}' } }),
      stop(1),
      stop(2),
      end('tool_use'),
    )
    expect(turn.contents).toEqual([
      { type: 'tool-call', id: 'a', name: 'f', input: { x: 1 } },
      { type: 'tool-call', id: 'b', name: 'g', input: {} },
    ])
    expect(turn.finish).toBe('tool-calls')
  })

  test('is the same turn however its texts and arguments are cut', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1 })
    const places = fc.array(fc.nat(), { maxLength: 6 })
    fc.assert(
      fc.property(
        words,
        words,
        fc.dictionary(words, fc.jsonValue()),
        places,
        (thought, said, input, cuts) => {
          const args = JSON.stringify(input)
          const { turn } = stream(
            ...cutAt(thought, cuts).map((piece) => delta(0, { reasoningContent: { text: piece } })),
            delta(0, { reasoningContent: { signature: 'S' } }),
            stop(0),
            ...cutAt(said, cuts).map((piece) => delta(1, { text: piece })),
            stop(1),
            start(2, { toolUse: { toolUseId: 'a', name: 'f' } }),
            ...cutAt(args, cuts).map((piece) => delta(2, { toolUse: { input: piece } })),
            stop(2),
            end('tool_use'),
          )
          const same = whole(
            [
              { reasoningContent: { reasoningText: { text: thought, signature: 'S' } } },
              { text: said },
              { toolUse: { toolUseId: 'a', name: 'f', input: JSON.parse(args) as unknown } },
            ],
            { stopReason: 'tool_use' },
          )
          expect(turn).toEqual(same.turn)
        },
      ),
    )
  })
})

describe('thinking', () => {
  test('keeps the signature of each block, and goes back as it came', () => {
    const { turn } = stream(
      delta(0, { reasoningContent: { text: 'One ' } }),
      delta(0, { reasoningContent: { text: 'thought.' } }),
      delta(0, { reasoningContent: { signature: 'S1' } }),
      stop(0),
      delta(1, { reasoningContent: { redactedContent: 'UkVE' } }),
      stop(1),
      delta(2, { reasoningContent: { text: 'More.' } }),
      delta(2, { reasoningContent: { signature: 'S2' } }),
      stop(2),
      delta(3, { text: 'Hi' }),
      end(),
    )
    expect(turn.contents[0]).toMatchObject({ type: 'thinking', text: 'One thought.More.' })
    expect(spellTurns([turn], MODEL)[0]?.content).toEqual([
      { reasoningContent: { reasoningText: { text: 'One thought.', signature: 'S1' } } },
      { reasoningContent: { redactedContent: 'UkVE' } },
      { reasoningContent: { reasoningText: { text: 'More.', signature: 'S2' } } },
      { text: 'Hi' },
    ])
  })

  test('between calls and texts is several, each with what was signed in it', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'A', signature: 'S1' } } },
      { toolUse: { toolUseId: 'a', name: 'f', input: {} } },
      { reasoningContent: { reasoningText: { text: 'B', signature: 'S2' } } },
      { text: 'C' },
      { reasoningContent: { reasoningText: { text: 'D', signature: 'S3' } } },
    ]
    expect(spellTurns([whole(content).turn], MODEL)[0]?.content).toEqual(content)
  })

  test('that is hidden but signed goes back too, and an empty block is nothing', () => {
    const hidden = [{ reasoningContent: { reasoningText: { text: '', signature: 'S' } } }]
    expect(spellTurns([whole(hidden).turn], MODEL)[0]?.content).toEqual(hidden)
    expect(whole([{ reasoningContent: {} }]).deltas).toEqual([
      { type: 'finish', reason: 'stop', raw: 'end_turn' },
    ])
  })
})

describe('the tool that brings data', () => {
  test('is text to whoever asked, piece by piece', () => {
    const { deltas, turn } = stream(
      start(0, { toolUse: { toolUseId: 'a', name: 'structured_data' } }),
      delta(0, { toolUse: { input: '' } }),
      delta(0, { toolUse: { input: '{"a"' } }),
      delta(0, { toolUse: { input: ':1}' } }),
      stop(0),
      end('tool_use'),
    )
    expect(deltas.slice(0, 2)).toEqual([
      { type: 'text', text: '{"a"' },
      { type: 'text', text: ':1}' },
    ])
    expect(turn).toMatchObject({
      contents: [{ type: 'text', text: '{"a":1}' }],
      finish: 'stop',
      finishRaw: 'tool_use',
    })
  })

  test('is text in one piece too, and an empty object where it brings nothing', () => {
    const data = { toolUse: { toolUseId: 'a', name: 'structured_data', input: { a: [1] } } }
    expect(whole([data], { stopReason: 'tool_use' }).turn).toMatchObject({
      contents: [{ type: 'text', text: '{"a":[1]}' }],
      finish: 'stop',
    })
    const { turn } = stream(
      start(0, { toolUse: { toolUseId: 'a', name: 'structured_data' } }),
      delta(0, { toolUse: { input: '' } }),
      stop(0),
      end('tool_use'),
    )
    expect(turn.contents).toEqual([{ type: 'text', text: '{}' }])
  })

  test('beside a call leaves the finish to that', () => {
    const blocks = ['structured_data', 'f'].map((name, i) => ({
      toolUse: { toolUseId: `${i}`, name, input: {} },
    }))
    expect(whole(blocks, { stopReason: 'tool_use' }).turn.finish).toBe('tool-calls')
  })
})

describe('tools on the server’s side', () => {
  const request = { toolUseId: 'x', name: 'nova_grounding', type: 'server_tool_use' }
  const response = { toolUseId: 'x', type: 'nova_grounding_result', status: 'success' }
  const record = [
    { toolUse: { ...request, input: { query: 'Ruby' } } },
    { toolResult: { ...response, content: [{ text: 'A' }, { json: { b: 1 } }] } },
  ]

  test('are told and recorded, never called, streamed or whole', () => {
    const streamed = stream(
      start(0, { toolUse: request }),
      delta(0, { toolUse: { input: '{"query":' } }),
      delta(0, { toolUse: { input: '"Ruby"}' } }),
      stop(0),
      start(1, { toolResult: response }),
      delta(1, { toolResult: [{ text: 'A' }] }),
      delta(1, { toolResult: [{ json: { b: 1 } }] }),
      stop(1),
      end(),
    ).turn
    expect(streamed.contents).toMatchObject([
      { type: 'server-tool', name: 'nova_grounding', input: { query: 'Ruby' } },
      { type: 'server-tool', name: 'nova_grounding_result' },
    ])
    expect(streamed).toEqual(whole(record).turn)
    expect(streamed.finish).toBe('stop')
    expect(spellTurns([streamed], 'us.amazon.nova-2-lite-v1:0')[0]?.content).toEqual(record)
  })

  test('with unreadable input are recorded all the same', () => {
    const { turn } = stream(
      start(0, { toolUse: request }),
      delta(0, { toolUse: { input: '{"q' } }),
      stop(0),
      end(),
    )
    expect(turn.contents).toMatchObject([{ type: 'server-tool', input: '{"q' }])
  })
})
