import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../core/request.ts'
import { type Adjustment, type Turn, userTurn } from '../core/turn.ts'
import { openaiChat } from '../dialects/openai-chat.ts'
import { type Capabilities, SCHEMA_WAYS } from './capabilities.ts'
import { fit } from './fit.ts'
import { fitSchema } from './fit-schema.ts'

const FORM = { type: 'object', properties: { name: { type: 'string' } } }
const spellings = openaiChat.schemaSpellings
const request = (turns: readonly Turn[] = [userTurn('Who?')]): ChatRequest => ({
  model: 'm',
  turns,
  params: {},
  stream: false,
  schema: { name: 'person', schema: FORM },
})
function fitted(known: Capabilities, turns?: readonly Turn[]) {
  const notes: Adjustment[] = []
  return { ...fitSchema(request(turns), known, { spellings, own: 'json-schema' }, notes), notes }
}
/** Refused: all ways that come before one. */
const before = (way: (typeof SCHEMA_WAYS)[number]): Capabilities => ({
  schemaRefused: SCHEMA_WAYS.slice(0, SCHEMA_WAYS.indexOf(way)),
})
const lastWords = ({ turns }: ChatRequest): string =>
  turns
    .at(-1)
    ?.contents.map((content) => (content.type === 'text' ? content.text : ''))
    .join('\n') ?? ''
const formatOf = (known: Capabilities): unknown => {
  const { request: asked, quirks } = fit(request(), openaiChat, {}, known)
  return openaiChat.encode(asked, quirks).body.response_format
}

describe('a form for the answer', () => {
  test('is asked for as it was where nothing speaks against it', () => {
    const { request: asked, way, notes } = fitted({})
    expect(asked).toEqual(request())
    expect(way).toBe('json-schema')
    expect(notes).toEqual([])
  })

  test.each([
    ['value', { type: 'json_object', value: FORM }],
    ['top-level', { type: 'json_schema', schema: FORM }],
    ['object-schema', { type: 'json_object', schema: FORM }],
    ['json-object', { type: 'json_object' }],
    ['tool', undefined],
    ['prompt', undefined],
  ] as const)('is spelled as %s after the ways before it were refused, and that is told', (way, format) => {
    expect(formatOf(before(way))).toEqual(format)
    const { way: found, notes } = fitted(before(way))
    expect(found).toBe(way)
    expect(notes).toMatchObject([{ type: 'schema', name: way }])
  })

  test.each(['value', 'object-schema', 'json-object', 'prompt'] as const)(
    'is shown to the model as well where it may not be heeded: %s',
    (way) => {
      expect(lastWords(fitted(before(way)).request)).toContain(JSON.stringify(FORM))
    },
  )

  test('is the input of a tool that must be called', () => {
    const { request: asked } = fitted(before('tool'))
    expect(asked).toMatchObject({
      tools: [{ name: 'person', inputSchema: FORM }],
      toolChoice: { name: 'person' },
    })
    expect(asked.schema).toBeUndefined()
    expect(lastWords(asked)).toContain('calling person')
    expect(fitted({ ...before('tool'), toolChoice: 'auto' }).request.toolChoice).toBeUndefined()
  })

  test('is told after the last words of the person, in a turn of its own where they spoke last', () => {
    const said: Turn = { role: 'assistant', finish: 'stop', contents: [{ type: 'text', text: 'Hi' }] }
    expect(fitted(before('prompt')).request.turns).toHaveLength(1)
    expect(fitted(before('prompt'), [userTurn('a'), said]).request.turns.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
    ])
  })

  test("is spelled in the provider's own way without a word", () => {
    const notes: Adjustment[] = []
    const own = { spellings: ['value'] as const, own: 'value' as const }
    expect(fitSchema(request(), {}, own, notes).way).toBe('value')
    expect(notes).toEqual([])
  })

  test('is nothing to a request without one', () => {
    const { schema: _schema, ...plain } = request()
    const notes: Adjustment[] = []
    const found = fitSchema(plain, before('prompt'), { spellings, own: 'json-schema' }, notes)
    expect(found).toEqual({ request: plain, way: undefined })
    expect(notes).toEqual([])
  })
})
