import { describe, expect, test } from 'vitest'
import type { Delta } from './delta.ts'
import { TurnBuilder, type TurnFacts } from './turn-builder.ts'
import type { AssistantTurn } from './turn.ts'

function build(deltas: readonly Delta[], finish?: 'aborted' | 'error', facts: TurnFacts = {}): AssistantTurn {
  const builder = new TurnBuilder()
  for (const delta of deltas) builder.push(delta)
  return builder.build(facts, finish)
}

describe('TurnBuilder', () => {
  test('joins neighbouring pieces of one kind, in the order they came', () => {
    const { contents } = build([
      { type: 'thinking', text: 'Hm' },
      { type: 'thinking', text: 'm' },
      { type: 'text', text: 'He' },
      { type: 'text', text: 'llo' },
      { type: 'thinking', text: 'more' },
      { type: 'text', text: '!' },
    ])
    expect(contents).toEqual([
      { type: 'thinking', text: 'Hmm' },
      { type: 'text', text: 'Hello' },
      { type: 'thinking', text: 'more' },
      { type: 'text', text: '!' },
    ])
  })

  test('keeps what is opaque with its thinking', () => {
    const opaque = { dialect: 'x', value: 'signature' }
    const { contents } = build([
      { type: 'thinking', text: 'Hm' },
      { type: 'thinking', text: '', opaque },
    ])
    expect(contents).toEqual([{ type: 'thinking', text: 'Hm', opaque }])
  })

  test('keeps data in its place among the words', () => {
    const { contents } = build([
      { type: 'text', text: 'So:' },
      { type: 'json', value: { sql: 'SELECT 1' } },
      { type: 'text', text: 'Done.' },
    ])
    expect(contents).toEqual([
      { type: 'text', text: 'So:' },
      { type: 'json', value: { sql: 'SELECT 1' } },
      { type: 'text', text: 'Done.' },
    ])
  })

  test('joins the arguments of each tool call by its index', () => {
    const turn = build([
      { type: 'tool-call', index: 0, id: 'a', name: 'add', arguments: '{"x"' },
      { type: 'tool-call', index: 1, id: 'b', name: 'now' },
      { type: 'tool-call', index: 0, arguments: ':1}' },
      { type: 'finish', reason: 'tool-calls', raw: 'tool_calls' },
    ])
    expect(turn.contents).toEqual([
      { type: 'tool-call', id: 'a', name: 'add', input: { x: 1 } },
      { type: 'tool-call', id: 'b', name: 'now', input: {} },
    ])
    expect(turn).toMatchObject({ finish: 'tool-calls', finishRaw: 'tool_calls' })
  })

  test.each(['{"x":', '[1,2]', '"text"', '12', 'true', '{"x":1} and more'])(
    'keeps arguments that are no object as they came, never as {}: %s',
    (text) => {
      const { contents } = build([{ type: 'tool-call', index: 0, id: 'a', name: 'add', arguments: text }])
      expect(contents).toEqual([{ type: 'tool-call', id: 'a', name: 'add', input: undefined, raw: text }])
    },
  )

  test('makes up an id where the server gives none, another for each call', () => {
    const { contents } = build([
      { type: 'tool-call', index: 0, name: 'now' },
      { type: 'tool-call', index: 1, name: 'now' },
    ])
    const ids = contents.map((content) => (content.type === 'tool-call' ? content.id : ''))
    expect(new Set(ids).size).toBe(2)
    expect(ids.every(Boolean)).toBe(true)
  })

  test('says tool-calls where there are calls and the server says stop or nothing, but keeps any other reason', () => {
    const call: Delta = { type: 'tool-call', index: 0, name: 'now' }
    expect(build([call]).finish).toBe('tool-calls')
    expect(build([call, { type: 'finish', reason: 'stop' }]).finish).toBe('tool-calls')
    expect(build([call, { type: 'finish', reason: 'length' }]).finish).toBe('length')
    expect(build([call], 'aborted').finish).toBe('aborted')
  })

  test('leaves a call out of a broken answer where its arguments are not whole', () => {
    const cut: readonly Delta[] = [
      { type: 'text', text: 'Let me see' },
      { type: 'tool-call', index: 0, id: 'a', name: 'add', arguments: '{"x":1}' },
      { type: 'tool-call', index: 1, id: 'b', name: 'add', arguments: '{"x":' },
    ]
    expect(build(cut, 'error').contents.map(({ type }) => type)).toEqual(['text', 'tool-call'])
    expect(build(cut).contents).toHaveLength(3)
  })

  test('takes the last usage and model for the right ones', () => {
    const turn = build([
      { type: 'model', model: 'asked' },
      { type: 'usage', usage: { input: 5, output: 1 } },
      { type: 'usage', usage: { input: 5, output: 2 } },
      { type: 'model', model: 'served' },
    ])
    expect(turn).toMatchObject({ usage: { input: 5, output: 2 }, model: 'served', finish: 'unknown' })
  })

  test('leaves out what is not known', () => {
    expect(Object.keys(build([{ type: 'text', text: 'a' }]))).toEqual(['role', 'contents', 'finish'])
  })

  test('takes a refusal, sources and media', () => {
    const citation = { type: 'citation', url: 'https://example.com' } as const
    const media = { type: 'media', kind: 'image', mimeType: 'image/png', data: 'AA' } as const
    const turn = build([
      { type: 'refusal', text: 'I may ' },
      { type: 'refusal', text: 'not.' },
      { type: 'text', text: 'a' },
      { type: 'citation', citation },
      { type: 'text', text: 'b' },
      { type: 'media', media },
    ])
    expect(turn.refusal).toBe('I may not.')
    expect(turn.contents).toEqual([{ type: 'text', text: 'a' }, citation, { type: 'text', text: 'b' }, media])
  })

  test('is empty until something is said', () => {
    const builder = new TurnBuilder()
    builder.push({ type: 'model', model: 'm' })
    builder.push({ type: 'usage', usage: { input: 1 } })
    builder.push({ type: 'text', text: '' })
    expect(builder.isEmpty).toBe(true)
    builder.push({ type: 'refusal', text: 'No' })
    expect(builder.isEmpty).toBe(false)
  })

  test('gives calls that share an id different ones', () => {
    const call = (index: number) => ({ type: 'tool-call', index, id: '0', name: 'a' }) as const
    const ids = build([call(0), call(1), call(2)]).contents.map((content) => 'id' in content && content.id)
    expect(ids[0]).toBe('0')
    expect(new Set(ids).size).toBe(3)
  })

  test('adds the facts of the answer', () => {
    expect(build([], undefined, { servedBy: 'groq', duration: 3 })).toMatchObject({
      servedBy: 'groq',
      duration: 3,
    })
  })
})
