import { describe, expect, test } from 'vitest'
import type { Content, Media } from '../core/content.ts'
import type { ChatRequest } from '../core/request.ts'
import { type AssistantTurn, type Turn, userTurn } from '../core/turn.ts'
import { cortexAnalyst } from './cortex-analyst.ts'
import type { Quirks } from './dialect.ts'

const said = (...contents: readonly Content[]): AssistantTurn => ({
  role: 'assistant',
  contents,
  finish: 'stop',
})
const text = (words: string): Content => ({ type: 'text', text: words })

function encode(request: Partial<ChatRequest>, quirks: Quirks = {}): Readonly<Record<string, unknown>> {
  const { path, body } = cortexAnalyst.encode(
    { model: 'analyst', turns: [], params: {}, stream: false, ...request },
    quirks,
  )
  expect(path).toBe('api/v2/cortex/analyst/message')
  return body
}
const messages = (...turns: readonly Turn[]): unknown => encode({ turns }).messages

describe('a request of cortex-analyst', () => {
  test('is the question and what the tables mean, and names no model', () => {
    expect(
      encode({
        turns: [userTurn('Which store earned most?')],
        extra: { semantic_view: 'db.schema.view' },
        stream: true,
      }),
    ).toEqual({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Which store earned most?' }] }],
      semantic_view: 'db.schema.view',
      stream: true,
    })
  })

  test('takes fields of its own as parameters, and no standard ones', () => {
    const params = { temperature: 1, maxTokens: 5, operation: 'sql_generation', warehouse: 'w' }
    expect(encode({ params }, { omit: ['warehouse'] })).toEqual({
      messages: [],
      stream: false,
      operation: 'sql_generation',
    })
  })

  test('gives an answer of its own back as it came', () => {
    const blocks = [
      { type: 'text', text: 'I take it so.' },
      { type: 'sql', statement: 'SELECT 1', confidence: {} },
    ]
    const opaque = { dialect: 'cortex-analyst', value: blocks }
    expect(
      messages(
        userTurn('One?'),
        said(
          text('I take it so.'),
          { type: 'json', value: { sql: 'SELECT 1' } },
          { type: 'text', text: 'SQL', opaque },
        ),
        userTurn('And two?'),
      ),
    ).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'One?' }] },
      { role: 'analyst', content: blocks },
      { role: 'user', content: [{ type: 'text', text: 'And two?' }] },
    ])
  })

  test('gives the words of another model back, and nothing that only that one could read', () => {
    const opaque = { dialect: 'anthropic-messages', value: 's' }
    const document: Media = {
      type: 'media',
      kind: 'document',
      mimeType: 'text/csv',
      data: Buffer.from('a,b').toString('base64'),
      name: 'x.csv',
    }
    expect(
      messages(
        userTurn(['Look:', text(''), { type: 'json', value: { a: 1 } }, document]),
        said(
          { type: 'thinking', text: 'Hm', opaque },
          { type: 'text', text: 'Yes', opaque },
          { type: 'server-tool', name: 'web_search', opaque },
          { type: 'citation', url: 'https://a.b' },
        ),
        userTurn('Go'),
        said({ type: 'tool-call', id: 'c', name: 'add', input: {} }),
        { role: 'user', contents: [{ type: 'tool-result', id: 'c', name: 'add', content: '2' }] },
      ),
    ).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look:' },
          { type: 'text', text: '{"a":1}' },
          { type: 'text', text: '<document name="x.csv">\na,b\n</document>' },
        ],
      },
      { role: 'analyst', content: [{ type: 'text', text: 'Yes' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Go' },
          { type: 'text', text: 'The tool add gave: 2' },
        ],
      },
    ])
  })

  test.each<[string, Partial<ChatRequest>, RegExp]>([
    ['a system prompt', { system: 'Be.' }, /no system prompt: .*custom_instructions/],
    ['tools', { tools: [{ name: 'a', description: 'd', inputSchema: {} }] }, /no tools/],
    ['tools of the provider', { builtins: [{ type: 'web-search' }] }, /no tools/],
    ['a schema', { schema: { name: 'data', schema: {} } }, /no schema .*JSON content/],
    [
      'a picture',
      { turns: [userTurn([{ type: 'media', kind: 'image', mimeType: 'image/png', data: 'AA' }])] },
      /no picture/,
    ],
    [
      'a PDF',
      { turns: [userTurn([{ type: 'media', kind: 'pdf', mimeType: 'application/pdf', data: 'AA' }])] },
      /no pdf/,
    ],
  ])('cannot hold %s, which is a TypeError', (_, request, message) => {
    expect(() => encode(request)).toThrow(TypeError)
    expect(() => encode(request)).toThrow(message)
    expect(() => encode({ tools: [], builtins: [], system: '' })).not.toThrow()
  })
})
