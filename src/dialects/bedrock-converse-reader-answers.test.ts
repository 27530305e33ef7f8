import { describe, expect, test } from 'vitest'
import { delta, end, stream, whole } from '../../test/converse-events.ts'
import type { Delta } from '../core/delta.ts'
import { BedrockConverseReader } from './bedrock-converse-reader.ts'
import { WireError } from './dialect.ts'
import { readRefusal } from './refusal.ts'

describe('sources', () => {
  test.each<[string, object, object]>([
    [
      'a page',
      { location: { web: { url: 'https://a.example/', domain: 'a.example' } } },
      { url: 'https://a.example/' },
    ],
    [
      'a search result',
      {
        title: 'T',
        source: 'https://b.example',
        location: { searchResultLocation: { searchResultIndex: 0 } },
      },
      { url: 'https://b.example', title: 'T' },
    ],
    [
      'a document',
      { title: 'facts', location: { documentChar: { documentIndex: 2 } } },
      { url: 'document:2', title: 'facts' },
    ],
    ['nothing in particular', {}, { url: 'document:0' }],
  ])('may be %s', (_, citation, told) => {
    const expected = { type: 'citation', ...told }
    expect(stream(delta(0, { text: 'A' }), delta(0, { citation }), end()).turn.contents[1]).toEqual(expected)
    expect(
      whole([{ citationsContent: { content: [{ text: 'A' }], citations: [citation] } }]).turn.contents,
    ).toEqual([{ type: 'text', text: 'A' }, expected])
  })
})

describe('a whole answer', () => {
  test('is complete where there is one, also an empty one', () => {
    const { turn, reader } = whole([{ text: '' }])
    expect(turn).toMatchObject({ contents: [], finish: 'stop' })
    expect(reader.isComplete).toBe(true)
  })

  test('may hold pictures', () => {
    expect(whole([{ image: { format: 'png', source: { bytes: 'iVBO' } } }]).turn.contents).toEqual([
      { type: 'media', kind: 'image', mimeType: 'image/png', data: 'iVBO' },
    ])
  })

  test('keeps arguments that are text as they are', () => {
    const { turn } = whole([{ toolUse: { toolUseId: 'a', name: 'f', input: '{"x' } }])
    expect(turn.contents).toMatchObject([{ input: undefined, raw: '{"x' }])
  })

  test.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop-sequence'],
    ['guardrail_intervened', 'content-filter'],
    ['content_filtered', 'content-filter'],
    ['model_context_window_exceeded', 'context-window'],
    ['malformed_model_output', 'malformed_model_output'],
  ])('that stopped for %s is finished by %s', (stopReason, finish) => {
    expect(whole([{ text: 'A' }], { stopReason }).turn).toMatchObject({ finish, finishRaw: stopReason })
  })

  test.each<[object | undefined, object | undefined]>([
    [undefined, undefined],
    [{}, undefined],
    [{ outputTokens: 5 }, { output: 5 }],
    [
      { inputTokens: 2, outputTokens: 5, totalTokens: 7, serverToolUsage: {} },
      { input: 2, output: 5 },
    ],
    [
      { inputTokens: 2, outputTokens: 5, cacheReadInputTokens: 10, cacheWriteInputTokens: 100 },
      { input: 112, output: 5, cachedInput: 10, cacheWrite: 100 },
    ],
    [
      { inputTokens: 2, outputTokens: 5, cacheReadInputTokenCount: 0, cacheWriteInputTokenCount: 3 },
      { input: 5, output: 5, cachedInput: 0, cacheWrite: 3 },
    ],
    [{ inputTokens: -1, outputTokens: 'x' }, undefined],
  ])('that counts %j used %j', (usage, told) => {
    expect(whole([{ text: 'A' }], { stopReason: 'end_turn', usage }).turn.usage).toEqual(told)
  })
})

describe('an error', () => {
  const errorOf = (payload: object, event?: string): unknown => {
    const out: Delta[] = []
    try {
      new BedrockConverseReader().read(JSON.stringify(payload), out, event)
    } catch (error) {
      return error
    }
    return out
  }

  test.each<[string, object, number, string]>([
    ['throttlingException', {}, 429, 'ThrottlingException'],
    ['validationException', {}, 400, 'ValidationException'],
    ['serviceUnavailableException', {}, 503, 'ServiceUnavailableException'],
    ['internalServerException', {}, 500, 'InternalServerException'],
    ['modelStreamErrorException', { originalStatusCode: 424 }, 424, 'ModelStreamErrorException'],
    ['modelStreamErrorException', {}, 500, 'ModelStreamErrorException'],
  ])('in a stream is thrown with its status: %s %j', (name, more, status, type) => {
    const error = errorOf({ message: 'Too much', ...more }, name)
    expect(error).toBeInstanceOf(WireError)
    expect(readRefusal(JSON.stringify((error as WireError).body))).toMatchObject({
      message: 'Too much',
      type,
      status,
    })
  })

  test('of a kind that nobody knows is thrown too, and one without an event’s name', () => {
    expect(errorOf({ message: 'Odd' }, 'oddException')).toMatchObject({
      body: { message: 'Odd', type: 'OddException' },
    })
    expect(errorOf({ message: 'It broke', code: 'X' }, 'error')).toMatchObject({
      body: { message: 'It broke', code: 'X' },
    })
    expect(errorOf({ throttlingException: { message: 'Slow' } })).toMatchObject({
      body: { message: 'Slow', status: 429 },
    })
  })

  test('in place of an answer is thrown', () => {
    expect(errorOf({ message: 'No' })).toMatchObject({ body: { message: 'No' } })
    expect(errorOf({ Output: { a: 1 }, __type: 'UnknownOperationException' })).toBeInstanceOf(WireError)
  })

  test('is a SyntaxError where there is no JSON, and JSON that is no answer is none', () => {
    expect(() => new BedrockConverseReader().read('a damaged event stream', [])).toThrow(SyntaxError)
    for (const payload of ['[]', '5', 'null', '{}', '{"object":"list"}']) {
      const reader = new BedrockConverseReader()
      const out: Delta[] = []
      reader.read(payload, out)
      expect([out, reader.isComplete]).toEqual([[], false])
    }
  })
})

test('reading costs the same for each delta', () => {
  const reader = new BedrockConverseReader()
  const out: Delta[] = []
  const begun = performance.now()
  for (let i = 0; i < 50_000; i++) {
    reader.read('{"contentBlockIndex":0,"delta":{"text":"word "},"p":"abc"}', out, 'contentBlockDelta')
    reader.read(
      '{"contentBlockIndex":1,"delta":{"reasoningContent":{"text":"hm "}}}',
      out,
      'contentBlockDelta',
    )
  }
  expect(out).toHaveLength(100_000)
  expect(performance.now() - begun).toBeLessThan(5000)
})
