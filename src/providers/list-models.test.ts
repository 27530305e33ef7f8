import { expect, test } from 'vitest'
import { type Chat, ChatError, type ModelInfo } from 'natter'
import { json, loopback, refusalOf } from '../../test/loopback.ts'
import { providerAt } from '../../test/provider.ts'
import { chatWith } from '../chat-with.ts'
import {
  anthropicMessages,
  bedrockConverse,
  cortexComplete,
  gemini,
  ollama,
} from '../dialects/lazy-dialects.ts'
import { huggingface } from './huggingface.ts'
import type { Provider } from './provider.ts'

const chatAt = (url: string, more: Partial<Provider> = {}): Chat =>
  chatWith(providerAt(url, more), { apiKey: 'sk-averysecretkey', retries: 1 })
const idsOf = (models: readonly ModelInfo[]): readonly string[] => models.map(({ id }) => id)

test('a chat lists what its server lists, with the key of the chat and the caller’s headers', async () => {
  const server = await loopback((reply) =>
    json(reply, 200, { data: [{ id: 'b' }, { id: 'a', owned_by: 'x' }, { no: 'id' }] }),
  )
  const chat = chatWith(providerAt(server.url), { apiKey: 'sk-mine', apiHeaders: { 'x-team': 'red' } })
  expect(await chat.models()).toEqual([
    { id: 'b', capabilities: {} },
    { id: 'a', owner: 'x', capabilities: {} },
  ])
  expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/models'])
  expect(server.asked[0]?.headers).toMatchObject({ authorization: 'Bearer sk-mine', 'x-team': 'red' })
})

test('prices and contexts that the provider does not tell are those of the price list; its own stay', async () => {
  const own = { id: 'gpt-4.1', pricing: { input: 7, output: 8 } }
  const auto = { id: 'auto', pricing: { prompt: '-1', completion: '-1' } }
  const { url } = await loopback((reply) =>
    json(reply, 200, { data: [{ id: 'gpt-4.1-mini' }, own, auto, { id: 'whisper-1' }] }),
  )
  const [listed, told, routed, unknown] = await chatAt(url, { id: 'openai' }).models()
  expect(listed?.prices).toMatchObject({ input: 0.4, output: 1.6, cachedInput: 0.1 })
  expect(listed?.contextLength).toBeGreaterThan(900_000)
  expect(told?.prices).toEqual({ input: 7, output: 8 })
  expect(routed?.prices).toBeUndefined()
  expect(unknown?.prices).toBeUndefined()
  const [tiered] = await chatAt(
    (await loopback((reply) => json(reply, 200, { data: [{ id: 'gemini-2.5-pro' }] }))).url,
    { id: 'google-gemini' },
  ).models()
  expect(tiered?.prices).toMatchObject({ input: 1.25, output: 10 })
  // Nobody has a price list for a server of one's own, whatever its models are called.
  const [mine] = await chatAt(url, { id: 'openai-compatible' }).models()
  expect(mine?.prices).toBeUndefined()
})

test('Anthropic’s pages are read to the last, and one that comes again ends it', async () => {
  const row = (id: string): object => ({ id, display_name: id.toUpperCase() })
  const server = await loopback((reply, { path }) => {
    if (path.includes('after_id=b')) json(reply, 200, { data: [row('c')], has_more: true, last_id: 'b' })
    else json(reply, 200, { data: [row('a'), row('b')], has_more: true, last_id: 'b' })
  })
  const models = await chatAt(server.url, { dialect: anthropicMessages }).models()
  expect(idsOf(models)).toEqual(['a', 'b', 'c'])
  expect(server.asked.map(({ path }) => path)).toEqual([
    '/v1/models?limit=1000',
    '/v1/models?limit=1000&after_id=b',
  ])
})

test('Google’s pages are read to the last, and only what chats is listed', async () => {
  const row = (name: string, method: string): object => ({
    name: `models/${name}`,
    supportedGenerationMethods: [method],
  })
  const server = await loopback((reply, { path }) =>
    json(
      reply,
      200,
      path.includes('pageToken=two')
        ? { models: [row('c', 'generateContent')], nextPageToken: '' }
        : { models: [row('a', 'generateContent'), row('b', 'embedContent')], nextPageToken: 'two' },
    ),
  )
  expect(idsOf(await chatAt(server.url, { dialect: gemini }).models())).toEqual(['a', 'c'])
})

test('Vertex AI lists by its own address, for the project of the chat', async () => {
  const server = await loopback((reply) =>
    json(reply, 200, {
      publisherModels: ['gemini-2.5-flash', 'gemini-embedding-001', 'imagen-4'].map((name) => ({
        name: `publishers/google/models/${name}`,
      })),
    }),
  )
  const chat = chatAt(`${server.origin}/v1/projects/my-project/locations/us/publishers/google`, {
    dialect: gemini,
    models: async () => (await import('./models-gemini.ts')).listVertexModels,
  })
  expect(idsOf(await chat.models())).toEqual(['gemini-2.5-flash'])
  expect(server.asked[0]?.path).toBe('/v1beta1/publishers/google/models?pageSize=300')
  expect(server.asked[0]?.headers['x-goog-user-project']).toBe('my-project')
})

test('Bedrock’s models go by the ids that can be asked for, and need no right to list profiles', async () => {
  const summary = (modelId: string, type: string, output = 'TEXT'): object => ({
    modelId,
    modelName: 'A model',
    providerName: 'Anthropic',
    inputModalities: ['TEXT', 'IMAGE'],
    outputModalities: [output],
    inferenceTypesSupported: [type],
  })
  const modelSummaries = [
    summary('anthropic.claude-3-haiku', 'ON_DEMAND'),
    summary('anthropic.claude-sonnet-5', 'INFERENCE_PROFILE'),
    summary('amazon.titan-image', 'ON_DEMAND', 'IMAGE'),
  ]
  const profile = {
    inferenceProfileId: 'us.anthropic.claude-sonnet-5',
    inferenceProfileName: 'US Sonnet 5',
    models: ['us-east-1', 'us-west-2'].map((region) => ({
      modelArn: `arn:aws:bedrock:${region}::foundation-model/anthropic.claude-sonnet-5`,
    })),
  }
  let mayList = true
  const server = await loopback((reply, { path }) => {
    if (path.startsWith('/foundation-models')) json(reply, 200, { modelSummaries })
    else if (mayList) json(reply, 200, { inferenceProfileSummaries: [profile] })
    else json(reply, 403, { message: 'User is not authorized to perform: bedrock:ListInferenceProfiles' })
  })
  const chat = chatAt(server.origin, { dialect: bedrockConverse })
  expect(await chat.models()).toMatchObject([
    { id: 'anthropic.claude-3-haiku', owner: 'Anthropic', capabilities: { image: true }, outputs: ['text'] },
    { id: 'us.anthropic.claude-sonnet-5', name: 'US Sonnet 5', inputs: ['text', 'image'] },
  ])
  mayList = false
  expect(idsOf(await chat.models())).toEqual(['anthropic.claude-3-haiku'])
})

test('Ollama’s models are told apart by what they can do', async () => {
  const shown: Readonly<Record<string, object>> = {
    'qwen3:4b': { capabilities: ['completion', 'tools'], model_info: { 'qwen3.context_length': 40_960 } },
    llava: { capabilities: ['completion', 'vision'] },
    'all-minilm': { capabilities: ['embedding'] },
  }
  const server = await loopback((reply, { path, body }) => {
    const models = ['qwen3:4b', 'llava:latest', 'all-minilm:latest', 'gone:1b'].map((model) => ({ model }))
    if (path === '/api/tags') json(reply, 200, { models })
    else if (shown[body.model]) json(reply, 200, shown[body.model])
    else json(reply, 404, { error: `model '${body.model}' not found` })
  })
  expect(await chatAt(server.origin, { dialect: ollama }).models()).toEqual([
    {
      id: 'qwen3:4b',
      contextLength: 40_960,
      inputs: ['text'],
      outputs: ['text'],
      capabilities: { tools: true, image: false },
    },
    {
      id: 'llava',
      inputs: ['text', 'image'],
      outputs: ['text'],
      capabilities: { tools: false, image: true },
    },
    { id: 'gone:1b', capabilities: {} },
  ])
})

test('Workers AI lists the models of the account beside the chat', async () => {
  const model = (name: string, properties: readonly object[] = [], task = 'Text Generation'): object => ({
    id: 'uuid',
    name,
    task: { name: task },
    properties,
  })
  const properties = [
    { property_id: 'context_window', value: '24000' },
    { property_id: 'function_calling', value: 'true' },
    {
      property_id: 'price',
      value: [
        { unit: 'per M input tokens', price: 0.29, currency: 'USD' },
        { unit: 'per M output tokens', price: 2.25, currency: 'USD' },
      ],
    },
  ]
  const first = Array.from({ length: 99 }, (_, i) => model(`@cf/baai/bge-${i}`, [], 'Text Embeddings'))
  const server = await loopback((reply, { path }) =>
    json(reply, 200, {
      result: path.endsWith('&page=1')
        ? [model('@cf/meta/llama', properties), ...first]
        : [model('@hf/mistral/mistral-7b')],
    }),
  )
  const chat = chatAt(`${server.origin}/client/v4/accounts/abc/ai/v1`, {
    models: async () => (await import('./models-cloudflare.ts')).listModels,
  })
  expect(await chat.models()).toEqual([
    {
      id: '@cf/meta/llama',
      owner: 'meta',
      contextLength: 24_000,
      prices: { input: 0.29, output: 2.25 },
      capabilities: { tools: true },
    },
    { id: '@hf/mistral/mistral-7b', owner: 'mistral', capabilities: {} },
  ])
  expect(server.asked[1]?.path).toBe('/client/v4/accounts/abc/ai/models/search?per_page=100&page=2')
})

test('LM Studio’s own list tells more; without it the names do', async () => {
  let isOld = false
  const { url } = await loopback((reply, { path }) => {
    if (path === '/v1/models') json(reply, 200, { data: [{ id: 'qwen3' }] })
    else if (isOld) json(reply, 404, { error: 'Unexpected endpoint' })
    else
      json(reply, 200, {
        data: [
          {
            id: 'qwen3',
            type: 'vlm',
            publisher: 'qwen',
            max_context_length: 32_768,
            capabilities: ['tool_use'],
          },
        ],
      })
  })
  const chat = chatAt(url, { models: async () => (await import('./models-lmstudio.ts')).listModels })
  expect(await chat.models()).toEqual([
    { id: 'qwen3', owner: 'qwen', contextLength: 32_768, capabilities: { tools: true, image: true } },
  ])
  isOld = true
  expect(await chat.models()).toEqual([{ id: 'qwen3', capabilities: {} }])
})

test('a router’s public catalogue is asked without a key', async () => {
  const server = await loopback((reply) =>
    json(reply, 200, { data: [{ id: 'org/m', providers: [{ provider: 'groq', supports_tools: true }] }] }),
  )
  const chat = chatWith(huggingface, { baseUrl: server.url, apiKey: 'hf_averysecretkey' })
  expect(await chat.models()).toMatchObject([
    { id: 'org/m', capabilities: { tools: true }, backends: [{ name: 'groq' }] },
  ])
  expect(server.asked[0]?.headers.authorization).toBeUndefined()
})

test('a provider without a list says so before anything is sent', async () => {
  const server = await loopback((reply) => json(reply, 200, {}))
  for (const more of [{ models: false }, { dialect: cortexComplete }] as const)
    await expect(chatAt(server.url, more).models()).rejects.toThrow(
      new TypeError('Acme has no list of models: see https://docs.acme.example'),
    )
  expect(server.asked).toEqual([])
})

test('a refusal is told in the server’s words, without the key', async () => {
  const { url } = await loopback((reply) =>
    json(reply, 401, { error: { message: 'Incorrect API key provided: sk-averysecretkey' } }),
  )
  const error = await refusalOf(chatAt(url).models())
  expect(error).toMatchObject({ code: 'unauthorized', status: 401, provider: 'Acme' })
  expect(error.message).toContain('Incorrect API key provided: [redacted]')
  expect(JSON.stringify(error)).not.toContain('averysecretkey')
})

test('what may pass is tried again, what is no JSON is told, and an abort ends it at once', async () => {
  const server = await loopback((reply, _, n) =>
    n === 0 ? json(reply, 503, { error: 'busy' }) : json(reply, 200, { data: [{ id: 'a' }] }),
  )
  expect(idsOf(await chatAt(server.url).models())).toEqual(['a'])
  const page = await loopback((reply) => void reply.writeHead(200).end('<html>hello</html>'))
  expect((await refusalOf(chatAt(page.url).models())).code).toBe('bad-reply')
  const odd = await loopback((reply) => json(reply, 200, { hello: 'world' }))
  expect((await refusalOf(chatAt(odd.url).models())).message).toBe(
    'Acme answered with something that is no list of models.',
  )
  const empty = await loopback((reply) => json(reply, 200, { data: [] }))
  expect(await chatAt(empty.url).models()).toEqual([])
  const silent = await loopback(() => undefined)
  const controller = new AbortController()
  const asked = chatAt(silent.url).models({ signal: controller.signal })
  const { closed } = await silent.arrival()
  controller.abort()
  expect(ChatError.is(await refusalOf(asked), 'aborted')).toBe(true)
  await closed
  await expect(chatAt(silent.url).models({ signal: controller.signal })).rejects.toMatchObject({
    code: 'aborted',
  })
})
