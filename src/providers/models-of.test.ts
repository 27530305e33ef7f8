import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ChatError, modelsHuggingFace } from 'natter'
import { json, loopback, refusalOf } from '../../test/loopback.ts'
import { behaviour, modelWith, willing } from '../../test/router/backends.ts'
import { startHuggingFace } from '../../test/router/hugging-face.ts'

const deaf = behaviour('ignores-tools')
const blind = behaviour('no-vision')
const MODELS = [
  modelWith(willing, { id: 'org/able', backends: { groq: willing, novita: deaf } }),
  modelWith(deaf, { id: 'org/deaf' }),
  modelWith(blind, { id: 'org/blind', backends: { together: blind } }),
  modelWith(willing, { id: 'org/unknown', catalogue: 'unknown' }),
]

let cache: string
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'natter-models-'))
  vi.stubEnv('NATTER_CACHE', cache)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(cache, { recursive: true })
})

const ids = async (options: Parameters<typeof modelsHuggingFace>[0]): Promise<readonly string[]> =>
  (await modelsHuggingFace(options)).map(({ id }) => id)

test('lists all models of the router in its order, and sends no key for it', async () => {
  vi.stubEnv('HF_TOKEN', 'hf_averysecretkey')
  const hf = await startHuggingFace({ models: MODELS })
  const models = await modelsHuggingFace({ baseUrl: hf.url })
  expect(models.map(({ id }) => id)).toEqual(MODELS.map(({ id }) => id))
  expect(models[0]).toMatchObject({
    owner: 'org',
    contextLength: 131_072,
    prices: { input: 0.25, output: 0.5 },
    capabilities: { tools: true, structured: true, image: true },
  })
  expect(models[0]?.backends?.map(({ name, tools }) => [name, tools])).toEqual([
    ['groq', true],
    ['novita', false],
  ])
  expect(models[3]).toMatchObject({ id: 'org/unknown', capabilities: {} })
  expect(hf.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

test('lists only models of which one live backend has all that is wished for', async () => {
  const { url: baseUrl } = await startHuggingFace({ models: MODELS })
  expect(await ids({ baseUrl, tools: true })).toEqual(['org/able', 'org/blind'])
  expect(await ids({ baseUrl, tools: true, image: true })).toEqual(['org/able'])
  expect(await ids({ baseUrl, structured: true })).toEqual(['org/able', 'org/deaf', 'org/blind'])
  expect(await ids({ baseUrl, maxPrice: 0.5 })).toEqual(['org/able'])
  expect(await ids({ baseUrl, maxPrice: 0.5, tools: true })).toEqual([])
  expect(await ids({ baseUrl, minContext: 131_072 })).toEqual(['org/able', 'org/deaf', 'org/blind'])
  expect(await ids({ baseUrl, minContext: 131_073 })).toEqual([])
  expect(await ids({ baseUrl, provider: 'together' })).toEqual(['org/blind'])
  expect(await ids({ baseUrl, tools: false })).toHaveLength(4)
})

test('asks once, and uses a list that is too old where no newer one can be had, saying so', async () => {
  let isUp = true
  const server = await loopback((reply) =>
    isUp
      ? json(reply, 200, { data: [{ id: 'org/m', providers: [{ provider: 'groq' }] }] })
      : json(reply, 503, {}),
  )
  expect(await modelsHuggingFace({ baseUrl: server.url })).toEqual([
    { id: 'org/m', capabilities: {}, backends: [{ name: 'groq', status: 'live' }] },
  ])
  await modelsHuggingFace({ baseUrl: server.url })
  expect(server.asked).toHaveLength(1)
  await vi.waitFor(() => expect(readdirSync(cache)).toHaveLength(1))
  const file = join(cache, readdirSync(cache)[0] ?? '')
  const kept = JSON.parse(readFileSync(file, 'utf8')) as object
  writeFileSync(file, JSON.stringify({ ...kept, at: Date.now() - 2 * 60 * 60_000 }))
  isUp = false
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * 60_000 })
  try {
    expect(await modelsHuggingFace({ baseUrl: server.url })).toMatchObject([{ id: 'org/m', isStale: true }])
  } finally {
    vi.useRealTimers()
  }
})

test('without any list says where none could be had', async () => {
  const refusal = await refusalOf(modelsHuggingFace({ baseUrl: 'http://127.0.0.1:9' }))
  expect(refusal).toBeInstanceOf(ChatError)
  expect(refusal.code).toBe('connection')
  expect(refusal.message).toContain('Could not reach Hugging Face at http://127.0.0.1:9')
  const odd = await loopback((reply) => json(reply, 200, { hello: 'world' }))
  await expect(modelsHuggingFace({ baseUrl: odd.url })).rejects.toMatchObject({ code: 'bad-reply' })
})

test('sends a key that was passed only where the list is not public', async () => {
  const server = await loopback((reply, { headers }) =>
    headers.authorization === 'Bearer hf_mine'
      ? json(reply, 200, { data: [{ id: 'org/m', providers: [] }] })
      : json(reply, 401, { error: 'Invalid username or password.' }),
  )
  expect(await ids({ baseUrl: server.url, apiKey: 'hf_mine' })).toEqual(['org/m'])
  await expect(modelsHuggingFace({ baseUrl: server.url })).rejects.toMatchObject({
    code: 'unauthorized',
  })
})

test('lists what a server of one’s own has, of which nothing satisfies a wish', async () => {
  const server = await loopback((reply) =>
    json(reply, 200, { data: [{ id: 'mine.gguf', created: 1_766_389_552, owned_by: 'llamacpp' }, {}] }),
  )
  expect(await modelsHuggingFace({ baseUrl: server.url })).toEqual([
    { id: 'mine.gguf', created: new Date(1_766_389_552_000), owner: 'llamacpp', capabilities: {} },
  ])
  expect(await modelsHuggingFace({ baseUrl: server.url, tools: true })).toEqual([])
})

test('refuses wishes of the wrong type or value', async () => {
  const wrong = (options: object): Promise<unknown> => modelsHuggingFace(options)
  await expect(wrong({ tools: 'yes' })).rejects.toThrow('tools must be true or false: it is "yes"')
  await expect(wrong({ minContext: -1 })).rejects.toThrow('minContext must be 0 or more')
  await expect(wrong({ maxPrice: NaN })).rejects.toThrow(RangeError)
  await expect(wrong({ provider: '' })).rejects.toThrow('provider must be the name of a backend')
  await expect(wrong({ baseUrl: 'router' })).rejects.toThrow('baseUrl must be an http: or https: URL')
})
