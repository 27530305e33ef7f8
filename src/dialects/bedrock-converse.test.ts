import { describe, expect, test } from 'vitest'
import type { Params } from '../core/params.ts'
import type { ChatRequest, ToolSpec } from '../core/request.ts'
import type { Turn } from '../core/turn.ts'
import { bedrockConverse as dialect } from './bedrock-converse.ts'
import type { Quirks } from './dialect.ts'

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const NOVA = 'us.amazon.nova-2-lite-v1:0'
const LLAMA = 'us.meta.llama4-scout-17b-instruct-v1:0'
const QWEN = 'qwen.qwen3-32b-v1:0'

const hello: Turn = { role: 'user', contents: [{ type: 'text', text: 'Hi' }] }

function encode(
  request: Partial<ChatRequest> = {},
  quirks: Quirks = {},
): { readonly path: string; readonly body: Record<string, unknown> } {
  const wire = dialect.encode({ model: LLAMA, turns: [hello], params: {}, stream: false, ...request }, quirks)
  return { path: wire.path, body: { ...wire.body } }
}
const withParams = (params: Params, model = LLAMA, quirks?: Quirks): Record<string, unknown> => {
  const { messages: _, ...rest } = encode({ params, model, cache: 'none' }, quirks).body
  return rest
}

const tool: ToolSpec = {
  name: 'get',
  description: 'Gets it',
  inputSchema: { type: 'object', properties: {} },
}
const toolSpec = { name: 'get', description: 'Gets it', inputSchema: { json: tool.inputSchema } }
const call: Turn = {
  role: 'assistant',
  finish: 'tool-calls',
  contents: [{ type: 'tool-call', id: 'c1', name: 'get', input: {} }],
}
const result: Turn = {
  role: 'user',
  contents: [{ type: 'tool-result', id: 'c1', name: 'get', content: 'sun' }],
}

describe('a request', () => {
  test('names the model in its path, encoded, and how the answer is to come', () => {
    expect(encode({ model: CLAUDE, cache: 'none' })).toEqual({
      path: 'model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse',
      body: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
    })
    const model = 'arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0'
    expect(encode({ model, stream: true }).path).toBe(
      'model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.amazon.nova-pro-v1%3A0/converse-stream',
    )
  })

  test('has the system prompt where there is one', () => {
    expect(encode({ system: 'Be brief.' }).body['system']).toEqual([{ text: 'Be brief.' }])
    expect(encode({ system: ' ' }).body).not.toHaveProperty('system')
  })

  test('takes what is laid over it last, and leaves out what it must', () => {
    const extra = { guardrailConfig: { guardrailIdentifier: 'g' }, inferenceConfig: { topP: null } }
    const params = { temperature: 0, topP: 0.5 }
    expect(encode({ params, extra }).body).toMatchObject({
      guardrailConfig: { guardrailIdentifier: 'g' },
      inferenceConfig: { temperature: 0 },
    })
    expect(encode({ params }, { omit: ['inferenceConfig'] }).body).not.toHaveProperty('inferenceConfig')
  })
})

describe('parameters', () => {
  test('stand in inferenceConfig where the API has them', () => {
    expect(withParams({ temperature: 0.2, topP: 0.9, maxTokens: 9, stopSequences: ['X'] })).toEqual({
      inferenceConfig: { temperature: 0.2, topP: 0.9, maxTokens: 9, stopSequences: ['X'] },
    })
  })

  test.each<[string, Params, string, unknown]>([
    ['topK', { topK: 40 }, CLAUDE, { top_k: 40 }],
    ['topK of Nova', { topK: 40 }, NOVA, { inferenceConfig: { topK: 40 } }],
    ['a budget', { reasoningTokens: 2000 }, CLAUDE, { thinking: { type: 'enabled', budget_tokens: 2000 } }],
    ['no budget', { reasoningTokens: 0 }, CLAUDE, { thinking: { type: 'disabled' } }],
    [
      'a budget of a model whose maker is unknown',
      { reasoningTokens: 2000 },
      'arn:aws:bedrock:us-east-1:1:application-inference-profile/a1',
      { reasoning_config: { type: 'enabled', budget_tokens: 2000 } },
    ],
    [
      'an effort',
      { reasoningEffort: 'low' },
      CLAUDE,
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    ],
    ['no effort', { reasoningEffort: 'none' }, CLAUDE, { thinking: { type: 'disabled' } }],
    [
      'an effort and a budget',
      { reasoningEffort: 'low', reasoningTokens: 2000 },
      CLAUDE,
      { thinking: { type: 'enabled', budget_tokens: 2000 }, output_config: { effort: 'low' } },
    ],
    [
      'an effort of Nova',
      { reasoningEffort: 'high' },
      NOVA,
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
    ],
    ['no effort of Nova', { reasoningEffort: 'none' }, NOVA, { reasoningConfig: { type: 'disabled' } }],
    ['an effort of Qwen', { reasoningEffort: 'high' }, QWEN, { reasoning_config: 'high' }],
    [
      'an effort of gpt-oss',
      { reasoningEffort: 'high' },
      'openai.gpt-oss-20b-1:0',
      { reasoning_effort: 'high' },
    ],
    ['what only the model knows', { min_p: 0.1 }, LLAMA, { min_p: 0.1 }],
  ])('that are the model’s own go as it calls them: %s', (_, params, model, fields) => {
    expect(withParams(params, model)).toEqual({ additionalModelRequestFields: fields })
  })

  test('that are members of the body stand there', () => {
    const params = { serviceTier: { type: 'flex' }, additionalModelRequestFields: { a: 1 }, b: 2 }
    expect(withParams(params)).toEqual({
      serviceTier: { type: 'flex' },
      additionalModelRequestFields: { a: 1, b: 2 },
    })
  })

  test('may have another name, or none', () => {
    const quirks: Quirks = { paramNames: { topK: 'k', temperature: null } }
    expect(withParams({ topK: 4, temperature: 1 }, LLAMA, quirks)).toEqual({
      additionalModelRequestFields: { k: 4 },
    })
  })

  test('without a name anywhere are not sent', () => {
    expect(withParams({ seed: 3, frequencyPenalty: 1, presencePenalty: 1, logProbs: true })).toEqual({})
  })
})

describe('tools', () => {
  test('are told with their schemas, and chosen among as asked', () => {
    const choiceOf = (toolChoice: NonNullable<ChatRequest['toolChoice']>): unknown =>
      encode({ tools: [tool], toolChoice }).body['toolConfig']
    expect(encode({ tools: [tool] }).body['toolConfig']).toEqual({ tools: [{ toolSpec }] })
    expect(choiceOf('auto')).toEqual({ tools: [{ toolSpec }], toolChoice: { auto: {} } })
    expect(choiceOf('required')).toEqual({ tools: [{ toolSpec }], toolChoice: { any: {} } })
    expect(choiceOf({ name: 'get' })).toEqual({
      tools: [{ toolSpec }],
      toolChoice: { tool: { name: 'get' } },
    })
    expect(choiceOf('none')).toBeUndefined()
  })

  test('stay when none may be used once one was called, and are made up where none is left', () => {
    const turns = [hello, call, result]
    expect(encode({ turns, tools: [tool], toolChoice: 'none' }).body['toolConfig']).toEqual({
      tools: [{ toolSpec }],
    })
    expect(encode({ turns }).body['toolConfig']).toEqual({
      tools: [
        {
          toolSpec: {
            name: 'get',
            description: 'No longer there.',
            inputSchema: { json: { type: 'object' } },
          },
        },
      ],
    })
  })

  test('without a description have none, since an empty one is refused', () => {
    const body = encode({ tools: [{ ...tool, description: '' }] }).body
    expect(body['toolConfig']).toEqual({
      tools: [{ toolSpec: { name: 'get', inputSchema: { json: tool.inputSchema } } }],
    })
  })

  test('of the provider’s own are Nova’s search alone, without limits', () => {
    expect(dialect.builtins).toEqual(['web-search'])
    const body = encode({ model: NOVA, tools: [tool], builtins: [{ type: 'web-search' }] }).body
    expect(body['toolConfig']).toEqual({ tools: [{ toolSpec }, { systemTool: { name: 'nova_grounding' } }] })
    expect(() => encode({ builtins: [{ type: 'web-fetch' }] })).toThrow(/Bedrock has no web-fetch/)
    expect(() => encode({ builtins: [{ type: 'web-search', maxUses: 2 }] })).toThrow(/takes no maxUses/)
  })
})

describe('an answer in the form of a schema', () => {
  const schema = { name: 'person', schema: { type: 'object', properties: {} } }
  const dataSpec = {
    toolSpec: {
      name: 'structured_data',
      description: expect.stringContaining('data') as string,
      inputSchema: { json: schema.schema },
    },
  }

  test('is asked for by a tool that must be called', () => {
    for (const model of [CLAUDE, NOVA, 'arn:aws:bedrock:us-east-1:1:application-inference-profile/a1'])
      expect(encode({ model, schema }).body['toolConfig']).toEqual({
        tools: [dataSpec],
        toolChoice: { tool: { name: 'structured_data' } },
      })
  })

  test('is offered as a tool where a model cannot be forced, or not while it thinks', () => {
    const offered = { tools: [dataSpec], toolChoice: { auto: {} } }
    expect(encode({ model: LLAMA, schema }).body['toolConfig']).toEqual(offered)
    const thinking = (params: Params): unknown => encode({ model: CLAUDE, schema, params }).body['toolConfig']
    expect(thinking({ reasoningTokens: 1024 })).toEqual(offered)
    expect(thinking({ reasoningEffort: 'low' })).toEqual(offered)
    expect(thinking({ reasoningEffort: 'none' })).not.toEqual(offered)
  })

  test('is the API’s own for makers whose models take it', () => {
    const { body } = encode({ model: QWEN, schema })
    expect(body).not.toHaveProperty('toolConfig')
    expect(body['outputConfig']).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { name: 'person', schema: JSON.stringify(schema.schema) } },
      },
    })
    expect(encode({ model: QWEN, schema }, { structuredBy: 'tool' }).body).toMatchObject({
      toolConfig: { tools: [dataSpec] },
    })
  })

  test('has a name that no tool may have', () => {
    expect(() => encode({ tools: [{ ...tool, name: 'structured_data' }] })).toThrow(TypeError)
  })
})

describe('the prompt cache', () => {
  const point = { cachePoint: { type: 'default' } }
  const marked = (request: Partial<ChatRequest>, quirks?: Quirks): number =>
    JSON.stringify(encode({ system: 'Be.', ...request }, quirks).body).split('"cachePoint"').length - 1

  test('is marked after the system prompt and the last message by default, for models that have it', () => {
    const turns: readonly Turn[] = [hello, { ...call, contents: [{ type: 'text', text: 'Yes?' }] }, hello]
    expect(encode({ model: CLAUDE, system: 'Be.', turns }).body).toEqual({
      system: [{ text: 'Be.' }, point],
      messages: [
        { role: 'user', content: [{ text: 'Hi' }] },
        { role: 'assistant', content: [{ text: 'Yes?' }] },
        { role: 'user', content: [{ text: 'Hi' }, point] },
      ],
    })
    expect(marked({ model: NOVA })).toBe(2)
  })

  test.each([
    LLAMA,
    QWEN,
    'anthropic.claude-3-haiku-20240307-v1:0',
    'anthropic.claude-3-5-sonnet-20240620-v1:0',
    'anthropic.claude-v2:1',
    'amazon.titan-text-express-v1',
  ])('is not marked by default for %s', (model) => {
    expect(marked({ model })).toBe(0)
    expect(marked({ model, cache: '5m' })).toBe(2)
  })

  test('may last an hour, or be left alone', () => {
    const hour = { cachePoint: { type: 'default', ttl: '1h' } }
    expect(encode({ model: CLAUDE, cache: '1h' }).body['messages']).toEqual([
      { role: 'user', content: [{ text: 'Hi' }, hour] },
    ])
    expect(marked({ model: CLAUDE, cache: 'none' })).toBe(0)
    expect(marked({ model: CLAUDE }, { promptCache: false })).toBe(0)
    expect(marked({ model: CLAUDE, cache: '1h' }, { promptCache: false })).toBe(2)
  })

  test('has no mark after a document', () => {
    const paper = { type: 'media', kind: 'pdf', mimeType: 'application/pdf', data: 'AAAA' } as const
    const turns: readonly Turn[] = [{ role: 'user', contents: [{ type: 'text', text: 'Read' }, paper] }]
    expect(encode({ model: CLAUDE, turns }).body['messages']).toMatchObject([
      { content: [{ text: 'Read' }, point, { document: {} }] },
    ])
  })
})
