import { describe, expect, test } from 'vitest'
import type { ChatRequest, OutputSchema } from '../core/request.ts'
import { type Adjustment, type Turn, userTurn } from '../core/turn.ts'
import type { Delta } from '../core/delta.ts'
import { LeakedCalls } from '../dialects/leaked-calls.ts'
import type { Capabilities } from './capabilities.ts'
import { fitTools } from './fit-tools.ts'

const tool = {
  name: 'get_weather',
  description: 'The weather.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
}
const other = { ...tool, name: 'get_time' }
const picture = { type: 'media', kind: 'image', mimeType: 'image/png', data: 'AA==' } as const
const history: readonly Turn[] = [
  userTurn('Riga?'),
  {
    role: 'assistant',
    finish: 'tool-calls',
    contents: [{ type: 'tool-call', id: 'a', name: 'get_weather', input: { city: 'Riga' } }],
  },
  {
    role: 'user',
    contents: [{ type: 'tool-result', id: 'a', name: 'get_weather', content: 'mild', media: [picture] }],
  },
]
const WORDS: Capabilities = { toolsRefused: ['native', 'schema'] }
const AS_FORM: Capabilities = { toolsRefused: ['native'] }

function fitted(more: Partial<ChatRequest>, known: Capabilities, words?: string) {
  const notes: Adjustment[] = []
  const request = { model: 'm', turns: [userTurn('hi')], params: {}, stream: false, ...more }
  return { ...fitTools(request, known, notes, words), notes, asked: request }
}
const textsOf = ({ turns }: ChatRequest): readonly string[] =>
  turns.map(({ contents }) => contents.map((it) => (it.type === 'text' ? it.text : it.type)).join('|'))

describe('tools offered in the prompt', () => {
  test('are listed with how to call them, and history speaks of calls the same way', () => {
    const { request, notes, reading } = fitted({ tools: [tool], turns: history, system: 'Be kind.' }, WORDS)
    expect(request.tools).toBeUndefined()
    expect(request.system).toMatch(/^Be kind\.\n\nYou can call these tools:/)
    expect(request.system).toContain('"name":"get_weather"')
    expect(textsOf(request)).toEqual([
      'Riga?',
      '<tool_call>\n{"name":"get_weather","arguments":{"city":"Riga"}}\n</tool_call>',
      'The tool get_weather gave: mild|media',
    ])
    expect(notes).toMatchObject([{ type: 'tools', name: 'prompt' }])
    expect(reading).toBeUndefined()
  })

  test('are called in words that are read back as the same call', () => {
    const syntaxes = [
      undefined,
      { open: '<tool_call>', close: '</tool_call>', form: 'json-parameters' },
      { open: '[TOOL_CALLS]', close: '', form: 'json-arguments' },
    ] as const
    for (const callSyntax of syntaxes) {
      const { request } = fitted(
        { tools: [tool], turns: history },
        { ...WORDS, ...(callSyntax && { callSyntax }) },
      )
      const calls = new LeakedCalls(new Set(['get_weather']), [tool])
      const out: Delta[] = []
      calls.push(textsOf(request)[1] ?? '', out)
      calls.end(out)
      expect(out.filter(({ type }) => type === 'tool-call')).toMatchObject([
        { name: 'get_weather', arguments: '{"city":"Riga"}' },
      ])
    }
  })

  test("may be offered in the model's own words", () => {
    expect(fitted({ tools: [tool] }, WORDS, 'MY TOOLS').request.system).toBe('MY TOOLS')
  })

  test('are demanded in words', () => {
    expect(fitted({ tools: [tool], toolChoice: 'required' }, WORDS).request.system).toMatch(
      /You must call a tool now\.$/,
    )
    const named = fitted({ tools: [tool], toolChoice: { name: 'get_weather' } }, WORDS)
    expect(named.request.system).toMatch(/You must call the tool get_weather now\.$/)
    expect(named.request.toolChoice).toBeUndefined()
  })

  test('are not spoken of to a model that must not call, but history is told in words', () => {
    const { request, notes } = fitted({ tools: [tool], toolChoice: 'none', turns: history }, WORDS)
    expect(request.system).toBeUndefined()
    expect(request.tools).toBeUndefined()
    expect(textsOf(request)[2]).toBe('The tool get_weather gave: mild|media')
    expect(notes).toEqual([])
  })

  test('that are gone leave their history in words', () => {
    const { request } = fitted({ turns: history }, WORDS)
    expect(JSON.stringify(request)).not.toMatch(/tool-call"|tool-result"/)
  })

  test('whose arguments were no JSON show them', () => {
    const turns: readonly Turn[] = [
      {
        role: 'assistant',
        finish: 'tool-calls',
        contents: [{ type: 'tool-call', id: 'a', name: 'get_weather', input: undefined, raw: '{oops' }],
      },
    ]
    expect(textsOf(fitted({ tools: [tool], turns }, WORDS).request)[0]).toContain('{"unusable":"{oops"}')
  })
})

describe('tools offered as a form for the answer', () => {
  test('are listed, and the form takes a call of each or an answer', () => {
    const { request, reading, notes } = fitted({ tools: [tool, other], turns: history }, AS_FORM)
    expect(reading).toBe('form')
    expect(request.tools).toBeUndefined()
    const { properties, required } = (request.schema as OutputSchema).schema as {
      properties: { tool_calls: { items: { anyOf: { properties: { name: unknown } }[] } } }
      required: string[]
    }
    expect(required).toEqual(['tool_calls', 'answer'])
    expect(properties.tool_calls.items.anyOf.map((it) => it.properties.name)).toEqual([
      { type: 'string', enum: ['get_weather'] },
      { type: 'string', enum: ['get_time'] },
    ])
    expect(textsOf(request)[1]).toBe(
      '{"tool_calls":[{"name":"get_weather","arguments":{"city":"Riga"}}],"answer":""}',
    )
    expect(notes).toMatchObject([{ type: 'tools', name: 'schema' }])
  })

  test('hold only the one that is demanded', () => {
    const { request } = fitted({ tools: [tool, other], toolChoice: { name: 'get_time' } }, AS_FORM)
    expect(JSON.stringify(request.schema)).toContain('get_time')
    expect(JSON.stringify(request.schema)).not.toContain('get_weather')
  })

  test('are offered in words where the answer has a form of its own, or forms are not heeded', () => {
    const schema = { name: 'a', schema: { type: 'object' } }
    expect(fitted({ tools: [tool], schema }, AS_FORM)).toMatchObject({ request: { schema } })
    expect(fitted({ tools: [tool], schema }, AS_FORM).reading).toBeUndefined()
    expect(
      fitted({ tools: [tool] }, { ...AS_FORM, schemaRefused: ['json-schema'] }).request.schema,
    ).toBeUndefined()
  })
})

describe('tools that are taken', () => {
  test('stay as they are', () => {
    const { request, notes, asked } = fitted({ tools: [tool], turns: history, toolChoice: 'required' }, {})
    expect(request).toBe(asked)
    expect(notes).toEqual([])
  })

  test('are demanded in words where no demand is taken', () => {
    const known = { toolChoice: 'auto' } as const
    const { request, notes } = fitted({ tools: [tool], toolChoice: 'required', system: 'Be kind.' }, known)
    expect(request).toMatchObject({ tools: [tool], system: 'Be kind.\n\nYou must call a tool now.' })
    expect(request.toolChoice).toBeUndefined()
    expect(notes).toMatchObject([{ type: 'tools', name: 'tool-choice' }])
    for (const toolChoice of ['auto', 'none'] as const)
      expect(fitted({ tools: [tool], toolChoice }, known)).toMatchObject({
        request: { toolChoice },
        notes: [],
      })
  })
})
