import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../core/request.ts'
import { userTurn } from '../core/turn.ts'
import type { Quirks } from './dialect.ts'
import { gemini } from './gemini.ts'

const wire = (request: Partial<ChatRequest>, quirks: Quirks = {}) =>
  gemini.encode({ model: 'gemini-x', turns: [], params: {}, stream: false, ...request }, quirks)
const encode = (request: Partial<ChatRequest>, quirks?: Quirks): Readonly<Record<string, unknown>> =>
  wire(request, quirks).body

describe('the path of gemini', () => {
  test.each([
    ['gemini-x', 'models/gemini-x:generateContent'],
    ['models/gemini-x', 'models/gemini-x:generateContent'],
    ['tunedModels/mine', 'tunedModels/mine:generateContent'],
    ['gemini-1.5@001', 'models/gemini-1.5@001:generateContent'],
    ['a?b#c d', 'models/a%3Fb%23c%20d:generateContent'],
  ])('of the model %s is %s', (model, path) => {
    expect(wire({ model }).path).toBe(path)
  })

  test('of a stream asks for events', () => {
    expect(wire({ stream: true }).path).toBe('models/gemini-x:streamGenerateContent?alt=sse')
    expect(wire({ stream: true }).body).not.toHaveProperty('stream')
  })
})

describe('the body of gemini', () => {
  test('holds the conversation, and no more than is asked for', () => {
    expect(encode({ system: 'Be terse.', turns: [userTurn('hi')] })).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      systemInstruction: { parts: [{ text: 'Be terse.' }] },
    })
    expect(encode({ system: '', tools: [], turns: [userTurn('hi')] })).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
    })
  })

  test('names every parameter as Google does', () => {
    const params = {
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      seed: 1,
      maxTokens: 100,
      logProbs: true,
      stopSequences: ['END'],
      reasoningEffort: 'low',
      reasoningTokens: 512,
      candidateCount: 1,
    }
    expect(encode({ params })).toEqual({
      contents: [],
      generationConfig: {
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        seed: 1,
        maxOutputTokens: 100,
        responseLogprobs: true,
        stopSequences: ['END'],
        candidateCount: 1,
        thinkingConfig: { includeThoughts: true, thinkingLevel: 'low', thinkingBudget: 512 },
      },
    })
  })

  test('asks for thoughts with either kind of thinking, and not where thinking is off', () => {
    const thinkingOf = (params: ChatRequest['params']): unknown => encode({ params }).generationConfig
    expect(thinkingOf({ reasoningEffort: 'high' })).toEqual({
      thinkingConfig: { includeThoughts: true, thinkingLevel: 'high' },
    })
    expect(thinkingOf({ reasoningTokens: 0 })).toEqual({ thinkingConfig: { thinkingBudget: 0 } })
    expect(thinkingOf({})).toBe(undefined)
  })

  test("takes a server's own names, null for none, and leaves out what it does not know", () => {
    const params = { maxTokens: 5, seed: 1, reasoningEffort: 'low', reasoningTokens: 9, temperature: 0 }
    const quirks = {
      paramNames: { maxTokens: 'tokens', seed: null, reasoningEffort: null, reasoningTokens: null },
      omit: ['temperature', 'systemInstruction'],
    }
    expect(encode({ params, system: 'Be.' }, quirks)).toEqual({
      contents: [],
      generationConfig: { tokens: 5 },
    })
    expect(encode({ params }, { omit: ['generationConfig'] })).toEqual({ contents: [] })
  })

  test('merges what is extra last and deep', () => {
    const extra = {
      generationConfig: { topK: 3, temperature: null },
      cachedContent: 'cachedContents/a',
      systemInstruction: null,
    }
    expect(encode({ params: { temperature: 1, topP: 0.5 }, system: 'Be.', extra })).toEqual({
      contents: [],
      generationConfig: { topP: 0.5, topK: 3 },
      cachedContent: 'cachedContents/a',
    })
  })

  test('asks for data by its JSON Schema, in the form that Google takes', () => {
    const schema = {
      type: 'object',
      properties: { kind: { type: 'string', const: 'a' } },
      required: ['kind'],
    }
    expect(encode({ schema: { name: 'data', schema } })).toEqual({
      contents: [],
      generationConfig: {
        responseMimeType: 'application/json',
        responseJsonSchema: {
          type: 'object',
          properties: { kind: { type: 'string', enum: ['a'] } },
          required: ['kind'],
        },
      },
    })
    expect(encode({ schema: { name: 'data', schema } }, { omit: ['responseJsonSchema'] })).toEqual({
      contents: [],
      generationConfig: { responseMimeType: 'application/json' },
    })
  })
})

describe('the tools of gemini', () => {
  const tools = [
    {
      name: 'add',
      description: 'Adds',
      inputSchema: { type: 'object', properties: { x: { type: 'number' } } },
    },
  ]
  const declared = {
    functionDeclarations: [
      {
        name: 'add',
        description: 'Adds',
        parametersJsonSchema: { type: 'object', properties: { x: { type: 'number' } } },
      },
    ],
  }

  test.each([
    ['auto', { mode: 'AUTO' }],
    ['required', { mode: 'ANY' }],
    ['none', { mode: 'NONE' }],
    [{ name: 'add' }, { mode: 'ANY', allowedFunctionNames: ['add'] }],
  ] as const)('are declared, and chosen with %j', (toolChoice, functionCallingConfig) => {
    expect(encode({ tools, toolChoice })).toEqual({
      contents: [],
      tools: [declared],
      toolConfig: { functionCallingConfig },
    })
    // "Function calling config is set without function_declarations."
    expect(encode({ toolChoice })).toEqual({ contents: [] })
  })

  test('stand beside those of Google, which the Gemini API wants to be told', () => {
    const builtins = [{ type: 'web-search' }, { type: 'web-fetch' }] as const
    expect(encode({ builtins })).toEqual({
      contents: [],
      tools: [{ google_search: {} }, { url_context: {} }],
    })
    const all = [declared, { google_search: {} }, { url_context: {} }]
    expect(encode({ tools, builtins, toolChoice: 'auto' })).toEqual({ contents: [], tools: all })
    const quirks = { serverToolInvocations: true }
    expect(encode({ tools, builtins, toolChoice: 'auto' }, quirks)).toEqual({
      contents: [],
      tools: all,
      toolConfig: { includeServerSideToolInvocations: true },
    })
    expect(encode({ tools, builtins, toolChoice: 'required' }, quirks)).toMatchObject({
      toolConfig: { includeServerSideToolInvocations: true, functionCallingConfig: { mode: 'ANY' } },
    })
    expect(encode({ builtins }, quirks)).not.toHaveProperty('toolConfig')
  })

  test.each([
    ['allowedDomains', { allowedDomains: ['example.org'] }],
    ['blockedDomains', { blockedDomains: ['example.org'] }],
    ['maxUses', { maxUses: 1 }],
  ])('of Google cannot be limited by %s', (name, limit) => {
    const ask = (): unknown => encode({ builtins: [{ type: 'web-search', ...limit }] })
    expect(ask).toThrow(TypeError)
    expect(ask).toThrow(name)
  })

  test('of Google take where the person is for the hint it was', () => {
    expect(encode({ builtins: [{ type: 'web-search', userLocation: { country: 'NO' } }] })).toMatchObject({
      tools: [{ google_search: {} }],
    })
  })
})
