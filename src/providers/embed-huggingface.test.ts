import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Asked, type Loopback, type Script, json, loopback, refusalOf } from '../../test/loopback.ts'
import { hasRecordings } from '../../test/recordings/recordings.ts'
import { type EmbedOptions, embedHuggingFace } from './embed-huggingface.ts'

const KEY = 'hf_averysecretkey'

afterEach(() => vi.unstubAllEnvs())

/** The texts of a request. */
const textsOf = ({ body }: Asked): readonly string[] => (body['inputs'] ?? body['input']) as readonly string[]

/** Two numbers that tell which text it was. */
const vectorOf = (text: string): readonly number[] => [Number(text), 1]

const extracting: Script = (reply, asked) => json(reply, 200, textsOf(asked).map(vectorOf))

/** A server in place of the router. */
const routed = (server: Loopback, more: EmbedOptions = {}): EmbedOptions => ({
  baseUrl: server.url,
  provider: 'hf-inference',
  apiKey: KEY,
  ...more,
})

const numbersFrom = (length: number): readonly string[] => Array.from({ length }, (_, at) => String(at))

describe('embedHuggingFace', () => {
  test('asks for features of the model at the router, with the key and who pays', async () => {
    const server = await loopback(extracting)
    const vectors = await embedHuggingFace(
      ['3', '4'],
      routed(server, { normalize: false, truncate: true, promptName: 'query', billTo: 'acme' }),
    )
    expect(vectors).toEqual([new Float32Array([3, 1]), new Float32Array([4, 1])])
    const [{ path, headers, body } = {} as Asked] = server.asked
    expect(path).toBe('/hf-inference/models/BAAI/bge-m3/pipeline/feature-extraction')
    expect(headers).toMatchObject({ authorization: `Bearer ${KEY}`, 'x-hf-bill-to': 'acme' })
    expect(body).toEqual({ inputs: ['3', '4'], normalize: false, truncate: true, prompt_name: 'query' })
  })

  test('goes to the router of Hugging Face where no address is given', async () => {
    const urls: string[] = []
    const fetch: typeof globalThis.fetch = (url) => {
      urls.push(String(url))
      return Promise.resolve(Response.json([[1, 2]]))
    }
    await embedHuggingFace('a', { model: 'org/with space', apiKey: KEY, fetch })
    expect(urls).toEqual([
      'https://router.huggingface.co/hf-inference/models/org/with%20space/pipeline/feature-extraction',
    ])
  })

  test('keeps the order of many texts, with no more requests at a time than allowed', async () => {
    let running = 0
    let most = 0
    const server = await loopback(async (reply, asked, n) => {
      most = Math.max(most, ++running)
      // The first ones take longest.
      await delay(40 - 4 * n)
      running--
      extracting(reply, asked, n)
    })
    const vectors = await embedHuggingFace(numbersFrom(50), routed(server, { batchSize: 7, concurrency: 3 }))
    expect(vectors.map(([first]) => String(first))).toEqual(numbersFrom(50))
    expect(server.asked.map((asked) => textsOf(asked).length).toSorted()).toEqual([1, 7, 7, 7, 7, 7, 7, 7])
    expect(most).toBe(3)
  })

  test('gives nothing for no texts, without asking', async () => {
    const server = await loopback(extracting)
    expect(await embedHuggingFace([], routed(server))).toEqual([])
    expect(server.asked).toEqual([])
  })

  test('makes vectors of length 1 on request, also where the server does not', async () => {
    const server = await loopback((reply) =>
      json(reply, 200, [
        [3, 4],
        [0, 0],
        [-5, 0],
      ]),
    )
    const vectors = await embedHuggingFace(['a', 'b', 'c'], routed(server, { normalize: true }))
    expect(vectors[0]?.[0]).toBeCloseTo(0.6)
    expect(vectors.slice(1)).toEqual([new Float32Array([0, 0]), new Float32Array([-1, 0])])
    expect(server.asked[0]?.body).toMatchObject({ normalize: true })
  })

  test('asks an Endpoint at its root, and one that ends in /v1 as OpenAI would', async () => {
    const server = await loopback((reply, asked) => {
      const rows = textsOf(asked).map((text, index) => ({ index, embedding: vectorOf(text) }))
      json(
        reply,
        200,
        asked.path === '/' ? rows.map(({ embedding }) => embedding) : { data: rows.toReversed() },
      )
    })
    const all = { apiKey: KEY, model: 'org/model' }
    const root = await embedHuggingFace(['1', '2'], { ...all, baseUrl: server.origin })
    const openai = await embedHuggingFace(['1', '2'], { ...all, baseUrl: server.url, dimensions: 2 })
    expect(openai).toEqual(root)
    expect(server.asked.map(({ path, body }) => [path, body])).toEqual([
      ['/', { inputs: ['1', '2'] }],
      ['/v1/embeddings', { input: ['1', '2'], model: 'org/model', dimensions: 2 }],
    ])
  })

  test('asks another backend by its own name of the model, learned from the Hub without the key', async () => {
    const server = await loopback((reply, asked) =>
      asked.path.startsWith('/api/')
        ? json(reply, 200, {
            inferenceProviderMapping: {
              scaleway: { status: 'live', providerId: 'bge-gemma2', task: 'feature-extraction' },
              together: { status: 'live', providerId: 'chatty', task: 'conversational' },
            },
          })
        : json(reply, 200, { data: [{ index: 0, embedding: [1, 2] }] }),
    )
    vi.stubEnv('HF_ENDPOINT', server.origin)
    const options = routed(server, { provider: 'scaleway', model: 'org/gemma2' })
    await embedHuggingFace('a', options)
    await embedHuggingFace('a', { ...options, provider: 'scaleway', model: 'org/gemma2:scaleway' })
    expect(server.asked.map(({ path, headers, body }) => [path, headers.authorization, body.model])).toEqual([
      ['/api/models/org/gemma2?expand[]=inferenceProviderMapping', undefined, undefined],
      ['/scaleway/v1/embeddings', `Bearer ${KEY}`, 'bge-gemma2'],
      ['/scaleway/v1/embeddings', `Bearer ${KEY}`, 'bge-gemma2'],
    ])
    const refusal = await refusalOf(embedHuggingFace('a', { ...options, provider: 'together' }))
    expect(refusal).toMatchObject({ code: 'model-not-supported' })
    expect(refusal.message).toContain('These do: scaleway.')
  })

  test("asks another backend by the Hub's name where the Hub cannot be asked", async () => {
    const server = await loopback((reply, asked) =>
      asked.path.startsWith('/api/')
        ? json(reply, 503, {})
        : json(reply, 200, { data: [{ embedding: [1] }] }),
    )
    vi.stubEnv('HF_ENDPOINT', server.origin)
    await embedHuggingFace('a', routed(server, { provider: 'together', model: 'org/unmapped' }))
    expect(server.asked.at(-1)?.body.model).toBe('org/unmapped')
  })

  test.each([
    ['an empty text', ['a', ''], {}, /texts\[1\] is empty/],
    ['what is no text', ['a', 5 as unknown as string], {}, /texts\[1\] must be a string: got number/],
    ['what is no list', {} as unknown as string, {}, /texts must be a string or a list/],
    ['no batch', 'a', { batchSize: 0 }, /batchSize must be a whole number, 1 or more/],
    ['half a request', 'a', { concurrency: 0.5 }, /concurrency must be/],
    ['half a retry', 'a', { retries: 0.5 }, /retries must be/],
    ['a negative wait', 'a', { coldStart: -1 }, /coldStart must be milliseconds/],
    ['a negative limit', 'a', { timeout: { idle: -1 } }, /timeout.idle must be milliseconds/],
    ['two backends', 'a', { model: 'org/m:together', provider: 'scaleway' }, /name one backend/],
    ['a rule of routing', 'a', { model: 'org/m:fastest' }, /not routed by fastest/],
    [
      'an address without a scheme',
      'a',
      { baseUrl: 'localhost:80' },
      /baseUrl must be an http: or https: URL/,
    ],
    [
      'a prompt that OpenAI has none of',
      'a',
      { baseUrl: 'http://x/v1', promptName: 'q' },
      /promptName is for feature/,
    ],
  ] as const)('refuses %s before it asks', async (_, texts, options, message) => {
    const error: unknown = await embedHuggingFace(texts, { apiKey: KEY, ...options }).catch(
      (caught) => caught,
    )
    expect(error).toSatisfy((caught) => caught instanceof TypeError || caught instanceof RangeError)
    expect((error as Error).message).toMatch(message)
  })
})

describe.skipIf(!hasRecordings)('embeddings on real wires (needs ../shared/recordings)', () => {
  interface Interaction {
    readonly request: { readonly body?: { readonly input?: unknown; readonly inputs?: unknown } }
    readonly response: { readonly status: number; readonly body: unknown }
  }
  const RECORDINGS = fileURLToPath(new URL('../../../shared/recordings/data/', import.meta.url))
  const recorded = (name: string): readonly Interaction[] =>
    (JSON.parse(readFileSync(`${RECORDINGS}${name}.json`, 'utf8')) as { interactions: Interaction[] })
      .interactions

  const replayed = async (name: string, at = 0): Promise<Float32Array[]> => {
    const { request, response } = recorded(name)[at]!
    const server = await loopback((reply) => json(reply, response.status, response.body))
    const sent = request.body?.input ?? request.body?.inputs ?? ['a']
    const texts = typeof sent === 'string' ? sent : (sent as readonly string[])
    return embedHuggingFace(texts, { apiKey: KEY, baseUrl: server.origin, coldStart: 0, retries: 0 })
  }

  test.each([
    ['huggingface/0a84cc13ec80-inferenceapitest-test-inference-overriding-task', 1, 1, -0.341],
    ['huggingface/7a0bd12d5e5c-tape-sambanova', 0, 1, 0.0026],
    ['llamacpp/4d41837dabb5-embeddings-smoke', 0, 3, 0.0067],
    ['venice/84374d707757-raw-route-parity', 0, 3, -0.0213],
    ['voyage/d98dcc1039e6-testvoyageai-test-query', 0, 1, -0.004],
  ])('%s is read', async (name, at, count, first) => {
    const vectors = await replayed(name, at)
    expect(vectors).toHaveLength(count)
    expect(vectors[0]?.[0]).toBeCloseTo(first, 3)
  })

  test('base64 of bytes is not taken for floats', async () => {
    const name =
      'perplexity/400b958dda6a-embedding-perplexity-int8-embeddings-perplexity-pplx-embed-v1-0-6b-dec'
    const refusal = await refusalOf(replayed(name))
    expect(refusal).toMatchObject({ code: 'bad-reply' })
    expect(refusal.message).toContain('another number format')
  })

  test('a model that is loading says so when nobody waits for it', async () => {
    const refusal = await refusalOf(replayed('huggingface/d79f4cfc2f3c-tape-hf-inference'))
    expect(refusal).toMatchObject({ code: 'overloaded', status: 503, body: { estimated_time: 20 } })
  })
})
