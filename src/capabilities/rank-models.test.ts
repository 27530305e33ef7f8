import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Backend, Catalog, CatalogModel } from './catalog.ts'
import { cheapest, nearest, seeing, successorOf } from './rank.ts'

const backend = (more: Partial<Backend> = {}): Backend => ({ name: 'x', status: 'live', ...more })
const priced = (output: number): Backend => backend({ price: { input: 0, output } })
const catalog = (...models: readonly CatalogModel[]): Catalog =>
  new Map(models.map((model) => [model.id, model]))
const ids = (models: readonly CatalogModel[]): readonly string[] => models.map(({ id }) => id)

describe('models that see', () => {
  test('are the live ones that read images, well served and cheap first', () => {
    const inputs = ['text', 'image']
    const all = catalog(
      { id: 'blind', inputs: ['text'], backends: [priced(0)] },
      { id: 'untold', backends: [priced(0)] },
      { id: 'gone', inputs, backends: [backend({ status: 'error' })] },
      { id: 'dear', inputs, backends: [priced(9)] },
      { id: 'cheap', inputs, backends: [priced(1)] },
      { id: 'free of price', inputs, backends: [backend()] },
      { id: 'well served', inputs, backends: [priced(20), priced(30)] },
    )
    expect(ids(seeing(all))).toEqual(['well served', 'cheap', 'dear', 'free of price'])
  })
})

describe('the cheapest backend', () => {
  test('is a live one, and unknown where no price is', () => {
    const gone = backend({ status: 'error', price: { input: 0, output: 0 } })
    expect(cheapest({ id: 'm', backends: [priced(3), gone, priced(2)] })).toBe(2)
    expect(cheapest({ id: 'm', backends: [backend()] })).toBeUndefined()
  })
})

describe('a successor', () => {
  const able = backend({ tools: true, structured: true })
  const all = catalog(
    { id: 'meta/Llama-3.1-8B-Instruct', backends: [] },
    { id: 'meta/Llama-3.3-8B-Instruct', backends: [able, able] },
    { id: 'meta/Llama-3.3-70B-Instruct', backends: [able, able] },
    { id: 'other/Qwen3-8B', backends: [able, able, able] },
    { id: 'meta/Llama-Image', outputs: ['image'], backends: [able, able] },
    { id: 'meta/Llama-3.2-8B-Instruct', backends: [backend({ status: 'error' })] },
  )

  test('is of the same family and size, and served', () => {
    expect(successorOf('meta/Llama-3.1-8B-Instruct', all, { tools: false, schema: false })).toBe(
      'meta/Llama-3.3-8B-Instruct',
    )
  })

  test('is able to do what is needed', () => {
    const two = catalog(
      { id: 'a/m-1', backends: [] },
      { id: 'a/m-2', backends: [backend({ tools: false })] },
      { id: 'a/m-3', backends: [able] },
    )
    expect(successorOf('a/m-1', two, { tools: true, schema: false })).toBe('a/m-3')
  })

  test('is not the model itself, and is none in an empty catalogue', () => {
    const only = catalog({ id: 'a/m', backends: [able] })
    expect(successorOf('a/m', only, { tools: false, schema: false })).toBeUndefined()
    expect(successorOf('a/m', new Map(), { tools: false, schema: false })).toBeUndefined()
  })
})

describe('a mistyped id', () => {
  const known = [
    'meta-llama/Llama-3.3-70B-Instruct',
    'Qwen/Qwen3-8B',
    'Qwen/Qwen3-32B',
    'google/gemma-3-27b-it',
  ]

  test.each([
    ['meta-llama/Llama-3.3-70B-Instrct', 'meta-llama/Llama-3.3-70B-Instruct'],
    ['qwen/qwen3-8b', 'Qwen/Qwen3-8B'],
    ['Qwen3-8B', 'Qwen/Qwen3-8B'],
    ['somebody/gemma-3-27b-it', 'google/gemma-3-27b-it'],
  ])('%s may have meant %s', (asked, meant) => {
    expect(nearest(asked, known)[0]).toBe(meant)
  })

  test('means nothing where none is near', () => {
    expect(nearest('openai/gpt-5', known)).toEqual([])
    expect(nearest('x', [])).toEqual([])
  })

  test('has at most three guesses, and an id itself first', () => {
    const many = Array.from({ length: 9 }, (_, i) => `org/model-${i}`)
    fc.assert(
      fc.property(fc.constantFrom(...many), (id) => {
        const found = nearest(id, many)
        expect(found[0]).toBe(id)
        expect(found.length).toBeLessThanOrEqual(3)
      }),
    )
  })
})
