import { describe, expect, test } from 'vitest'
import { templates } from '../../test/chat-templates.ts'
import { type TemplateFacts, probeTemplate } from './template.ts'

const TOKENS = { bosToken: '<s>', eosToken: '</s>' }

type Expected = Omit<TemplateFacts, 'toolSyntax'>

const plain: Expected = {
  system: 'role',
  tools: false,
  alternates: false,
  content: 'text',
  toolHistory: false,
}
const able: Expected = { ...plain, tools: true, toolHistory: true }

const FAMILIES: readonly (readonly [keyof typeof templates, Expected])[] = [
  ['HERMES', able],
  ['QWEN3', able],
  ['QWEN_CODER', able],
  ['LLAMA31', able],
  ['GEMMA2', { ...plain, system: 'refused', alternates: true }],
  ['GEMMA3', { ...plain, alternates: true, content: 'both' }],
  ['MISTRAL1', { ...plain, system: 'refused', alternates: true }],
  ['MISTRAL3', { ...able, system: 'dropped', alternates: true }],
  ['PHI3', plain],
  ['CHATML', plain],
  ['DEEPSEEK_R1', { ...plain, toolHistory: true }],
  ['GPT_OSS', able],
  ['VISION', { ...plain, content: 'parts' }],
  ['GRANITE', { ...able, toolHistory: true }],
]

describe('a template tells what it takes', () => {
  for (const [family, expected] of FAMILIES)
    test(family, async () => {
      expect(await probeTemplate(templates[family], TOKENS)).toMatchObject({ ...expected })
    })

  test('every family of the collection is among them', () => {
    expect(FAMILIES.map(([name]) => name).toSorted()).toEqual(Object.keys(templates).toSorted())
  })
})

describe('a baseline is looked for before anything is said', () => {
  const asks = (condition: string): string =>
    `{% if not (${condition}) %}{{ raise_exception('no') }}{% endif %}${templates.CHATML}`

  test('a template that wants tools to be a list gets one', async () => {
    expect(await probeTemplate(asks('tools is iterable'))).toMatchObject({ system: 'role' })
  })

  test('a template that wants tools to be none, as transformers gives them, gets that', async () => {
    expect(await probeTemplate(asks('tools is none'))).toMatchObject({ system: 'role' })
  })

  test('a template that wants no word of tools gets none', async () => {
    expect(await probeTemplate(asks('tools is not defined'))).toMatchObject({ system: 'role' })
  })

  test('a template that wants a date gets one', async () => {
    expect(await probeTemplate(asks('date_string is defined'))).toMatchObject({ system: 'role' })
  })

  test('its special tokens are those of the tokenizer', async () => {
    const template = asks("bos_token == '<s>' and eos_token == '</s>'")
    expect(await probeTemplate(template, TOKENS)).toMatchObject({ system: 'role' })
    expect((await probeTemplate(template)).system).toBeUndefined()
  })

  test('the JSON of typed parts in a prompt is not taken for their text', async () => {
    expect(await probeTemplate('{% for m in messages %}{{ m.content | tojson }}{% endfor %}')).toMatchObject({
      content: 'text',
    })
  })
})

describe('nothing is made up', () => {
  const unknown = {
    system: undefined,
    tools: undefined,
    alternates: undefined,
    content: undefined,
    toolHistory: undefined,
  }
  const hopeless: readonly (readonly [string, string])[] = [
    ['that is empty', ''],
    ['that cannot be parsed', '{% if %}'],
    ['that renders nothing of what is said', 'Hello'],
    ['that refuses everything', "{{ raise_exception('never') }}"],
    ['that is too long', `${templates.CHATML}{# ${'x'.repeat(200_000)} #}`],
    ['with a filter that is not known', '{{ messages | frobnicate }}'],
  ]
  for (const [what, template] of hopeless)
    test(`of a template ${what}`, async () => {
      expect(await probeTemplate(template)).toEqual(unknown)
    })

  test('a turn that vanishes is as bad as one that is refused', async () => {
    const template = `{% for m in messages %}{% if loop.last or m.role != messages[loop.index].role %}${'{{ m.content }}'}{% endif %}{% endfor %}`
    expect(await probeTemplate(template)).toMatchObject({ alternates: true })
  })
})

test('all probes of a template together take no more than a moment', async () => {
  const times: number[] = []
  for (const template of Object.values(templates)) {
    const began = performance.now()
    await probeTemplate(template)
    times.push(performance.now() - began)
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] as number
  console.log(`probes: median ${Math.round(median)} ms, longest ${Math.round(Math.max(...times))} ms`)
  expect(median).toBeLessThan(1000) // 70 ms on an idle machine, most of it the start of the process
})
