import { describe, expect, test } from 'vitest'
import type { Content } from '../core/content.ts'
import type { ChatRequest } from '../core/request.ts'
import { type Turn, userTurn } from '../core/turn.ts'
import { anthropicMessages } from './anthropic-messages.ts'
import type { Quirks, Wire } from './dialect.ts'

function wire(request: Partial<ChatRequest>, quirks: Quirks = {}): Wire {
  return anthropicMessages.encode(
    { model: 'claude', turns: [userTurn('hi')], params: {}, stream: false, ...request },
    quirks,
  )
}
const encode = (request: Partial<ChatRequest>, quirks?: Quirks): Wire['body'] => wire(request, quirks).body

const add = { name: 'add', description: 'Adds', inputSchema: { type: 'object' } }
const schema = { name: 'person', schema: { type: 'object', properties: {} } }
const mark = { cache_control: { type: 'ephemeral' } }

describe('the body of anthropic-messages', () => {
  test('holds no more than it must', () => {
    expect(wire({ cache: 'none' })).toEqual({
      path: 'messages',
      body: {
        model: 'claude',
        max_tokens: 8192,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      },
    })
    expect(encode({ stream: true })).toMatchObject({ stream: true })
  })

  test('has the system prompt beside the messages, as a block', () => {
    expect(encode({ system: 'Be terse.', cache: 'none' }).system).toEqual([
      { type: 'text', text: 'Be terse.' },
    ])
    // "system: text content blocks must contain non-whitespace text"
    expect(encode({ system: ' \n' })).not.toHaveProperty('system')
    expect(encode({})).not.toHaveProperty('system')
  })

  test('spells the parameters by their names, and other members as they are', () => {
    const params = {
      temperature: 0,
      topP: 0.9,
      topK: 40,
      maxTokens: 9,
      stopSequences: ['END'],
      metadata: { a: 1 },
    }
    expect(encode({ params })).toMatchObject({
      temperature: 0,
      top_p: 0.9,
      top_k: 40,
      max_tokens: 9,
      stop_sequences: ['END'],
      metadata: { a: 1 },
    })
  })

  test('leaves out what the dialect, or the server by its quirks, has no name for', () => {
    const params = {
      seed: 1,
      frequencyPenalty: 1,
      topK: 2,
      maxTokens: 3,
      reasoningTokens: 1024,
      reasoningEffort: 'low',
    }
    const paramNames = { topK: null, maxTokens: null, reasoningTokens: null, reasoningEffort: null }
    expect(Object.keys(encode({ params }, { paramNames }))).toEqual(['model', 'messages'])
    expect(encode({ params: { topK: 2 } }, { paramNames: { topK: 'k' } })).toMatchObject({ k: 2 })
  })

  test.each([
    [{ reasoningTokens: 2000 }, { thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 10_192 }],
    [{ reasoningTokens: 2000, maxTokens: 5000 }, { max_tokens: 5000 }],
    [{ reasoningTokens: 0 }, { thinking: { type: 'disabled' }, max_tokens: 8192 }],
    [
      { reasoningEffort: 'high' },
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' }, max_tokens: 32_000 },
    ],
    [
      { reasoningEffort: 'high', reasoningTokens: 1024 },
      { thinking: { type: 'enabled', budget_tokens: 1024 }, output_config: { effort: 'high' } },
    ],
  ])('asks for thinking by %j', (params, fields) => {
    const body = encode({ params })
    for (const [name, value] of Object.entries(fields)) expect(body[name]).toEqual(value)
  })

  test('asks for no thinking by the effort none, which is no effort of the server’s', () => {
    const body = encode({ params: { reasoningEffort: 'none' } })
    expect(body).toMatchObject({ thinking: { type: 'disabled' }, max_tokens: 8192 })
    expect(body).not.toHaveProperty('output_config')
  })

  test('asks for an effort alone where the server has refused the field of thinking', () => {
    const body = encode({ params: { reasoningEffort: 'low' } }, { paramNames: { reasoningTokens: null } })
    expect(body).toMatchObject({ output_config: { effort: 'low' } })
    expect(body).not.toHaveProperty('thinking')
  })

  test('asks for data by a schema beside an effort, and by a tool where the server knows no schema', () => {
    expect(encode({ schema, params: { reasoningEffort: 'low' } }).output_config).toEqual({
      effort: 'low',
      format: { type: 'json_schema', schema: schema.schema },
    })
    const byTool: Quirks = { structuredBy: 'tool' }
    const body = encode({ schema }, byTool)
    expect(body).not.toHaveProperty('output_config')
    expect(body).toMatchObject({
      tools: [{ name: '_structured_data', input_schema: schema.schema }],
      tool_choice: { type: 'tool', name: '_structured_data' },
    })
    // "Thinking may not be enabled when tool_choice forces tool use."
    expect(encode({ schema, params: { reasoningTokens: 1024 } }, byTool).tool_choice).toEqual({
      type: 'auto',
    })
    expect(encode({ schema, params: { reasoningTokens: 0 } }, byTool).tool_choice).toMatchObject({
      type: 'tool',
    })
    expect(encode({}, byTool)).not.toHaveProperty('tools')
  })

  test.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'any' }],
    [{ name: 'add' }, { type: 'tool', name: 'add' }],
  ] as const)('offers tools and the choice %j among them', (toolChoice, choice) => {
    const body = encode({ tools: [add, { ...add, name: 'sub', description: '' }], toolChoice })
    expect(body.tools).toEqual([
      { name: 'add', description: 'Adds', input_schema: { type: 'object' } },
      { name: 'sub', input_schema: { type: 'object' } },
    ])
    expect(body.tool_choice).toEqual(choice)
  })

  test('has no choice without tools: "tool_choice may only be specified while providing tools"', () => {
    expect(encode({ tools: [], toolChoice: 'none' })).not.toHaveProperty('tool_choice')
    expect(encode({ tools: [add] })).not.toHaveProperty('tool_choice')
  })

  test('offers the provider’s own tools, with the beta that fetching pages needs', () => {
    const { body, headers } = wire({
      tools: [add],
      builtins: [
        {
          type: 'web-search',
          maxUses: 2,
          allowedDomains: ['a.org'],
          userLocation: { city: 'Oslo', country: 'NO' },
        },
        { type: 'web-fetch', blockedDomains: ['b.org'], userLocation: { city: 'Oslo' } },
      ],
    })
    expect(body.tools).toEqual([
      expect.objectContaining({ name: 'add' }),
      {
        type: 'web_search_20250305',
        name: 'web_search',
        max_uses: 2,
        allowed_domains: ['a.org'],
        user_location: { type: 'approximate', city: 'Oslo', country: 'NO' },
      },
      { type: 'web_fetch_20250910', name: 'web_fetch', blocked_domains: ['b.org'] },
    ])
    expect(headers).toEqual({ 'anthropic-beta': 'web-fetch-2025-09-10' })
    expect(wire({ builtins: [{ type: 'web-search' }] })).not.toHaveProperty('headers')
  })

  test('names the beta of the Files API where a file of it is meant, also in a result', () => {
    const file: Content = { type: 'media', kind: 'pdf', mimeType: 'application/pdf', fileId: 'f1' }
    const turns: Turn[] = [
      { role: 'user', contents: [{ type: 'tool-result', id: '1', name: 'a', content: 'x', media: [file] }] },
    ]
    const beta = 'files-api-2025-04-14'
    expect(wire({ turns: [userTurn([file])] }).headers).toEqual({ 'anthropic-beta': beta })
    expect(wire({ turns, builtins: [{ type: 'web-fetch' }] }).headers).toEqual({
      'anthropic-beta': `${beta},web-fetch-2025-09-10`,
    })
  })

  test('lays the caller’s own fields over all, and leaves out what the server refuses', () => {
    const body = encode(
      {
        system: 'Be.',
        extra: { thinking: { type: 'adaptive', display: 'summarized' }, top_k: 1, system: null },
      },
      { omit: ['max_tokens'] },
    )
    expect(body).toMatchObject({ thinking: { display: 'summarized' }, top_k: 1 })
    expect(body).not.toHaveProperty('max_tokens')
    expect(body).not.toHaveProperty('system')
  })
})

describe('the prompt cache', () => {
  const turns = [
    userTurn('one'),
    { role: 'assistant', contents: [{ type: 'text', text: 'two' }], finish: 'stop' } as const,
    userTurn(['three', 'four']),
  ]
  const long = { cache_control: { type: 'ephemeral', ttl: '1h' } }

  test.each([
    [undefined, undefined, mark],
    ['5m', undefined, mark],
    ['1h', undefined, long],
    ['none', undefined, {}],
    [undefined, false, {}],
    // Who asks for it gets it, or the server's own words.
    ['1h', false, long],
  ] as const)('asked for as %j (quirk: %j) is marked by %j', (cache, promptCache, expected) => {
    const request = { turns, system: 'Be.', ...(cache && { cache }) }
    const { system, messages } = encode(request, promptCache === undefined ? {} : { promptCache })
    expect(system).toEqual([{ type: 'text', text: 'Be.', ...expected }])
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'one' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'two' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'three' },
          { type: 'text', text: 'four', ...expected },
        ],
      },
    ])
  })

  test('is marked on the last result where tools have just been run, and no turn is changed by it', () => {
    const results = userTurn(['x']).contents.concat({ type: 'tool-result', id: '1', name: 'a', content: 'x' })
    const before = JSON.stringify(results)
    const { messages } = encode({ turns: [{ role: 'user', contents: results.slice(1) }] })
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: 'x', ...mark }] },
    ])
    expect(JSON.stringify(results)).toBe(before)
    expect(encode({ turns: [] }).messages).toEqual([])
  })
})
