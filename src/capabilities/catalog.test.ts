import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { liveOf, readCatalog } from './catalog.ts'

const backend = {
  provider: 'groq',
  status: 'live',
  context_length: 131_072,
  pricing: { input: 0.1, output: 0.4, cached_input: 0.05 },
  supports_tools: true,
  supports_structured_output: false,
  first_token_latency_ms: 120,
  throughput: 300,
  is_model_author: false,
}
const model = {
  id: 'org/model',
  object: 'model',
  created: 1_700_000_000,
  owned_by: 'org',
  architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
  providers: [backend],
}
const read = (...data: readonly unknown[]): ReturnType<typeof readCatalog> =>
  readCatalog({ object: 'list', data })
const backendOf = (row: object): unknown =>
  read({ ...model, providers: [row] })?.get('org/model')?.backends[0]

describe('a catalogue', () => {
  test('tells of its models and their backends', () => {
    expect(read(model)?.get('org/model')).toEqual({
      id: 'org/model',
      owner: 'org',
      created: 1_700_000_000_000,
      inputs: ['text', 'image'],
      outputs: ['text'],
      backends: [
        {
          name: 'groq',
          status: 'live',
          contextLength: 131_072,
          price: { input: 0.1, output: 0.4, cachedInput: 0.05 },
          tools: true,
          structured: false,
          latency: 120,
          throughput: 300,
        },
      ],
    })
  })

  test('leaves out what it does not tell', () => {
    expect(read({ id: 'a', providers: [{ provider: 'x' }] })?.get('a')).toEqual({
      id: 'a',
      backends: [{ name: 'x', status: 'live' }],
    })
  })

  test('is none where models name no backends, as any server lists them', () => {
    expect(read({ id: 'gpt', object: 'model' })).toBeUndefined()
    for (const body of [
      undefined,
      null,
      'text',
      [],
      {},
      { data: 'x' },
      { data: [] },
      { data: [null, 1, {}] },
    ])
      expect(readCatalog(body)).toBeUndefined()
  })

  test('keeps a model whose backends are all gone', () => {
    expect(read({ id: 'a', providers: [] })?.get('a')?.backends).toEqual([])
  })

  test('is read once for each body', () => {
    const body = { data: [model] }
    expect(readCatalog(body)).toBe(readCatalog(body))
    expect(readCatalog({ data: [model] })).not.toBe(readCatalog(body))
  })

  test('holds whatever a server says, and numbers and flags that are such', () => {
    const odd = fc.object({ maxDepth: 3 })
    const row = fc.record({ id: fc.string(), providers: fc.array(fc.oneof(odd, fc.constant(backend))) })
    fc.assert(
      fc.property(fc.array(fc.oneof(odd, row, fc.jsonValue())), (data) => {
        for (const { backends } of readCatalog({ data })?.values() ?? [])
          for (const { name, contextLength = 1, price, tools = true } of backends) {
            expect(typeof name).toBe('string')
            expect(contextLength).toBeGreaterThan(0)
            expect(price?.output ?? 0).toBeGreaterThanOrEqual(0)
            expect(typeof tools).toBe('boolean')
          }
      }),
    )
  })
})

describe('a backend', () => {
  test('that is free costs nothing', () => {
    expect(backendOf({ provider: 'x', is_free: true })).toMatchObject({ price: { input: 0, output: 0 } })
  })

  test.each([
    ['a price without both sides', { pricing: { input: 1 } }],
    ['a price that is text', { pricing: { input: '1', output: '2' } }],
    ['a negative price', { pricing: { input: -1, output: 2 } }],
    ['an empty context', { context_length: 0 }],
    ['a context in words', { context_length: '8k' }],
    ['flags that are none', { supports_tools: 'yes', supports_structured_output: null }],
    ['speeds that are none', { throughput: Number.NaN, first_token_latency_ms: -5 }],
  ])('has nothing of %s', (_name, row) => {
    expect(backendOf({ provider: 'x', ...row })).toEqual({ name: 'x', status: 'live' })
  })

  test('answers now where it is live', () => {
    const providers = ['live', 'staging', 'error'].map((status) => ({ provider: status, status }))
    const found = read({ ...model, providers })?.get('org/model')
    expect(found?.backends).toHaveLength(3)
    expect(found && liveOf(found).map(({ name }) => name)).toEqual(['live'])
  })
})
