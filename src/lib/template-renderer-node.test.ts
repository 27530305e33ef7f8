import { expect, test } from 'vitest'
import { openRenderer } from './template-renderer-node.ts'
import type { Rendering, TemplateRenderer, TemplateVariables } from './template-renderer.ts'

async function rendered(
  template: string,
  ...all: readonly TemplateVariables[]
): Promise<readonly (Rendering | undefined)[]> {
  const renderer = (await openRenderer(template)) as TemplateRenderer
  try {
    return await renderer.render(all)
  } finally {
    renderer.close()
  }
}

test('what each set of variables gives comes in order', async () => {
  const all = Array.from({ length: 50 }, (_, i) => ({ i, say: 'é😀\n' }))
  expect(await rendered('{{ say }}{{ i }}', ...all)).toEqual(
    all.map(({ i, say }) => ({ text: `${say}${i}` })),
  )
})

test('a refusal is told with its reason, and the next is rendered all the same', async () => {
  const template = "{% if bad %}{{ raise_exception('System role not supported') }}{% endif %}fine"
  expect(await rendered(template, { bad: true }, {})).toEqual([
    { refusal: 'System role not supported' },
    { text: 'fine' },
  ])
})

test('rounds follow each other in one process', async () => {
  const renderer = (await openRenderer('{{ n }}')) as TemplateRenderer
  expect(await renderer.render([{ n: 1 }])).toEqual([{ text: '1' }])
  expect(await renderer.render([])).toEqual([])
  expect(await renderer.render([{ n: 2 }, { n: 3 }])).toEqual([{ text: '2' }, { text: '3' }])
  renderer.close()
})

test('a very long text is cut', async () => {
  const [result] = await rendered("{% for i in range(30000) %}{{ '0123456789' }}{% endfor %}", {})
  expect(result).toEqual({ text: '0123456789'.repeat(20_000) })
})

test('more text than anybody wants ends it', async () => {
  const template = "{% for i in range(20000) %}{{ '0123456789' }}{% endfor %}"
  const results = await rendered(template, ...Array.from({ length: 60 }, () => ({})))
  expect(results).toHaveLength(60)
  expect(results.at(-1)).toBeUndefined()
})

test('what came before it was ended is kept', async () => {
  const template = '{% if bomb %}{% for i in range(1000000000) %}{% endfor %}{% endif %}fine'
  expect(await rendered(template, {}, { bomb: true }, {})).toEqual([{ text: 'fine' }, undefined, undefined])
})

test('closing it settles what is awaited, and what is asked afterwards', async () => {
  const renderer = (await openRenderer(
    '{% for i in range(10000) %}{% for j in range(10000) %}{% endfor %}{% endfor %}',
  )) as TemplateRenderer
  const waiting = renderer.render([{}, {}])
  renderer.close()
  expect(await waiting).toEqual([undefined, undefined])
  expect(await renderer.render([{}])).toEqual([undefined])
})

test('the template sees nothing of the program', async () => {
  const template =
    '{{ process }}{{ env }}{{ globalThis }}{{ constructor }}{{ x.constructor }}{{ x.__proto__ }}'
  expect(await rendered(template, { x: {} })).toEqual([{ text: '' }])
})

test('an executable that is not Node is not run', async () => {
  const own = process.execPath
  process.execPath = '/opt/acme/acme-app'
  try {
    expect(await openRenderer('x')).toBeUndefined()
  } finally {
    process.execPath = own
  }
})

test('where no process can be started, nothing is rendered', async () => {
  const own = process.execPath
  process.execPath = '/nowhere/node'
  try {
    expect(await rendered('x', {})).toEqual([undefined])
  } finally {
    process.execPath = own
  }
})
