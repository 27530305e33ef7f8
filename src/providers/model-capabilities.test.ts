import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ModelCapabilities, capabilities, chatHuggingFace, forgetLearned, t, tool } from 'natter'
import { json, loopback } from '../../test/loopback.ts'
import { behaviour, modelWith, willing } from '../../test/router/backends.ts'
import { type HuggingFace, startHuggingFace } from '../../test/router/hugging-face.ts'
import type { Model } from '../../test/router/model.ts'

const KEY = 'hf_bench'
let cache: string
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'natter-known-'))
  vi.stubEnv('NATTER_CACHE', cache)
})
afterEach(async () => {
  await forgetLearned()
  vi.unstubAllEnvs()
  rmSync(cache, { recursive: true, force: true })
})

async function start(...models: readonly Model[]): Promise<HuggingFace> {
  const hf = await startHuggingFace({ models })
  vi.stubEnv('HF_ENDPOINT', hf.hubUrl)
  return hf
}

const of = (hf: HuggingFace, model: string): Promise<ModelCapabilities> =>
  capabilities(model, { baseUrl: hf.url, apiKey: KEY })

test('tells what the catalogue, the chat template and the Hub say, each with its source and age', async () => {
  const before = Date.now()
  const blind = behaviour('no-vision')
  const deaf = behaviour('ignores-tools')
  const model = modelWith(blind, {
    id: 'known/all',
    backends: { groq: blind, novita: { ...deaf, lacks: ['tools', 'image'] } },
  })
  const hf = await start({ ...model, gated: 'auto' })
  const known = await of(hf, 'known/all')
  expect(known).toMatchObject({
    model: 'known/all',
    system: { value: 'role', source: 'template' },
    image: { value: false, source: 'catalogue' },
    contextLength: { value: 131_072, source: 'catalogue' },
    prices: { value: { input: 0.25, output: 0.5 }, source: 'catalogue' },
    gated: { value: 'auto', source: 'hub' },
    alternates: { value: false, source: 'template' },
    templateTools: { value: true, source: 'template' },
    callSyntax: { value: { open: '<tool_call>', close: '</tool_call>' }, source: 'template' },
    tools: { value: 'native', source: 'catalogue', backend: 'groq' },
    structured: { value: 'json-schema', source: 'catalogue', backend: 'groq' },
    missing: [],
  })
  expect(known.backends).toMatchObject([
    {
      name: 'groq',
      status: { value: 'live', source: 'catalogue' },
      prices: { value: { input: 0.5, output: 1 } },
      latency: { value: 200 },
      throughput: { value: 200 },
      tools: { value: 'native', why: 'the catalogue says that it takes tools' },
    },
    { name: 'novita', tools: { value: 'schema', why: 'the catalogue says that it takes no tools' } },
  ])
  for (const fact of [known.system, known.image, known.gated, known.backends[0]?.tools]) {
    expect(fact?.at.getTime()).toBeGreaterThanOrEqual(before)
    expect(fact).not.toHaveProperty('isStale')
  }
})

test.each([
  ['no-system-vllm', 'fold', 'template'],
  ['drops-system', 'fold', 'template'],
  ['willing', 'role', 'template'],
])('a model whose template is that of %s has its prompt as %s', async (name, value, source) => {
  const hf = await start(modelWith(behaviour(name), { id: `system/${name}` }))
  expect((await of(hf, `system/${name}`)).system).toMatchObject({ value, source })
})

test('a model without a template has its prompt folded to be safe, and says that there is none', async () => {
  const hf = await start(modelWith(willing, { id: 'bare/m', catalogue: 'unknown' }))
  const known = await of(hf, 'bare/m')
  expect(known.system).toMatchObject({ value: 'fold', source: 'hub' })
  expect(known.backends).toMatchObject([{ name: 'novita', status: { value: 'live' } }])
  for (const name of ['tools', 'structured', 'contextLength', 'prices'] as const) {
    expect(known).not.toHaveProperty(name)
    expect(known.backends[0]).not.toHaveProperty(name)
  }
  expect(known.missing).toMatchObject([{ source: 'template', reason: 'none' }])
})

test('what a refusal taught comes with its date, until it is forgotten', async () => {
  const refusing = behaviour('refuses-tools-vllm')
  const hf = await start(modelWith(refusing, { id: 'learn/m', catalogue: 'wrong' }))
  expect((await of(hf, 'learn/m')).tools).toMatchObject({ value: 'native', source: 'catalogue' })
  const add = tool({
    name: 'get_weather',
    description: 'Tells the weather.',
    input: t.object({ city: t.string() }),
    run: () => 'sunny',
  })
  const chat = chatHuggingFace({
    baseUrl: hf.url,
    apiKey: KEY,
    model: 'learn/m',
    tools: [add],
    adjust: 'silent',
  })
  const before = Date.now()
  await chat.chat('What is the weather in Paris?')
  const known = await of(hf, 'learn/m')
  expect(known.tools).toMatchObject({ value: 'schema', source: 'learned', backend: 'novita' })
  expect(known.tools?.at.getTime()).toBeGreaterThanOrEqual(before)
  expect(known.backends[0]?.tools?.why).toBe('refused or ignored: native')
  expect(await forgetLearned('other/m')).toBe(0)
  expect(await forgetLearned('learn/m')).toBe(1)
  expect((await of(hf, 'learn/m')).tools).toMatchObject({ value: 'native', source: 'catalogue' })
})

test('parameters that were refused, renamed or limited are listed one by one', async () => {
  const limiting = behaviour('limits-max-tokens')
  const hf = await start(modelWith(limiting, { id: 'params/m', catalogue: 'wrong' }))
  const options = { baseUrl: hf.url, apiKey: KEY, model: 'params/m', adjust: 'silent' } as const
  await chatHuggingFace({ ...options, params: { maxTokens: 1_000_000 } }).chat('hi')
  const { backends, parameters } = await of(hf, 'params/m')
  const all = [...(parameters ?? []), ...backends.flatMap((backend) => backend.parameters ?? [])]
  expect(all).toMatchObject([
    {
      source: 'learned',
      value: { name: 'maxTokens', is: 'limited', to: expect.stringMatching(/^at most \d+$/) as string },
    },
  ])
})

test('a backend in the name is the only one that is told of', async () => {
  const hf = await start(modelWith(willing, { id: 'two/m', backends: { groq: willing, novita: willing } }))
  expect((await of(hf, 'two/m:novita')).backends.map(({ name }) => name)).toEqual(['novita'])
  const known = await of(hf, 'two/m:together')
  expect(known.backends).toEqual([])
  expect(known.missing).toEqual([
    {
      source: 'catalogue',
      reason: 'not-listed',
      message: 'The catalogue lists two/m not at together, but at groq, novita.',
    },
  ])
})

test('a mistyped id is told what it may have meant', async () => {
  const hf = await start(modelWith(willing, { id: 'meta-llama/Llama-3.1-8B-Instruct' }))
  const known = await of(hf, 'meta-llama/Llama-3.1-8B-Instuct')
  expect(known).toMatchObject({ backends: [] })
  expect(known.missing).toMatchObject([
    {
      source: 'catalogue',
      reason: 'not-listed',
      message: expect.stringMatching(/Did you mean meta-llama\/Llama-3\.1-8B-Instruct\?$/) as string,
    },
    { source: 'hub', reason: 'not-found' },
  ])
})

test('a template that is for some only is said to be', async () => {
  const model = modelWith(willing, { id: 'gated/m' })
  const hf = await start({ ...model, gated: 'manual', templatePlace: 'file' })
  const known = await of(hf, 'gated/m')
  expect(known.gated).toMatchObject({ value: 'manual', source: 'hub' })
  expect(known).not.toHaveProperty('system')
  expect(known.missing).toMatchObject([
    { source: 'template', reason: 'gated', message: expect.stringContaining('https://') as string },
  ])
})

test('a catalogue that is too old is used where there is no newer one, and says so', async () => {
  const server = await loopback((reply) =>
    json(reply, 200, { data: [{ id: 'old/m', providers: [{ provider: 'groq', supports_tools: true }] }] }),
  )
  await capabilities('old/m', { baseUrl: server.url })
  await vi.waitFor(() => expect(readdirSync(cache).join()).toContain('catalog'))
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 60 * 60_000 })
  try {
    const fetch = (): Promise<Response> => Promise.reject(new Error('no network'))
    const known = await capabilities('old/m', { baseUrl: server.url, fetch })
    expect(known.tools).toMatchObject({ value: 'native', isStale: true })
    expect(known.backends[0]?.status).toMatchObject({ value: 'live', isStale: true })
  } finally {
    vi.useRealTimers()
  }
})

test('without a network all but what was learned is absent, and it says what could not be had', async () => {
  const baseUrl = 'http://127.0.0.1:9/v1'
  expect(await capabilities('far/m', { baseUrl })).toEqual({
    model: 'far/m',
    backends: [],
    missing: [
      { source: 'catalogue', reason: 'unreachable', message: `No catalogue could be had from ${baseUrl}.` },
      { source: 'hub', reason: 'unreachable', message: 'The Hub could not be asked about far/m.' },
    ],
  })
})

test('what earlier processes have learned is known without a network', async () => {
  const lessons = {
    'http://127.0.0.1:9/v1 far/m:groq': {
      at: Date.now(),
      capabilities: { system: 'fold', schemaRefused: ['json-schema'], toolChoice: 'auto', omit: ['store'] },
    },
  }
  writeFileSync(join(cache, 'learned.json'), JSON.stringify({ at: Date.now(), value: lessons }))
  vi.resetModules()
  const fresh = await import('./model-capabilities.ts')
  const { backends } = await fresh.capabilities('far/m', { baseUrl: 'http://127.0.0.1:9/v1' })
  expect(backends).toMatchObject([
    {
      name: 'groq',
      system: { value: 'fold', source: 'learned' },
      structured: { value: 'value', source: 'learned', why: 'refused or ignored: json-schema' },
      toolChoice: { value: 'auto', source: 'learned' },
      parameters: [{ value: { name: 'store', is: 'refused' }, source: 'learned' }],
    },
  ])
})

test('refuses a model that is none', async () => {
  await expect(capabilities(' ')).rejects.toThrow('model must be a non-empty string')
  await expect(forgetLearned(1 as unknown as string)).rejects.toThrow(TypeError)
})
