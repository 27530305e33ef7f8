import { describe, expect, test } from 'vitest'
import type { Content, Media } from '../core/content.ts'
import type { Turn } from '../core/turn.ts'
import { spellTurns } from './bedrock-converse-turns.ts'

const CLAUDE = 'anthropic.claude-opus-4-5-20251101-v1:0'
const NOVA = 'amazon.nova-lite-v1:0'
const LLAMA = 'meta.llama3-1-70b-instruct-v1:0'

const user = (...contents: readonly Content[]): Turn => ({ role: 'user', contents })
const assistant = (...contents: readonly Content[]): Turn => ({ role: 'assistant', contents, finish: 'stop' })
const text = (words: string): Content => ({ type: 'text', text: words })
const media = (rest: Partial<Media>): Media => ({
  type: 'media',
  kind: 'document',
  mimeType: 'text/plain',
  data: 'YQ==',
  ...rest,
})

/** The blocks of one turn. */
const blocks = (turn: Turn, model = CLAUDE): unknown => spellTurns([turn], model)[0]?.content
const opaque = (value: unknown, dialect = 'bedrock-converse') => ({ dialect, value })

describe('what a user says', () => {
  test('is text, data, pictures and files; citations and blank text are left out', () => {
    const turn = user(
      text('Look'),
      text(' \n'),
      { type: 'json', value: { a: 1 } },
      { type: 'citation', url: 'https://a.example' },
      media({ kind: 'image', mimeType: 'image/png', data: 'iVBO' }),
      media({ kind: 'audio', mimeType: 'audio/mpeg', data: 'SUQz' }),
    )
    expect(blocks(turn)).toEqual([
      { text: 'Look' },
      { text: '{"a":1}' },
      { image: { format: 'png', source: { bytes: 'iVBO' } } },
      { audio: { format: 'mp3', source: { bytes: 'SUQz' } } },
    ])
  })

  test('that is nothing makes no message, and a side that speaks twice says it in one', () => {
    const turns = [user(text('A')), assistant(text(' ')), user(text('B')), assistant(text('C'))]
    expect(spellTurns(turns, CLAUDE)).toEqual([
      { role: 'user', content: [{ text: 'A' }, { text: 'B' }] },
      { role: 'assistant', content: [{ text: 'C' }] },
    ])
  })

  test.each([
    ['application/pdf', 'pdf', 'pdf'],
    ['text/plain', 'document', 'txt'],
    ['text/csv', 'document', 'csv'],
    ['text/markdown', 'document', 'md'],
    ['text/html', 'document', 'html'],
    ['application/json', 'document', 'txt'],
    ['application/msword', 'document', 'doc'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'document', 'docx'],
    ['application/vnd.ms-excel', 'document', 'xls'],
    ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'document', 'xlsx'],
  ] as const)('a document of %s (%s) is said to be %s, with a text beside it', (mimeType, kind, format) => {
    expect(blocks(user(media({ kind, mimeType, name: 'a.x' })))).toEqual([
      { text: 'The document:' },
      { document: { format, name: 'a', source: { bytes: 'YQ==' } } },
    ])
  })

  test.each([
    ['report_2024.final.pdf', 'report-2024-final'],
    ['Ärger & "Zitat".txt', 'Arger - -Zitat'],
    ['../../etc/passwd', 'etc-passwd'],
    ['a   b\t(1) [x].md', 'a b (1) [x]'],
    ['文書.txt', 'Document'],
    [undefined, 'Document'],
    [`${'n'.repeat(300)}.txt`, 'n'.repeat(180)],
  ])('the name %s becomes %s', (name, safe) => {
    const [, block] = blocks(user(media({ ...(name !== undefined && { name }) }))) as {
      document: { name: string }
    }[]
    expect(block?.document.name).toBe(safe)
    expect(block?.document.name).toMatch(/^[A-Za-z0-9\-()[\]]+(?: [A-Za-z0-9\-()[\]]+)*$/)
  })

  test('two documents of one conversation never have one name', () => {
    const turns = [
      user(media({ name: 'a.txt' }), media({ name: 'a.md' })),
      assistant(text('Ok')),
      user(media({ name: 'a' })),
    ]
    const names = JSON.stringify(spellTurns(turns, CLAUDE)).match(/"name":"[^"]*"/g)
    expect(names).toEqual(['"name":"a"', '"name":"a 2"', '"name":"a 3"'])
  })

  test.each<[string, Partial<Media>]>([
    ['a file’s id', { fileId: 's3://bucket/a.jpeg' }],
    ['a URL', { url: 's3://bucket/a.jpeg' }],
  ])('a picture may lie in S3, by %s', (_, place) => {
    const picture: Media = { type: 'media', kind: 'image', mimeType: 'image/*', ...place }
    expect(blocks(user(picture))).toEqual([
      { image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket/a.jpeg' } } } },
    ])
  })

  test.each<[string, Media, RegExp]>([
    [
      'a picture elsewhere on the web',
      { type: 'media', kind: 'image', mimeType: 'image/png', url: 'https://a.example/b.png' },
      /fetches no image from https:\/\/a\.example\/b\.png: pass its bytes/,
    ],
    [
      'an uploaded file of another provider',
      { type: 'media', kind: 'pdf', mimeType: 'application/pdf', fileId: 'file-1' },
      /no PDF from file-1: .*s3:\/\//,
    ],
    ['a picture of another kind', media({ kind: 'image', mimeType: 'image/tiff' }), /PNG, JPEG.*image\/tiff/],
  ])('%s is a TypeError that says what to do', (_, medium, message) => {
    expect(() => blocks(user(medium))).toThrow(TypeError)
    expect(() => blocks(user(medium))).toThrow(message)
  })
})

describe('results of tools', () => {
  const failed: Content = { type: 'tool-result', id: 'c', name: 'get', content: 'no', isError: true }

  test('go first, with their status, pictures and files', () => {
    const turn = user(text('Here'), {
      type: 'tool-result',
      id: 'c',
      name: 'get',
      content: 'Look:',
      media: [
        media({ kind: 'image', mimeType: 'image/png' }),
        media({ kind: 'pdf', mimeType: 'application/pdf' }),
      ],
    })
    expect(blocks(turn)).toEqual([
      {
        toolResult: {
          toolUseId: 'c',
          status: 'success',
          content: [
            { text: 'Look:' },
            { image: { format: 'png', source: { bytes: 'YQ==' } } },
            { document: { format: 'pdf', name: 'Document', source: { bytes: 'YQ==' } } },
          ],
        },
      },
      { text: 'Here' },
    ])
  })

  test('that failed say so by their status, or in words where there is none', () => {
    expect(blocks(user(failed))).toEqual([
      { toolResult: { toolUseId: 'c', content: [{ text: 'no' }], status: 'error' } },
    ])
    expect(blocks(user(failed), LLAMA)).toEqual([
      { toolResult: { toolUseId: 'c', content: [{ text: 'Error: no' }] } },
    ])
  })

  test('that are nothing are said to be done, and recordings follow them', () => {
    const empty: Content = { type: 'tool-result', id: 'c', name: 'get', content: ' ' }
    expect(blocks(user(empty))).toMatchObject([{ toolResult: { content: [{ text: 'done' }] } }])
    const sound = media({ kind: 'audio', mimeType: 'audio/wav' })
    expect(blocks(user({ ...empty, media: [sound] }))).toMatchObject([
      { toolResult: { content: [{ text: 'The attachment of get:' }] } },
      { text: 'The attachment of get:' },
      { audio: { format: 'wav' } },
    ])
  })
})

describe('what a model said', () => {
  test('goes back in order: text, calls, data; unusable arguments as what they were', () => {
    const turn = assistant(
      text('Well'),
      { type: 'citation', url: 'https://a.example' },
      { type: 'tool-call', id: 'c1', name: 'get', input: { a: 1 } },
      { type: 'tool-call', id: 'c2', name: 'get', input: undefined, raw: '{"a' },
      { type: 'json', value: [1] },
    )
    expect(blocks(turn)).toEqual([
      { text: 'Well' },
      { toolUse: { toolUseId: 'c1', name: 'get', input: { a: 1 } } },
      { toolUse: { toolUseId: 'c2', name: 'get', input: { unusable: '{"a' } } },
      { text: '[1]' },
    ])
  })

  test('in refusing goes back where there is nothing else', () => {
    expect(blocks({ ...assistant(), refusal: 'No.' } as Turn)).toEqual([{ text: 'No.' }])
  })

  test('in thinking goes back signed, each block by itself', () => {
    const value = [
      { length: 3, signature: 'S1' },
      { redactedContent: 'UkVE' },
      { length: 2, signature: 'S2' },
    ]
    const turn = assistant({ type: 'thinking', text: 'oneto', opaque: opaque(value) }, text('A'))
    expect(blocks(turn)).toEqual([
      { reasoningContent: { reasoningText: { text: 'one', signature: 'S1' } } },
      { reasoningContent: { redactedContent: 'UkVE' } },
      { reasoningContent: { reasoningText: { text: 'to', signature: 'S2' } } },
      { text: 'A' },
    ])
  })

  test.each<[string, Content, string]>([
    ['thinking that nobody signed', { type: 'thinking', text: 'Hm' }, CLAUDE],
    [
      'another dialect’s thinking',
      { type: 'thinking', text: 'Hm', opaque: opaque([{ length: 2, signature: 'S' }], 'anthropic-messages') },
      CLAUDE,
    ],
    [
      'thinking that another maker’s model signed',
      { type: 'thinking', text: 'Hm', opaque: opaque([{ length: 2, signature: 'S' }]) },
      NOVA,
    ],
    [
      'the same for a model without signatures',
      { type: 'thinking', text: 'Hm', opaque: opaque([{ length: 2, signature: 'S' }]) },
      LLAMA,
    ],
    [
      'a tool of another provider',
      { type: 'server-tool', name: 'x', opaque: opaque({ toolUse: {} }, 'gemini') },
      NOVA,
    ],
    ['a tool of Nova’s', { type: 'server-tool', name: 'x', opaque: opaque({ toolUse: {} }) }, CLAUDE],
    ['a tool without a record', { type: 'server-tool', name: 'x' }, NOVA],
  ])('is left out where it is %s', (_, content, model) => {
    expect(blocks(assistant(content, text('A')), model)).toEqual([{ text: 'A' }])
  })

  test('with Nova’s own tools goes back to Nova as it came', () => {
    const block = { toolUse: { toolUseId: 'x', name: 'nova_grounding', input: {}, type: 'server_tool_use' } }
    const turn = assistant({ type: 'server-tool', name: 'nova_grounding', opaque: opaque(block) })
    expect(blocks(turn, NOVA)).toEqual([block])
  })
})
