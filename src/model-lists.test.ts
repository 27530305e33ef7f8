import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  ChatError,
  type ModelInfo,
  models,
  modelsAnthropic,
  modelsDatabricks,
  modelsOpenRouter,
} from 'natter'
import { json, loopback, refusalOf } from '../test/loopback.ts'
import { PLACES } from '../test/places.ts'
import { PROVIDERS } from './chats.ts'

beforeEach(() => {
  vi.stubEnv('NATTER_CACHE', 'off')
  vi.spyOn(process, 'emitWarning').mockReturnValue()
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** Where a server lists its models, and how; all others do it as OpenAI does. */
const LISTS: readonly (readonly [path: RegExp, body: object])[] = [
  [/^\/api\/tags$/, { models: [{ model: 'm:latest' }] }],
  [/^\/api\/show$/, { capabilities: ['completion'] }],
  [/\/foundation-models$/, { modelSummaries: [{ modelId: 'm', outputModalities: ['TEXT'] }] }],
  [/\/inference-profiles\?/, {}],
  [/\/models\/search\?/, { result: [{ name: 'm', task: { name: 'Text Generation' } }] }],
  [
    /^\/v1beta1\/publishers\/google\/models\?/,
    { publisherModels: [{ name: 'publishers/google/models/gemini-m' }] },
  ],
  [
    /\/models\?pageSize=/,
    { models: [{ name: 'models/m', supportedGenerationMethods: ['generateContent'] }] },
  ],
  [/^\/catalog\/models$/, [{ id: 'm' }]],
  [/^\/api\/2\.0\/serving-endpoints$/, { endpoints: [{ name: 'm', task: 'llm/v1/chat' }] }],
  [/\/models(?:\?|$)/, { data: [{ id: 'm' }] }],
]

const idsOf = (list: readonly ModelInfo[]): readonly string[] => list.map(({ id }) => id)

describe('models() of each provider that has a list', () => {
  const withList = [...PROVIDERS.keys()].filter((id) => PROVIDERS.get(id)?.list)

  test('they are all but those of which nobody lists what can be asked', () => {
    const without = [...PROVIDERS.keys()].filter((id) => !withList.includes(id))
    expect(without).toEqual(['azure-openai', 'snowflake', 'cortex-analyst'])
  })

  test.each(withList)('%s lists by its own API, with the key that was passed', async (id) => {
    const server = await loopback((reply, { path }) =>
      json(reply, 200, LISTS.find(([pattern]) => pattern.test(path))?.[1]),
    )
    // A token of Google's kind, for those who tell keys from tokens.
    const options = { ...PLACES[id], baseUrl: server.origin, apiKey: 'ya29.averysecretkey', retries: 0 }
    const [info, ...more] = await models(id, options)
    expect([info?.id.replace('gemini-', ''), more]).toEqual(['m', []])
    expect(JSON.stringify(info)).not.toContain('averysecretkey')
    // Hugging Face's list is public.
    const sent = JSON.stringify(server.asked.map(({ headers }) => headers))
    expect(sent.includes('averysecretkey')).toBe(id !== 'huggingface')
  })
})

test('a provider without a list is a TypeError that says where to look, and an unknown one asks what was meant', async () => {
  await expect(models('snowflake')).rejects.toThrow(
    new TypeError(`Snowflake Cortex has no list of models: see ${PROVIDERS.get('snowflake')?.facts.docs}`),
  )
  await expect(models('antropic')).rejects.toThrow(
    new TypeError('there is no provider "antropic": did you mean "anthropic"?'),
  )
  await expect(models('')).rejects.toThrow('provider must be a non-empty string')
})

test('what is wished for is looked for in what the provider tells; unknown does not do', async () => {
  const row = (id: string, more: object): object => ({ id, ...more })
  const able = {
    context_length: 8192,
    pricing: { input: 1, output: 2 },
    supported_parameters: ['tools', 'structured_outputs'],
    architecture: { input_modalities: ['text', 'image'] },
  }
  const data = [row('able', able), row('blind', { ...able, architecture: undefined }), row('unknown', {})]
  const { url: baseUrl } = await loopback((reply) => json(reply, 200, { data }))
  const ids = async (wish: object): Promise<readonly string[]> =>
    idsOf(await modelsOpenRouter({ baseUrl, apiKey: 'k', ...wish }))
  expect(await ids({})).toEqual(['able', 'blind', 'unknown'])
  expect(await ids({ tools: false })).toEqual(['able', 'blind', 'unknown'])
  for (const wish of [{ tools: true }, { structured: true }, { minContext: 8192 }, { maxPrice: 2 }])
    expect(await ids(wish)).toEqual(['able', 'blind'])
  expect(await ids({ image: true })).toEqual(['able'])
  for (const wish of [{ minContext: 8193 }, { maxPrice: 1.9 }]) expect(await ids(wish)).toEqual([])
  await expect(ids({ tools: 'yes' })).rejects.toThrow('tools must be true or false')
})

test('key, credentials, headers, retries, limits and an abort are those of a chat', async () => {
  const server = await loopback((reply, _, n) =>
    n === 0 ? json(reply, 503, {}) : json(reply, 200, { data: [{ id: 'm' }] }),
  )
  const { url: baseUrl } = server
  expect(
    idsOf(
      await modelsAnthropic({
        baseUrl,
        credentials: () => 'sk-mine',
        apiHeaders: { 'x-team': 'red' },
        retries: 1,
      }),
    ),
  ).toEqual(['m'])
  expect(server.asked).toHaveLength(2)
  expect(server.asked[1]?.headers).toMatchObject({ 'x-api-key': 'sk-mine', 'x-team': 'red' })
  const silent = await loopback(() => undefined)
  const asked = { baseUrl: silent.url, apiKey: 'k' }
  expect((await refusalOf(modelsAnthropic({ ...asked, timeout: 50, retries: 0 }))).code).toBe('timeout')
  for (const list of [modelsAnthropic, (options: typeof asked) => models('huggingface', options)] as const) {
    const controller = new AbortController()
    const listed = refusalOf(list({ ...asked, signal: controller.signal } as typeof asked))
    await silent.arrival(silent.asked.length)
    controller.abort()
    expect(ChatError.is(await listed, 'aborted')).toBe(true)
  }
})

test('without a key says where it was looked for', async () => {
  vi.stubEnv('ANTHROPIC_API_KEY', undefined)
  expect(await refusalOf(models('claude'))).toMatchObject({ code: 'no-key', provider: 'Anthropic' })
})

test('Databricks lists the endpoints that chat, by the names to ask for', async () => {
  const entity = (more: object): object => ({ config: { served_entities: [more] } })
  const endpoints = [
    {
      name: 'databricks-gpt',
      task: 'llm/v1/chat',
      creation_timestamp: 1_766_389_552_000,
      ...entity({ foundation_model: { name: 'system.ai.gpt', display_name: 'GPT' } }),
    },
    { name: 'ours', ...entity({ external_model: { provider: 'openai', task: 'llm/v1/chat' } }) },
    { name: 'vectors', task: 'llm/v1/embeddings' },
    { name: 'trees' },
    { task: 'llm/v1/chat' },
  ]
  const server = await loopback((reply) => json(reply, 200, { endpoints }))
  expect(
    await modelsDatabricks({ host: 'https://x.cloud.databricks.com', baseUrl: server.origin, token: 'dapi' }),
  ).toEqual([
    { id: 'databricks-gpt', name: 'GPT', created: new Date(1_766_389_552_000), capabilities: {} },
    { id: 'ours', owner: 'openai', capabilities: {} },
  ])
  expect(server.asked[0]?.path).toBe('/api/2.0/serving-endpoints')
})
