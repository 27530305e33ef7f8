import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../core/request.ts'
import { userTurn } from '../core/turn.ts'
import type { Quirks } from './dialect.ts'
import { openaiResponses } from './openai-responses.ts'

function encode(request: Partial<ChatRequest>, quirks: Quirks = {}): Readonly<Record<string, unknown>> {
  const { path, body } = openaiResponses.encode(
    { model: 'm', turns: [], params: {}, stream: false, ...request },
    quirks,
  )
  expect(path).toBe('responses')
  return body
}

describe('the body of openai-responses', () => {
  test('stores nothing on the server and asks for the reasoning that is sent back instead', () => {
    expect(encode({ system: 'Be terse.', turns: [userTurn('hi')] })).toEqual({
      model: 'm',
      instructions: 'Be terse.',
      input: [{ type: 'message', role: 'user', content: 'hi' }],
      store: false,
      include: ['reasoning.encrypted_content'],
    })
    expect(encode({ system: '', stream: true })).toEqual({
      model: 'm',
      input: [],
      store: false,
      include: ['reasoning.encrypted_content'],
      stream: true,
    })
  })

  test.each([
    'gpt-4o',
    'gpt-4.1-mini',
    'openai/gpt-4o-mini',
    'gpt-3.5-turbo',
    'chatgpt-4o-latest',
    'gpt-5-chat',
  ])('asks %s for no encrypted reasoning, which it refuses', (model) => {
    expect(encode({ model })).not.toHaveProperty('include')
  })

  test.each(['gpt-5', 'gpt-5.6-terra', 'o3', 'openai/gpt-oss-120b', 'grok-4', 'my-deployment', 'not-gpt-4o'])(
    'asks %s for it',
    (model) => {
      expect(encode({ model }).include).toEqual(['reasoning.encrypted_content'])
    },
  )

  test('names every parameter as the servers do', () => {
    const params = {
      temperature: 0.5,
      topP: 0.9,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      maxTokens: 100,
      logProbs: true,
      reasoningEffort: 'low',
      service_tier: 'flex',
    }
    const { model: _model, input: _input, store: _store, ...body } = encode({ params })
    expect(body).toEqual({
      temperature: 0.5,
      top_p: 0.9,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      max_output_tokens: 100,
      top_logprobs: 0,
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
      reasoning: { effort: 'low', summary: 'auto' },
      service_tier: 'flex',
    })
  })

  test('sends no parameter that it has no name for, and asks for no probabilities that are not wanted', () => {
    const params = { topK: 4, seed: 1, stopSequences: ['X'], reasoningTokens: 9, logProbs: false }
    expect(Object.keys(encode({ params }))).toEqual(['model', 'input', 'store', 'include'])
  })

  test("takes a server's own names, and null for none", () => {
    const params = { maxTokens: 5, reasoningEffort: 'high', logProbs: true, seed: 1, temperature: 1 }
    const paramNames = {
      maxTokens: 'max_tokens',
      reasoningEffort: 'reasoning_effort',
      logProbs: 'logprobs',
      seed: 'seed',
      temperature: null,
    }
    expect(encode({ params }, { paramNames })).toEqual({
      model: 'm',
      input: [],
      store: false,
      include: ['reasoning.encrypted_content'],
      max_tokens: 5,
      reasoning_effort: 'high',
      logprobs: true,
      seed: 1,
    })
    const none = { paramNames: { reasoningEffort: null, logProbs: null } }
    expect(Object.keys(encode({ params: { reasoningEffort: 'high', logProbs: true } }, none))).toEqual([
      'model',
      'input',
      'store',
      'include',
    ])
  })

  test('leaves out any field that a server does not know', () => {
    const body = encode({ stream: true }, { omit: ['store', 'include', 'stream'] })
    expect(body).toEqual({ model: 'm', input: [] })
  })

  test('spells tools flat and not strict, and which to use', () => {
    const tools = [{ name: 'add', description: 'Adds', inputSchema: { type: 'object' } }]
    expect(encode({ tools, toolChoice: 'required' })).toMatchObject({
      tools: [
        { type: 'function', name: 'add', description: 'Adds', parameters: { type: 'object' }, strict: false },
      ],
      tool_choice: 'required',
    })
    expect(encode({ tools, toolChoice: { name: 'add' } }).tool_choice).toEqual({
      type: 'function',
      name: 'add',
    })
    expect(encode({ tools, toolChoice: 'none' }).tool_choice).toBe('none')
    expect(encode({ tools: [] })).not.toHaveProperty('tools')
  })

  test('spells a search of the web beside the tools, with bare domains', () => {
    const tools = [{ name: 'add', description: 'Adds', inputSchema: { type: 'object' } }]
    const search = {
      type: 'web-search',
      allowedDomains: ['https://example.org', 'nature.com'],
      maxUses: 3,
      userLocation: { city: 'Oslo', country: 'NO' },
    } as const
    const body = encode({ tools, builtins: [search] })
    expect(body.tools).toEqual([
      expect.objectContaining({ type: 'function', name: 'add' }),
      {
        type: 'web_search',
        filters: { allowed_domains: ['example.org', 'nature.com'] },
        user_location: { type: 'approximate', city: 'Oslo', country: 'NO' },
      },
    ])
    expect(body.max_tool_calls).toBe(3)
    expect(encode({ builtins: [{ type: 'web-search', blockedDomains: ['x.org'] }] }).tools).toEqual([
      { type: 'web_search', filters: { blocked_domains: ['x.org'] } },
    ])
    expect(encode({ builtins: [{ type: 'web-search' }] })).toMatchObject({ tools: [{ type: 'web_search' }] })
    expect(encode({ builtins: [{ type: 'web-search' }] })).not.toHaveProperty('max_tool_calls')
  })

  test('declares only the search, and says what to do about pages', () => {
    expect(openaiResponses.builtins).toEqual(['web-search'])
    expect(() => encode({ builtins: [{ type: 'web-fetch' }] })).toThrow(/no web-fetch .* tool of its own/)
  })

  test('asks for data in a form, beside what else is said of the text', () => {
    const schema = { name: 'person', schema: { type: 'object' } }
    const format = { type: 'json_schema', name: 'person', schema: { type: 'object' }, strict: true }
    expect(encode({ schema }).text).toEqual({ format })
    expect(encode({ schema, params: { text: { verbosity: 'low' } } }).text).toEqual({
      verbosity: 'low',
      format,
    })
    expect(encode({ schema, extra: { text: { verbosity: 'low' } } }).text).toEqual({
      verbosity: 'low',
      format,
    })
    const { strict: _strict, ...lenient } = format
    expect(encode({ schema }, { strict: false }).text).toEqual({ format: lenient })
    expect(encode({ schema }, { schemaSpelling: 'json-object' }).text).toEqual({
      format: { type: 'json_object' },
    })
  })

  test('merges what is extra last and deep: objects merge, arrays replace, null deletes', () => {
    const extra = { reasoning: { summary: null }, include: ['x'], store: true, service_tier: 'priority' }
    expect(encode({ params: { reasoningEffort: 'low' }, extra })).toEqual({
      model: 'm',
      input: [],
      reasoning: { effort: 'low' },
      include: ['x'],
      store: true,
      service_tier: 'priority',
    })
  })
})
