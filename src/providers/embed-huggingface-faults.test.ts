import { describe, expect, test } from 'vitest'
import { type Asked, type Loopback, type Script, json, loopback, refusalOf } from '../../test/loopback.ts'
import { type EmbedOptions, embedHuggingFace } from './embed-huggingface.ts'

const KEY = 'hf_averysecretkey'
const LOADING = { error: 'Model BAAI/bge-m3 is currently loading', estimated_time: 0.02 }

const textsOf = ({ body }: Asked): readonly string[] => body['inputs'] as readonly string[]
const willing: Script = (reply, asked) =>
  json(
    reply,
    200,
    textsOf(asked).map((text) => [Number(text), 1]),
  )

/** At first these statuses and bodies, then willing. */
const after =
  (...failures: readonly (readonly [number, unknown])[]): Script =>
  (reply, asked, n) => {
    const failure = failures[n]
    return failure ? json(reply, failure[0], failure[1]) : willing(reply, asked, n)
  }

const own = (server: Loopback, more: EmbedOptions = {}): EmbedOptions => ({
  baseUrl: server.origin,
  apiKey: KEY,
  ...more,
})
const routed = (server: Loopback, more: EmbedOptions = {}): EmbedOptions =>
  own(server, { provider: 'hf-inference', ...more })

describe('a cold start', () => {
  test('of a model is waited out, as long as the answer says', async () => {
    const server = await loopback(after([503, LOADING], [503, LOADING], [503, LOADING]))
    const waits: number[] = []
    const options = routed(server, { retries: 0, onColdStart: (waited) => waits.push(waited) })
    expect(await embedHuggingFace('1', options)).toEqual([new Float32Array([1, 1])])
    expect(server.asked).toHaveLength(4)
    expect(waits).toHaveLength(3)
    expect(waits[2]).toBeGreaterThanOrEqual(38)
  })

  test('of an Endpoint is waited out, whatever its proxy says', async () => {
    const server = await loopback(after([503, 'Service Temporarily Unavailable']))
    expect(await embedHuggingFace('1', own(server, { retries: 0 }))).toHaveLength(1)
  })

  test('ends after the time that is allowed', async () => {
    const server = await loopback((reply) => json(reply, 503, LOADING))
    const refusal = await refusalOf(embedHuggingFace('1', routed(server, { retries: 0, coldStart: 100 })))
    expect(refusal).toMatchObject({ code: 'overloaded', status: 503 })
    expect(server.asked.length).toBeGreaterThan(2)
  })

  test('is no such thing where a backend is merely busy', async () => {
    const server = await loopback((reply) => json(reply, 503, { error: 'no healthy upstream' }))
    await refusalOf(embedHuggingFace('1', routed(server, { retries: 0 })))
    expect(server.asked).toHaveLength(1)
  })

  test('ends when the caller aborts, at once', async () => {
    const server = await loopback((reply) => json(reply, 503, { ...LOADING, estimated_time: 60 }))
    const stop = new AbortController()
    const started = performance.now()
    const embedding = refusalOf(embedHuggingFace('1', routed(server, { retries: 0, signal: stop.signal })))
    await server.arrival()
    setTimeout(() => stop.abort(), 30)
    expect(await embedding).toMatchObject({ code: 'aborted' })
    expect(performance.now() - started).toBeLessThan(5000)
    expect(server.asked).toHaveLength(1)
  })
})

describe('a failure', () => {
  test('that may pass is tried again, as a chat does', async () => {
    const server = await loopback(after([429, { error: 'slow' }], [502, 'bad gateway']))
    expect(await embedHuggingFace('1', routed(server))).toHaveLength(1)
    expect(server.asked).toHaveLength(3)
  })

  test('that stays says what to do, and never shows the key', async () => {
    const server = await loopback((reply) => json(reply, 401, { error: `Invalid token ${KEY}` }))
    const refusal = await refusalOf(embedHuggingFace('1', routed(server)))
    expect(refusal).toMatchObject({ code: 'unauthorized', status: 401 })
    expect(refusal.message).toContain('settings/tokens')
    expect(JSON.stringify(refusal) + refusal.message).not.toContain(KEY)
  })

  test('about the model names the page of those that are served', async () => {
    const server = await loopback((reply) =>
      json(reply, 400, { error: 'Model not supported by provider hf-inference' }),
    )
    const refusal = await refusalOf(embedHuggingFace('1', routed(server, { model: 'org/chatty' })))
    expect(refusal).toMatchObject({ code: 'model-not-supported' })
    expect(refusal.message).toContain('pipeline_tag=feature-extraction')
  })

  test('for a text that is too long says that it can be cut', async () => {
    const error = 'Input validation error: `inputs` must have less than 512 tokens. Given: 600'
    const server = await loopback((reply) => json(reply, 413, { error, error_type: 'Validation' }))
    const refusal = await refusalOf(embedHuggingFace(['1', '2'], own(server)))
    expect(refusal.message).toContain('truncate: true')
    expect(server.asked).toHaveLength(1)
  })

  test('of one batch ends the others', async () => {
    const server = await loopback((reply, asked) =>
      textsOf(asked)[0] === '0' ? json(reply, 400, { error: 'no' }) : undefined,
    )
    const refusal = await refusalOf(
      embedHuggingFace(['0', '1', '2', '3'], routed(server, { batchSize: 1, concurrency: 3 })),
    )
    expect(refusal).toMatchObject({ code: 'bad-request' })
    await Promise.all(server.asked.slice(1).map(({ closed }) => closed))
    expect(server.asked.length).toBeLessThanOrEqual(3)
  })

  test('for too many texts at once is mended by smaller batches, and remembered', async () => {
    const server = await loopback((reply, asked, n) => {
      const { length } = textsOf(asked)
      const error = `batch size ${length} > maximum allowed batch size 4`
      return length > 4 ? json(reply, 413, { error, error_type: 'Validation' }) : willing(reply, asked, n)
    })
    const texts = Array.from({ length: 20 }, (_, at) => String(at))
    const vectors = await embedHuggingFace(texts, own(server, { batchSize: 10, concurrency: 1 }))
    expect(vectors.map(([first]) => String(first))).toEqual(texts)
    expect(server.asked.map((asked) => textsOf(asked).length)).toEqual([10, 4, 4, 2, 4, 4, 2])
  })

  test('for too large a body without a word on batches halves them', async () => {
    const server = await loopback((reply, asked, n) =>
      textsOf(asked).length > 3
        ? json(reply, 413, '<html><h1>Payload Too Large</h1></html>')
        : willing(reply, asked, n),
    )
    expect(await embedHuggingFace(['1', '2', '3', '4', '5'], own(server))).toHaveLength(5)
  })
})

describe('a reply', () => {
  const replies = async (
    body: unknown,
    texts = ['1', '2'],
    more: EmbedOptions = {},
  ): Promise<Float32Array[]> => {
    const server = await loopback((reply) => json(reply, 200, body))
    return embedHuggingFace(texts, routed(server, more))
  }

  test.each([
    ['too few', [[1, 2]], /1 embeddings for 2 texts/],
    ['too many', [[1], [2], [3]], /3 embeddings for 2 texts/],
    ['different lengths', [[1, 2], [1]], /of 2 and of 1 dimensions/],
    ['none', {}, /no list of embeddings/],
    [
      'a number that is none',
      [
        [1, null],
        [1, 2],
      ],
      /holds null/,
    ],
    ['no numbers', [[], []], /without numbers/],
    ['words', [['a'], ['b']], /holds "a"/],
    ['text that is no base64', ['!', '?'], /text where numbers should be/],
    ['infinity', '[[1e999, 1], [1, 2]]', /another number format, or damaged/],
    [
      'a place twice',
      [
        { index: 0, embedding: [1] },
        { index: 0, embedding: [2] },
      ],
      /places/,
    ],
    [
      'a place beyond',
      [
        { index: 0, embedding: [1] },
        { index: 2, embedding: [2] },
      ],
      /places/,
    ],
    ['a page', '<html><title>Sign in</title></html>', /no embedding: an HTML page titled "Sign in"/],
    ['an empty body', '', /no embedding: nothing/],
  ])('with %s is no answer', async (_, body, message) => {
    const refusal = await refusalOf(replies(body))
    expect(refusal).toMatchObject({ code: 'bad-reply' })
    expect(refusal.message).toMatch(message)
  })

  test('of a server that ignores dimensions says so', async () => {
    const refusal = await refusalOf(
      replies(
        [
          [1, 2, 3],
          [1, 2, 3],
        ],
        ['1', '2'],
        { dimensions: 2 },
      ),
    )
    expect(refusal.message).toContain('3 dimensions instead of 2: leave dimensions out')
  })

  test('that holds an error is one', async () => {
    const refusal = await refusalOf(replies({ error: 'out of credits' }))
    expect(refusal).toMatchObject({ code: 'credits' })
  })

  test('of one vector for each token asks how to pool them', async () => {
    const tokens = [
      [
        [1, 10],
        [3, 20],
      ],
      [
        [5, 6],
        [7, 8],
        [9, 10],
      ],
    ]
    const refusal = await refusalOf(replies(tokens))
    expect(refusal).toMatchObject({ code: 'bad-reply' })
    expect(refusal.message).toMatch(/a vector for each of 2 tokens.*pass pooling, 'mean'/)
    expect(await replies(tokens, ['1', '2'], { pooling: 'mean' })).toEqual([
      new Float32Array([2, 15]),
      new Float32Array([7, 8]),
    ])
    expect(await replies(tokens, ['1', '2'], { pooling: 'cls' })).toEqual([
      new Float32Array([1, 10]),
      new Float32Array([5, 6]),
    ])
    // transformers' own pipeline wraps each text once more, and leaves the list out for a single one.
    expect(
      await replies(
        tokens.map((text) => [text]),
        ['1', '2'],
        { pooling: 'cls' },
      ),
    ).toHaveLength(2)
    expect(await replies(tokens[1], ['1'], { pooling: 'mean' })).toEqual([new Float32Array([7, 8])])
  })

  test.each([
    ['a bare vector for one text', [1, 2]],
    ['a list of one', [[1, 2]]],
    ['a list in a list', [[[1, 2]]]],
    ['members named embeddings', { embeddings: [[1, 2]] }],
    ['llama-server without pooling', [{ index: 0, embedding: [[1, 2]] }]],
    [
      'base64',
      { data: [{ index: 0, embedding: Buffer.from(new Float32Array([1, 2]).buffer).toString('base64') }] },
    ],
  ])('in the form of %s is read', async (_, body) => {
    expect(await replies(body, ['1'])).toEqual([new Float32Array([1, 2])])
  })
})
