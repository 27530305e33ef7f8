import { expect, test } from 'vitest'
import type { ModelInfo } from 'natter'
import { readPage as readAnthropic } from '../src/providers/models-anthropic.ts'
import { readPage as readGemini } from '../src/providers/models-gemini.ts'
import { readModels as readOllama } from '../src/providers/models-ollama.ts'
import { readModels as readOpenAI } from '../src/providers/models-openai.ts'
import { readRefusal } from '../src/dialects/refusal.ts'
import { type Aside, asidesOf } from './recordings/asides.ts'
import { hasRecordings } from './recordings/recordings.ts'

test.runIf(!hasRecordings)('recordings of models are skipped: there is no ../shared/recordings', () => {
  expect(hasRecordings).toBe(false)
})

const recorded = hasRecordings ? asidesOf('models') : []
const lists = recorded.filter(({ expect: { kind } }) => kind === 'models')

const read = ({ provider, body }: Aside): readonly ModelInfo[] => {
  if (provider === 'anthropic') return readAnthropic(body).items
  return provider === 'google-gemini' ? readGemini(body).items : readOpenAI(body)
}

/** Those of Google's rows that its own list says to chat, less `models/`. */
function chatsOf({ body, expect: { ids } }: Aside): readonly string[] {
  const rows = (body as { models: { name: string; supportedGenerationMethods: string[] }[] }).models
  const chats = rows.filter((row) => row.supportedGenerationMethods.includes('generateContent'))
  return (ids as readonly string[])
    .filter((id) => chats.some(({ name }) => name === id))
    .map((id) => id.replace('models/', ''))
}

test.runIf(hasRecordings)('there are lists of a dozen providers and more', () => {
  expect(new Set(lists.map(({ provider }) => provider)).size).toBeGreaterThan(12)
  expect(lists.length).toBeGreaterThanOrEqual(22)
})

test.each(lists.map((one) => [one.name, one] as const))('%s is read whole and in order', (_, one) => {
  const models = read(one)
  const ids = one.provider === 'google-gemini' ? chatsOf(one) : (one.expect.ids as readonly string[])
  expect(models.map(({ id }) => id)).toEqual(ids)
  if (one.provider !== 'google-gemini') expect(models).toHaveLength(one.expect.count as number)
  for (const { created, contextLength, prices, capabilities } of models) {
    expect(created === undefined || created.getTime() > Date.UTC(2015)).toBe(true)
    expect(contextLength === undefined || contextLength > 0).toBe(true)
    if (prices) expect(Object.values(prices).every((price) => price >= 0 && price < 2000)).toBe(true)
    expect(Object.values(capabilities).every((value) => typeof value === 'boolean')).toBe(true)
  }
})

const errors = recorded.filter(({ expect: { kind } }) => kind === 'error')

test.each(errors.map((one) => [one.name, one] as const))(
  '%s lists nothing, and is told as it was',
  (_, one) => {
    expect(read(one)).toEqual([])
    const { message } = one.expect.error as { readonly message: string }
    expect(readRefusal(JSON.stringify(one.body)).message).toContain(message)
  },
)

const modelOf = (provider: string, id: string): ModelInfo | undefined =>
  lists
    .filter((one) => one.provider === provider)
    .flatMap(read)
    .find((info) => info.id === id)

test.runIf(hasRecordings)('what each tells of a model is read under its own names', () => {
  expect(modelOf('anthropic', 'claude-opus-5')).toEqual({
    id: 'claude-opus-5',
    name: 'Claude Opus 5',
    created: new Date('2026-07-24T00:00:00Z'),
    owner: 'anthropic',
    contextLength: 1_000_000,
    inputs: ['text', 'image', 'pdf'],
    outputs: ['text'],
    capabilities: { structured: true, image: true },
  })
  expect(modelOf('google-gemini', 'gemini-2.5-flash')).toMatchObject({
    name: 'Gemini 2.5 Flash',
    contextLength: 1_048_576,
  })
  expect(modelOf('google-gemini', 'embedding-gecko-001')).toBeUndefined()
  expect(modelOf('openrouter', 'openai/gpt-5-nano')).toMatchObject({
    name: 'OpenAI: GPT-5 Nano',
    contextLength: 400_000,
    prices: { input: 0.05, output: 0.4, cachedInput: 0.005 },
    inputs: ['text', 'image', 'file'],
    capabilities: { tools: true, structured: true, image: true },
  })
  expect(modelOf('groq', 'openai/gpt-oss-20b')).toMatchObject({
    name: 'GPT OSS 20B',
    owner: 'OpenAI',
    contextLength: 131_072,
    prices: { input: 0.075, output: 0.3, cachedInput: 0.0375 },
    capabilities: { tools: true, structured: true, image: false },
  })
  expect(modelOf('groq', 'canopylabs/orpheus-v1-english')?.prices).toBeUndefined()
  expect(modelOf('mistral', 'mistral-medium-2505')).toMatchObject({
    contextLength: 131_072,
    capabilities: { tools: true, image: true },
  })
  expect(modelOf('perplexity', 'anthropic/claude-opus-5')?.prices).toEqual({
    input: 5,
    output: 25,
    cachedInput: 0.5,
    cacheWrite: 6.25,
  })
  expect(modelOf('github-models', 'openai/gpt-4.1')).toMatchObject({
    owner: 'OpenAI',
    contextLength: 1_048_576,
    inputs: ['text', 'image'],
    capabilities: { tools: true, image: true },
  })
  expect(modelOf('github-copilot', 'claude-opus-4.7')).toMatchObject({
    owner: 'Anthropic',
    contextLength: 264_000,
    capabilities: { tools: true, structured: true, image: true },
  })
  expect(lists.filter(({ provider }) => provider === 'llamacpp').flatMap(read)[0]?.contextLength).toBe(4096)
  expect(modelOf('huggingface', 'zai-org/GLM-4.7')).toMatchObject({
    contextLength: 204_800,
    capabilities: { tools: true },
  })
})

const pulled = hasRecordings ? asidesOf('ollama-admin') : []

test.each(pulled.map((one) => [one.name, one] as const))(
  '%s: what was pulled, by the names to ask for',
  (_, one) => {
    const models = readOllama(one.body)
    expect(models.map(({ id }) => id)).toContain('qwen3:4b')
    expect(models.map(({ id }) => id)).toContain('all-minilm')
    expect(models[0]?.created?.getUTCFullYear()).toBe(2026)
  },
)
