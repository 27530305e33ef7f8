import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Delta } from '../core/delta.ts'
import { TurnBuilder } from '../core/turn-builder.ts'
import type { AssistantTurn } from '../core/turn.ts'
import { WHOLE, geminiFramer } from './gemini-framer.ts'
import { GeminiReader } from './gemini-reader.ts'

type Part = Readonly<Record<string, unknown>>

const chunk = (parts: readonly Part[], candidate: object = {}): object => ({
  candidates: [{ content: { role: 'model', parts }, ...candidate }],
})

function readAll(payloads: readonly object[], event?: string): readonly Delta[] {
  const reader = new GeminiReader()
  const out: Delta[] = []
  for (const payload of payloads) reader.read(JSON.stringify(payload), out, event)
  reader.end(out)
  return out
}

function built(deltas: readonly Delta[]): AssistantTurn {
  const builder = new TurnBuilder()
  for (const delta of deltas) builder.push(delta)
  return builder.build({})
}

describe('any answer of gemini', () => {
  test('never throws anything else, whatever it is fed', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean())
    const key = fc.constantFrom(
      'text',
      'thought',
      'functionCall',
      'name',
      'args',
      'partialArgs',
      'jsonPath',
      'stringValue',
      'id',
      'inlineData',
      'fileData',
      'mimeType',
      'data',
      'toolCall',
      'toolType',
      'executableCode',
      'web',
      'uri',
      'thoughtSignature',
      'willContinue',
      'parts',
      'content',
      'groundingChunks',
      'retrievedContext',
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        value,
        fc.constantFrom('audio/pcm', '$.a[0].b', "$['x']", '$[5]', '$.__proto__.a'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }))
    const candidate = fc.record(
      {
        content: fc.oneof(tree, fc.record({ parts: fc.array(fc.dictionary(key, tree, { maxKeys: 4 })) })),
        finishReason: value,
        finishMessage: value,
        index: value,
        groundingMetadata: tree,
        citationMetadata: tree,
      },
      { requiredKeys: [] },
    )
    const answer = fc.record(
      {
        candidates: fc.oneof(tree, fc.array(candidate, { maxLength: 3 })),
        promptFeedback: tree,
        usageMetadata: tree,
        modelVersion: value,
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 4 }), (payloads) => {
        readAll(payloads)
        readAll(payloads, WHOLE)
      }),
      { numRuns: 1000 },
    )
  })

  test('is the same wherever a stream is cut, as events, as one array and as lines', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map((text): Part => ({ text })),
      fc.string({ minLength: 1, maxLength: 5 }).map((text): Part => ({ text, thought: true })),
      fc.string({ maxLength: 5 }).map((text): Part => ({ text, thoughtSignature: 'é"\\' })),
      fc.integer().map((x): Part => ({ functionCall: { name: 'add', args: { x } } })),
      fc.constant<Part>({ executableCode: { code: 'a\r\nb' } }),
      fc.constant<Part>({ inlineData: { mimeType: 'audio/pcm', data: 'AAEC' } }),
    )
    const turnFrom = (bytes: Uint8Array, cuts: readonly number[]): AssistantTurn => {
      const reader = new GeminiReader()
      const out: Delta[] = []
      const framer = geminiFramer((payload, event) => reader.read(payload, out, event))
      const edges = [0, ...cuts.map((at) => at % bytes.length).toSorted((a, b) => a - b), bytes.length]
      for (let i = 1; i < edges.length; i++) framer.feed(bytes.subarray(edges[i - 1], edges[i]))
      framer.end()
      reader.end(out)
      expect(reader.isComplete).toBe(true)
      return built(out)
    }
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
    fc.assert(
      fc.property(
        fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(5000), { maxLength: 9 }),
        (events, cuts) => {
          const chunks = [...events.map((parts) => chunk(parts)), chunk([], { finishReason: 'STOP' })]
          const expected = built(readAll(chunks))
          const lines = chunks.map((one) => JSON.stringify(one))
          const sse = lines.map((line) => `data: ${line}\r\n\r\n`).join('')
          for (const body of [
            sse,
            `[${lines.join(',\r\n')}]`,
            JSON.stringify(chunks, null, 2),
            lines.join('\n'),
          ])
            expect(turnFrom(encode(body), cuts)).toEqual(expected)
        },
      ),
      { numRuns: 200 },
    )
  })
})
