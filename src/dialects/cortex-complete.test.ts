import { describe, expect, test } from 'vitest'
import type { Content, Media, Opaque } from '../core/content.ts'
import type { ChatRequest } from '../core/request.ts'
import { type AssistantTurn, type Turn, userTurn } from '../core/turn.ts'
import { cortexComplete } from './cortex-complete.ts'
import type { Quirks } from './dialect.ts'

const said = (...contents: readonly Content[]): AssistantTurn => ({
  role: 'assistant',
  contents,
  finish: 'stop',
})
const text = (words: string): Content => ({ type: 'text', text: words })
const picture: Media = { type: 'media', kind: 'image', mimeType: 'image/png', data: 'AAEC', detail: 'low' }
const call = { type: 'tool-call', id: 'c1', name: 'add', input: { x: 1 } } as const
const result = { type: 'tool-result', id: 'c1', name: 'add', content: '2' } as const
const use = { type: 'tool_use', tool_use: { tool_use_id: 'c1', name: 'add', input: { x: 1 } } }
const image = {
  type: 'image',
  details: { type: 'base64', content: 'AAEC', content_type: 'image/png', detail: 'low' },
}
const told = (words: string, more: object = {}, id = 'c1'): object => ({
  type: 'tool_results',
  tool_results: { tool_use_id: id, name: 'add', content: [{ type: 'text', text: words }], ...more },
})

function encode(request: Partial<ChatRequest>, quirks: Quirks = {}): Readonly<Record<string, unknown>> {
  const { path, body } = cortexComplete.encode(
    { model: 'm', turns: [], params: {}, stream: false, ...request },
    quirks,
  )
  expect(path).toBe('api/v2/cortex/inference:complete')
  return body
}
const messages = (...turns: readonly Turn[]): unknown => encode({ turns }).messages

describe('the messages of cortex-complete', () => {
  test('are plain where they are words', () => {
    expect(
      encode({ system: 'Be terse.', turns: [userTurn(['hi', text(''), { type: 'json', value: [1] }])] }),
    ).toEqual({
      model: 'm',
      stream: false,
      messages: [
        { role: 'system', content: 'Be terse.' },
        { role: 'user', content: 'hi\n\n[1]' },
      ],
    })
    expect(messages({ role: 'user', contents: [text('')] }, said(text('')))).toEqual([])
  })

  test('hold pictures among the words, in their order', () => {
    expect(messages(userTurn(['Look', picture]))).toEqual([
      { role: 'user', content_list: [{ type: 'text', text: 'Look' }, image] },
    ])
  })

  test('tell a document as text', () => {
    const document: Media = {
      type: 'media',
      kind: 'document',
      mimeType: 'text/csv',
      data: Buffer.from('a,b').toString('base64'),
      name: 'x.csv',
    }
    expect(messages(userTurn([document]))).toEqual([
      { role: 'user', content: '<document name="x.csv">\na,b\n</document>' },
    ])
  })

  test.each<[Partial<Media>, RegExp]>([
    [
      { kind: 'image', url: 'https://example.com/a.png' },
      /download https:\/\/example\.com\/a\.png .*image\(\)/,
    ],
    [{ kind: 'image', fileId: 'file-1' }, /download file-1/],
    [{ kind: 'pdf', data: 'AA' }, /no PDF: pass its text/],
    [{ kind: 'audio', data: 'AA' }, /no recording/],
  ])('cannot carry %j, and say what to do', (media, message) => {
    const medium = { type: 'media', mimeType: '*/*', ...media } as Media
    expect(() => messages(userTurn([medium]))).toThrow(TypeError)
    expect(() => messages(userTurn([medium]))).toThrow(message)
  })

  test('answer calls first, mark failures, and let pictures of a tool follow', () => {
    const turn: Turn = {
      role: 'user',
      contents: [
        text('Well?'),
        { ...result, media: [picture] },
        { ...result, id: 'c2', content: 'no', isError: true },
        { ...result, id: 'c3', content: '', media: [picture] },
        { ...result, id: 'c4', content: '' },
      ],
    }
    expect(messages(turn)).toEqual([
      {
        role: 'user',
        content_list: [
          told('2'),
          told('Error: no', { status: 'error' }, 'c2'),
          told('See the attachment of add below.', {}, 'c3'),
          told('done', {}, 'c4'),
          { type: 'text', text: 'Well?' },
          { type: 'text', text: 'The attachment of add:' },
          image,
          { type: 'text', text: 'The attachment of add:' },
          image,
        ],
      },
    ])
  })

  test('put the words of an answer beside its calls, and leave out what is not said', () => {
    expect(messages(said(text('One'), text(' two'), call))).toEqual([
      { role: 'assistant', content: 'One two', content_list: [use] },
    ])
    expect(messages(said({ ...call, input: undefined, raw: '{"x"' }))).toEqual([
      {
        role: 'assistant',
        content_list: [
          { type: 'tool_use', tool_use: { tool_use_id: 'c1', name: 'add', input: { unusable: '{"x"' } } },
        ],
      },
    ])
    expect(
      messages(said({ type: 'thinking', text: 'Hm' }, { type: 'citation', url: 'https://a.b' })),
    ).toEqual([])
    expect(messages({ ...said(), refusal: 'No.' })).toEqual([{ role: 'assistant', content: 'No.' }])
  })

  test('give thinking back with its proof, and none of other dialects', () => {
    const thought = (value: unknown, dialect = 'cortex-complete'): Content => ({
      type: 'thinking',
      text: 'Hm',
      opaque: { dialect, value } satisfies Opaque,
    })
    expect(messages(said(thought({ signature: 's' }), text('Yes'), call, picture))).toEqual([
      {
        role: 'assistant',
        content_list: [
          { type: 'anthropic', anthropic: { thinking: { thinking: 'Hm', signature: 's' } } },
          { type: 'text', text: 'Yes' },
          use,
        ],
      },
    ])
    expect(messages(said(thought({ encrypted: 'e' }), text('Yes')))).toEqual([
      {
        role: 'assistant',
        content_list: [
          { type: 'openai', openai: { reasoning: { summary: 'Hm', encrypted_content: 'e' } } },
          { type: 'text', text: 'Yes' },
        ],
      },
    ])
    for (const foreign of [
      thought({ signature: 's' }, 'anthropic-messages'),
      thought('s'),
      thought({}),
      { type: 'server-tool', name: 'web_search', opaque: { dialect: 'cortex-complete', value: {} } } as const,
    ])
      expect(messages(said(foreign, text('Yes')))).toEqual([{ role: 'assistant', content: 'Yes' }])
  })
})

describe('the parameters of cortex-complete', () => {
  test('have its names, reasoning in the words of the model’s maker', () => {
    expect(
      encode({
        params: {
          temperature: 0,
          topP: 0.5,
          maxTokens: 9,
          reasoningEffort: 'low',
          reasoningTokens: 2048,
          guardrails: { enabled: true },
          seed: 1,
        },
      }),
    ).toEqual({
      model: 'm',
      messages: [],
      stream: false,
      temperature: 0,
      top_p: 0.5,
      max_tokens: 9,
      openai: { reasoning: { effort: 'low' } },
      anthropic: { thinking: { budget_tokens: 2048 } },
      guardrails: { enabled: true },
    })
  })

  test('heed what a server has no name for, other names, fields never to be sent, and extra ones last', () => {
    const params = { temperature: 1, maxTokens: 5, reasoningEffort: 'low', user: 'me' }
    expect(
      encode(
        { params, extra: { top_p: 1, max: null } },
        { paramNames: { temperature: null, maxTokens: 'max', reasoningEffort: 'effort' }, omit: ['user'] },
      ),
    ).toEqual({ model: 'm', messages: [], stream: false, effort: 'low', top_p: 1 })
  })

  test('cache marks the instructions, the last tool and the last message, and nothing by default', () => {
    const mark = { cache_control: { type: 'ephemeral' } }
    const tools = [
      { name: 'a', description: 'd', inputSchema: {} },
      { name: 'b', description: 'd', inputSchema: {} },
    ]
    const request = {
      system: 'Be.',
      tools,
      turns: [userTurn('one'), said(text('two')), { role: 'user', contents: [result, text('3')] } as const],
    }
    const cached = encode({ ...request, cache: '5m' })
    expect(cached.messages).toEqual([
      { role: 'system', content_list: [{ type: 'text', text: 'Be.', ...mark }] },
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two' },
      { role: 'user', content_list: [told('2'), { type: 'text', text: '3', ...mark }] },
    ])
    expect(cached.tools).toMatchObject([{ tool_spec: { name: 'a' } }, { tool_spec: { name: 'b' }, ...mark }])
    expect(JSON.stringify(cached).match(/cache_control/g)).toHaveLength(3)
    for (const cache of [undefined, 'none'] as const)
      expect(JSON.stringify(encode({ ...request, ...(cache && { cache }) }))).not.toContain('cache_control')
    expect(() => encode({ ...request, cache: '1h' })).toThrow(/5 minutes/)
  })
})

describe('the tools and data of cortex-complete', () => {
  const inputSchema = {
    type: 'object',
    properties: {
      x: { type: 'object', additionalProperties: false },
      y: { additionalProperties: { type: 'string' } },
    },
    additionalProperties: false,
  }
  const tools = [{ name: 'add', description: 'Adds', inputSchema }]

  test('are specifications of the generic kind, whose objects are not said to be closed', () => {
    expect(encode({ tools }).tools).toEqual([
      {
        tool_spec: {
          type: 'generic',
          name: 'add',
          description: 'Adds',
          input_schema: {
            type: 'object',
            properties: { x: { type: 'object' }, y: { additionalProperties: { type: 'string' } } },
          },
        },
      },
    ])
    expect(encode({ tools: [] })).not.toHaveProperty('tools')
  })

  test.each([
    ['auto', { type: 'auto' }],
    ['required', { type: 'required' }],
    [{ name: 'add' }, { type: 'tool', name: ['add'] }],
  ] as const)('a choice of %j is %j', (toolChoice, spelled) => {
    expect(encode({ tools, toolChoice }).tool_choice).toEqual(spelled)
  })

  test('for a choice of none no tools are sent', () => {
    const body = encode({ tools, toolChoice: 'none' })
    expect([body.tools, body.tool_choice]).toEqual([undefined, undefined])
  })

  test('the form of an answer is its schema; only OpenAI’s models are told that objects are closed', () => {
    const schema = { name: 'data', schema: { type: 'object', additionalProperties: false } }
    expect(encode({ schema }).response_format).toEqual({ type: 'json', schema: { type: 'object' } })
    expect(encode({ schema, model: 'openai-gpt-5' }).response_format).toEqual({
      type: 'json',
      schema: schema.schema,
    })
  })
})
