import { expect, test } from 'vitest'
import { readCatalog } from './catalog.ts'
import { infoOf } from './model-info.ts'
import { fitting } from './model-wish.ts'

const row = (provider: string, more: object = {}): object => ({ provider, status: 'live', ...more })
const modelOf = (providers: readonly object[], more: object = {}) => {
  const model = readCatalog({ data: [{ id: 'org/m', providers, ...more }] })?.get('org/m')
  if (!model) throw new Error('no model')
  return model
}

test('a model of the catalogue has the best of its live backends, and all backends', () => {
  const model = modelOf(
    [
      row('dear', { context_length: 9000, pricing: { input: 1, output: 3 }, supports_tools: true }),
      row('cheap', { context_length: 4000, pricing: { input: 2, output: 0.5 }, supports_tools: false }),
      row('gone', { status: 'error', context_length: 99_999, pricing: { input: 0, output: 0 } }),
    ],
    {
      created: 1_766_389_552,
      owned_by: 'org',
      architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
    },
  )
  const info = infoOf(model)
  expect(info).toMatchObject({
    id: 'org/m',
    owner: 'org',
    created: new Date('2025-12-22T07:45:52.000Z'),
    contextLength: 9000,
    prices: { input: 2, output: 0.5 },
    inputs: ['text', 'image'],
    outputs: ['text'],
    capabilities: { tools: true, image: true },
  })
  expect(info.backends?.map(({ name }) => name)).toEqual(['dear', 'cheap', 'gone'])
  expect(info).not.toHaveProperty('isStale')
})

test('what the catalogue does not tell is absent', () => {
  expect(infoOf(modelOf([{ provider: 'bare' }]))).toEqual({
    id: 'org/m',
    capabilities: {},
    backends: [{ name: 'bare', status: 'live' }],
  })
})

test.each([
  [[true, false], true],
  [[true, undefined], true],
  [[false, false], false],
  [[false, undefined], undefined],
  [[], undefined],
])('tools at backends %j make %s of the model', (flags, tools) => {
  const rows = flags.map((flag, n) => row(`b${n}`, flag === undefined ? {} : { supports_tools: flag }))
  expect(infoOf(modelOf(rows)).capabilities.tools).toBe(tools)
})

test('one live backend must have all that is wished for', () => {
  const model = modelOf([
    row('tools', { supports_tools: true, context_length: 1000, pricing: { input: 1, output: 1 } }),
    row('long', { supports_tools: false, context_length: 9000, pricing: { input: 1, output: 9 } }),
    row('unknown'),
    row('down', {
      status: 'staging',
      supports_tools: true,
      context_length: 9000,
      pricing: { input: 0, output: 0 },
    }),
  ])
  const names = (wish: Parameters<typeof fitting>[1]): readonly string[] =>
    fitting(model, wish).map(({ name }) => name)
  expect(names({})).toEqual(['tools', 'long', 'unknown'])
  expect(names({ tools: true })).toEqual(['tools'])
  expect(names({ minContext: 9000 })).toEqual(['long'])
  expect(names({ tools: true, minContext: 9000 })).toEqual([])
  expect(names({ maxPrice: 1 })).toEqual(['tools'])
  expect(names({ structured: true })).toEqual([])
  expect(names({ provider: 'unknown' })).toEqual(['unknown'])
  expect(names({ provider: 'long', tools: true })).toEqual([])
  expect(names({ image: true })).toEqual([])
})
