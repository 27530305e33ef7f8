import { describe, expect, test } from 'vitest'
import type { Delta } from '../core/delta.ts'
import { TurnBuilder } from '../core/turn-builder.ts'
import type { AssistantTurn } from '../core/turn.ts'
import { WireError } from './dialect.ts'
import { gemini } from './gemini.ts'
import { WHOLE } from './gemini-framer.ts'
import { GeminiReader } from './gemini-reader.ts'

interface Part {
  readonly [member: string]: unknown
}

function read(payloads: readonly (object | string)[], event?: string): readonly Delta[] {
  const reader = new GeminiReader()
  const out: Delta[] = []
  for (const payload of payloads)
    reader.read(typeof payload === 'string' ? payload : JSON.stringify(payload), out, event)
  reader.end(out)
  return out
}

function turnOf(payloads: readonly (object | string)[]): AssistantTurn {
  const builder = new TurnBuilder()
  for (const delta of read(payloads)) builder.push(delta)
  return builder.build({})
}

const chunk = (parts: readonly Part[], candidate: object = {}, more: object = {}): object => ({
  candidates: [{ content: { role: 'model', parts }, ...candidate }],
  ...more,
})
const done = (parts: readonly Part[], more: object = {}): object =>
  chunk(parts, { finishReason: 'STOP' }, more)
const opaque = (value: object) => ({ dialect: 'gemini', value })

describe('an answer of gemini', () => {
  test('is all parts of all its events', () => {
    const turn = turnOf([
      chunk(
        [
          { text: 'Hm', thought: true },
          { text: '.', thought: true, thoughtSignature: 'T' },
        ],
        {},
        {
          modelVersion: 'gemini-x-001',
        },
      ),
      chunk([{ text: 'One ' }, { text: 'two' }]),
      chunk([{ text: '', thoughtSignature: 'S' }], { finishReason: 'STOP' }),
    ])
    expect(turn).toEqual({
      role: 'assistant',
      model: 'gemini-x-001',
      finish: 'stop',
      finishRaw: 'STOP',
      contents: [
        { type: 'thinking', text: 'Hm.', opaque: opaque({ thoughtSignature: 'T' }) },
        { type: 'text', text: 'One two', opaque: opaque({ thoughtSignature: 'S' }) },
      ],
    })
  })

  test('keeps two calls of one function apart, with ids or without, and their signatures', () => {
    const fc = (x: number, more: Part = {}): Part => ({ functionCall: { name: 'add', args: { x }, ...more } })
    const { contents, finish } = turnOf([
      chunk([{ ...fc(1, { id: 'f1' }), thoughtSignature: 'S' }, fc(2, { id: 'f2' })]),
      done([fc(3), { functionCall: { name: 'now' } }]),
    ])
    expect(finish).toBe('tool-calls')
    expect(contents).toEqual([
      {
        type: 'tool-call',
        id: 'f1',
        name: 'add',
        input: { x: 1 },
        opaque: opaque({ id: 'f1', thoughtSignature: 'S' }),
      },
      { type: 'tool-call', id: 'f2', name: 'add', input: { x: 2 }, opaque: opaque({ id: 'f2' }) },
      { type: 'tool-call', id: 'call_2', name: 'add', input: { x: 3 }, opaque: opaque({}) },
      { type: 'tool-call', id: 'call_3', name: 'now', input: {}, opaque: opaque({}) },
    ])
  })

  test('shows pictures, files and sound, the pieces of which are one', () => {
    const pcm = (data: string): Part => ({ inlineData: { mimeType: 'audio/L16;rate=24000', data } })
    const { contents } = turnOf([
      chunk([{ inlineData: { mimeType: 'image/png', data: 'AAEC' }, thoughtSignature: 'P' }]),
      chunk([{ thought: true, inlineData: { mimeType: 'image/png', data: 'draft' } }]),
      chunk([pcm('AQ=='), { fileData: { mimeType: 'application/pdf', fileUri: 'gs://b/a.pdf' } }]),
      done([pcm('AgM='), { inlineData: {} }]),
    ])
    expect(contents).toEqual([
      {
        type: 'media',
        kind: 'image',
        mimeType: 'image/png',
        data: 'AAEC',
        opaque: opaque({ thoughtSignature: 'P' }),
      },
      { type: 'media', kind: 'pdf', mimeType: 'application/pdf', fileId: 'gs://b/a.pdf' },
      { type: 'media', kind: 'audio', mimeType: 'audio/L16;rate=24000', data: 'AQID' },
    ])
  })

  test('tells what Google ran itself, and goes back as it came', () => {
    const parts = [
      { executableCode: { language: 'PYTHON', code: 'print(1)' }, thoughtSignature: 'X' },
      { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
      { toolCall: { toolType: 'GOOGLE_SEARCH_WEB', id: 's', args: { queries: ['a'] } } },
      { toolResponse: { toolType: 'GOOGLE_SEARCH_WEB', id: 's', response: { found: 1 } } },
    ]
    const turn = turnOf([chunk(parts.slice(0, 1)), done([...parts.slice(1), { text: 'One.' }])])
    expect(turn.contents.slice(0, 4)).toMatchObject([
      { type: 'server-tool', name: 'code_execution', input: { code: 'print(1)' } },
      { type: 'server-tool', name: 'code_execution' },
      { type: 'server-tool', name: 'GOOGLE_SEARCH_WEB', input: { queries: ['a'] } },
      { type: 'server-tool', name: 'GOOGLE_SEARCH_WEB' },
    ])
    const { body } = gemini.encode({ model: 'm', turns: [turn], params: {}, stream: false }, {}) as {
      body: { contents?: unknown }
    }
    expect(body.contents).toEqual([{ role: 'model', parts: [...parts, { text: 'One.' }] }])
  })

  test('names its sources at the end: what it was grounded on, or else what it recites', () => {
    const groundingMetadata = {
      groundingChunks: [
        { web: { uri: 'https://a.org', title: 'A' } },
        { maps: { uri: 'https://maps.org' } },
        { retrievedContext: { fileSearchStore: 'fileSearchStores/x', text: 'words', title: 'F' } },
        { retrievedContext: { uri: 'gs://b/c' } },
        { web: {} },
      ],
    }
    const urls = (payload: object): unknown =>
      read([payload]).flatMap((delta) => (delta.type === 'citation' ? [delta.citation] : []))
    expect(urls(chunk([{ text: 'a' }], { groundingMetadata }))).toEqual([
      { type: 'citation', url: 'https://a.org', title: 'A' },
      { type: 'citation', url: 'https://maps.org' },
      { type: 'citation', url: 'fileSearchStores/x', title: 'F' },
      { type: 'citation', url: 'gs://b/c' },
    ])
    for (const name of ['citationSources', 'citations'])
      expect(
        urls(chunk([], { citationMetadata: { [name]: [{ uri: 'https://c.org', startIndex: 0 }, {}] } })),
      ).toEqual([{ type: 'citation', url: 'https://c.org' }])
    expect(read([chunk([], { groundingMetadata }), done([{ text: 'b' }])]).at(-1)?.type).toBe('citation')
  })

  test('is the first of several', () => {
    const candidates = [
      { index: 0, content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' },
      { index: 1, content: { parts: [{ text: 'b' }] }, finishReason: 'SAFETY' },
    ]
    expect(turnOf([{ candidates }])).toMatchObject({ finish: 'stop', contents: [{ text: 'a' }] })
  })

  test.each([
    [{}, undefined],
    [{ trafficType: 'ON_DEMAND' }, undefined],
    [{ promptTokenCount: 5 }, { input: 5 }],
    [
      { promptTokenCount: 5, thoughtsTokenCount: 2 },
      { input: 5, output: 2, reasoning: 2 },
    ],
    [
      {
        promptTokenCount: 5,
        toolUsePromptTokenCount: 7,
        cachedContentTokenCount: 3,
        candidatesTokenCount: 4,
        thoughtsTokenCount: 2,
        totalTokenCount: 18,
      },
      { input: 12, output: 6, cachedInput: 3, reasoning: 2 },
    ],
  ])('counts its tokens: %j', (usageMetadata, usage) => {
    expect(turnOf([done([{ text: 'a' }], { usageMetadata })]).usage).toEqual(usage)
  })

  test('counts what was counted last', () => {
    const at = (promptTokenCount: number): object => chunk([], {}, { usageMetadata: { promptTokenCount } })
    expect(turnOf([at(5), at(6), chunk([], {}, { usageMetadata: {} })]).usage).toEqual({ input: 6 })
  })
})

describe('the end of an answer of gemini', () => {
  test.each([
    ['STOP', 'stop', undefined],
    ['MAX_TOKENS', 'length', undefined],
    ['SAFETY', 'content-filter', 'The answer was stopped: SAFETY.'],
    ['RECITATION', 'content-filter', 'The answer was stopped: RECITATION.'],
    ['IMAGE_SAFETY', 'content-filter', 'The answer was stopped: IMAGE_SAFETY.'],
    ['MALFORMED_FUNCTION_CALL', 'MALFORMED_FUNCTION_CALL', undefined],
    ['UNEXPECTED_TOOL_CALL', 'UNEXPECTED_TOOL_CALL', undefined],
    ['SOMETHING_NEW', 'SOMETHING_NEW', undefined],
  ])('takes the finish reason %s for %s and keeps the word', (raw, finish, refusal) => {
    expect(turnOf([chunk([{ text: 'a' }], { finishReason: raw })])).toEqual({
      role: 'assistant',
      contents: [{ type: 'text', text: 'a' }],
      finish,
      finishRaw: raw,
      ...(refusal && { refusal }),
    })
  })

  test("keeps Google's own words for an answer that ended ill, once, and those of no other", () => {
    const ended = (finishReason: string, finishMessage: string): object =>
      chunk([], { finishReason, finishMessage })
    expect(turnOf([ended('MALFORMED_FUNCTION_CALL', 'Malformed: print(add(1)')]).refusal).toBe(
      'Malformed: print(add(1)',
    )
    expect(turnOf([ended('SAFETY', 'Violated.'), ended('SAFETY', 'Violated.')]).refusal).toBe('Violated.')
    expect(turnOf([ended('STOP', 'Model generated function call(s).')]).refusal).toBe(undefined)
    expect(turnOf([ended('STOP', ''), ended('RECITATION', '')])).toMatchObject({ finish: 'content-filter' })
  })

  test('lets the call of an undeclared tool be answered', () => {
    const part = { functionCall: { name: 'nope', args: {} } }
    const turn = turnOf([
      chunk([part], { finishReason: 'UNEXPECTED_TOOL_CALL', finishMessage: 'Unexpected' }),
    ])
    expect(turn).toMatchObject({ finish: 'tool-calls', contents: [{ type: 'tool-call', name: 'nope' }] })
    expect(turn).not.toHaveProperty('refusal')
  })

  test.each([
    [
      { blockReason: 'PROHIBITED_CONTENT' },
      'The prompt was blocked: PROHIBITED_CONTENT.',
      'PROHIBITED_CONTENT',
    ],
    [{ blockReason: 'MODEL_ARMOR', blockReasonMessage: 'No.' }, 'No.', 'MODEL_ARMOR'],
  ])('may be that the prompt was blocked: %j', (promptFeedback, refusal, finishRaw) => {
    const reader = new GeminiReader()
    reader.read(JSON.stringify({ promptFeedback }), [])
    expect(reader.isComplete).toBe(true)
    expect(turnOf([{ promptFeedback }])).toEqual({
      role: 'assistant',
      contents: [],
      finish: 'content-filter',
      finishRaw,
      refusal,
    })
  })

  test('has come with a finish reason, or where a whole body was an answer; never is it over', () => {
    const isComplete = (payload: object, event?: string): boolean => {
      const reader = new GeminiReader()
      reader.read(JSON.stringify(payload), [], event)
      expect(reader.isOver).toBe(false)
      return reader.isComplete
    }
    expect(isComplete(chunk([{ text: 'a' }]))).toBe(false)
    expect(isComplete(chunk([{ text: 'a' }], { finishReason: 'FINISH_REASON_UNSPECIFIED' }))).toBe(false)
    expect(isComplete(done([{ text: 'a' }]))).toBe(true)
    expect(isComplete(chunk([{ text: 'a' }]), WHOLE)).toBe(true)
    expect(isComplete({ usageMetadata: {} }, WHOLE)).toBe(false)
    expect(isComplete([chunk([{ text: 'a' }])], WHOLE)).toBe(true)
  })
})

describe('what is read of gemini', () => {
  test('throws what the server says went wrong, after what came before it, and what is no JSON', () => {
    const error = { code: 499, message: 'The operation was cancelled.', status: 'CANCELLED' }
    const out: Delta[] = []
    const reader = new GeminiReader()
    expect(() => reader.read(JSON.stringify([chunk([{ text: 'a' }]), { error }]), out)).toThrow(
      expect.objectContaining({ body: { error } }),
    )
    expect(out).toEqual([{ type: 'text', text: 'a' }])
    expect(() => read([{ error: 'boom' }])).toThrow(WireError)
    expect(() => read(['{"candidates":'])).toThrow(SyntaxError)
    expect(
      read(['', `${JSON.stringify(chunk([{ text: 'a' }]))}\n\n${JSON.stringify(done([]))}`]),
    ).toHaveLength(2)
  })

  test('ignores all that it does not know by name', () => {
    const strange = chunk([{ text: 'a', videoMetadata: {} }, { somethingNew: {} }, {}], {
      safetyRatings: [{ category: 'X' }],
      avgLogprobs: -1,
      urlContextMetadata: { urlMetadata: [{ retrievedUrl: 'https://a.org' }] },
    })
    expect(read([{ ...strange, responseId: 'x', text: 'no' }, {}, [], '3', 'null', '"text"'])).toEqual([
      { type: 'text', text: 'a' },
    ])
  })
})
