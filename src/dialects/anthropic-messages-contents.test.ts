import { describe, expect, test } from 'vitest'
import type { Content, Media, Opaque } from '../core/content.ts'
import type { AssistantTurn, Turn } from '../core/turn.ts'
import { userTurn } from '../core/turn.ts'
import { spellTurns } from './anthropic-messages-turns.ts'

const said = (...contents: readonly Content[]): AssistantTurn => ({
  role: 'assistant',
  contents,
  finish: 'stop',
})
const text = (words: string): Content => ({ type: 'text', text: words })
const block = (words: string): object => ({ type: 'text', text: words })
const medium = (kind: Media['kind'], mimeType: string, more: Partial<Media>): Media => ({
  type: 'media',
  kind,
  mimeType,
  ...more,
})
const own = (...value: readonly unknown[]): { readonly opaque: Opaque } => ({
  opaque: { dialect: 'anthropic-messages', value },
})
const pixel = medium('image', 'image/png', { data: 'AAEC' })
const result = { type: 'tool-result', id: 'c1', name: 'get', content: 'sunny' } as const
const call = { type: 'tool-call', id: 'c1', name: 'get', input: { x: 1 } } as const

/** What becomes of contents that a user says. */
const asked = (...contents: readonly Content[]): unknown =>
  spellTurns([{ role: 'user', contents }])[0]?.content
/** What becomes of contents that the model said. */
const answered = (turn: AssistantTurn): unknown => spellTurns([userTurn('hi'), turn])[1]?.content

describe('what a user says', () => {
  test.each<[string, Content, unknown]>([
    ['text', text('hi'), block('hi')],
    ['data', { type: 'json', value: { a: 1 } }, block('{"a":1}')],
    [
      'a picture',
      pixel,
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAEC' } },
    ],
    [
      'a picture by its URL',
      medium('image', 'image/*', { url: 'https://example.com/a.png', detail: 'low' }),
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    ],
    [
      'a picture that was uploaded',
      medium('image', 'image/png', { fileId: 'file_1' }),
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
    ],
    [
      'a PDF with its name',
      medium('pdf', 'application/pdf', { data: 'JVBERg==', name: 'a.pdf' }),
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' },
        title: 'a.pdf',
      },
    ],
    [
      'a PDF by its URL',
      medium('pdf', 'application/pdf', { url: 'https://example.com/a.pdf' }),
      { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
    ],
    [
      'a PDF that was uploaded',
      medium('pdf', 'application/pdf', { fileId: 'file_2', name: 'b.pdf' }),
      { type: 'document', source: { type: 'file', file_id: 'file_2' }, title: 'b.pdf' },
    ],
    [
      'a document of text',
      medium('document', 'text/csv', { data: Buffer.from('a,é').toString('base64'), name: 'x.csv' }),
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,é' }, title: 'x.csv' },
    ],
    [
      'a document that was uploaded',
      medium('document', 'text/csv', { fileId: 'file_3' }),
      { type: 'document', source: { type: 'file', file_id: 'file_3' } },
    ],
    [
      'an empty document, which is refused as one, is named',
      medium('document', 'text/csv', { data: '', name: 'x.csv' }),
      block('<document name="x.csv">\n\n</document>'),
    ],
    [
      'a document that is known by its URL only',
      medium('document', 'text/csv', { url: 'https://example.com/x.csv' }),
      block('<document name="document">\nhttps://example.com/x.csv\n</document>'),
    ],
  ])('%s', (_, content, expected) => {
    expect(asked(content)).toEqual([expected])
  })

  test('a recording is a TypeError that says what to do', () => {
    expect(() => asked(medium('audio', 'audio/wav', { data: 'AAEC' }))).toThrow(TypeError)
    expect(() => asked(medium('audio', 'audio/wav', { data: 'AAEC' }))).toThrow(
      /send what is said in it as text/,
    )
  })

  test('results stand before all else, with their pictures and documents inside', () => {
    expect(
      asked(text('And now?'), { ...result, media: [pixel] }, { ...result, id: 'c2', content: ' ' }),
    ).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'c1',
        content: [block('sunny'), expect.objectContaining({ type: 'image' })],
      },
      { type: 'tool_result', tool_use_id: 'c2', content: 'done' },
      block('And now?'),
    ])
    expect(asked({ ...result, content: '', media: [pixel] })).toMatchObject([
      { content: [{ type: 'image' }] },
    ])
  })

  test('a failure is marked, and its pictures follow: inside it only text is taken', () => {
    expect(asked({ ...result, isError: true, media: [pixel] }, text('See?'))).toEqual([
      { type: 'tool_result', tool_use_id: 'c1', content: 'sunny', is_error: true },
      expect.objectContaining({ type: 'image' }),
      block('See?'),
    ])
  })

  test('white space alone is joined to the text after it, and else left out', () => {
    expect(asked(text(''), text(' \n'), text('a'), text('\t'), pixel, text(' '))).toEqual([
      block(' \na'),
      expect.objectContaining({ type: 'image' }),
    ])
    expect(asked(text(' '))).toEqual([block('(nothing was said)')])
  })
})

describe('what the model said', () => {
  test('goes back in the order it came, data as text', () => {
    const turn = said(
      text('Let me see.'),
      call,
      { type: 'json', value: [1] },
      { type: 'citation', url: 'u' },
      pixel,
    )
    expect(answered(turn)).toEqual([
      block('Let me see.'),
      { type: 'tool_use', id: 'c1', name: 'get', input: { x: 1 } },
      block('[1]'),
    ])
  })

  test('goes back with the arguments that were no JSON, in an object', () => {
    expect(answered(said({ ...call, input: undefined, raw: '{"x": ' }))).toMatchObject([
      { input: { unusable: '{"x": ' } },
    ])
  })

  test('goes back with the code that called a tool', () => {
    const caller = { type: 'code_execution_20250825', tool_id: 'srvtoolu_1' }
    const opaque = { dialect: 'anthropic-messages', value: { caller } }
    expect(answered(said({ ...call, opaque }))).toMatchObject([{ type: 'tool_use', caller }])
    expect(
      JSON.stringify(answered(said({ ...call, opaque: { ...opaque, dialect: 'gemini' } }))),
    ).not.toContain('caller')
  })

  test('goes back with its signed and its redacted thinking, and without what is not signed', () => {
    const signed = { type: 'thinking', thinking: 'Hm.', signature: 's' }
    const redacted = { type: 'redacted_thinking', data: 'r' }
    expect(answered(said({ type: 'thinking', text: 'Hm.', ...own(signed, redacted) }, call))).toEqual([
      signed,
      redacted,
      expect.objectContaining({ type: 'tool_use' }),
    ])
    expect(answered(said({ type: 'thinking', text: 'Hm.' }, text('Yes.')))).toEqual([block('Yes.')])
    const foreign = { opaque: { dialect: 'openai-responses', value: [signed] } }
    expect(answered(said({ type: 'thinking', text: 'Hm.', ...foreign }, text('Yes.')))).toEqual([
      block('Yes.'),
    ])
  })

  test('does not end with thinking, and is left out where nothing else is there', () => {
    const thinking = {
      type: 'thinking',
      text: '',
      ...own({ type: 'thinking', thinking: '', signature: 's' }),
    } as const
    expect(answered(said(text('Yes.'), thinking))).toEqual([block('Yes.')])
    expect(spellTurns([userTurn('a'), said(thinking), userTurn('b')])).toEqual([
      { role: 'user', content: [block('a'), block('b')] },
    ])
  })

  test('goes back with its sources as long as its text is the same', () => {
    const cited = { type: 'text', text: 'It rains.', citations: [{ type: 'char_location' }] }
    const blocks = own(block('Well: '), cited)
    expect(answered(said({ type: 'text', text: 'Well: It rains.', ...blocks }))).toEqual([
      block('Well: '),
      cited,
    ])
    expect(answered(said({ type: 'text', text: 'Well: It', ...blocks }))).toEqual([block('Well: It')])
    const other = own(block(' '), cited)
    expect(answered(said({ type: 'text', text: ' It rains.', ...other }))).toEqual([
      { ...cited, text: ' It rains.' },
    ])
  })

  test('goes back with what the provider did itself, but not what another one did', () => {
    const search = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } }
    const found = { type: 'web_search_tool_result', tool_use_id: 's1', content: [] }
    const did = (value: unknown): Content => ({ type: 'server-tool', name: 'web_search', ...own(value) })
    expect(answered(said(did(search), did(found), text('Well.')))).toEqual([search, found, block('Well.')])
    const foreign = { opaque: { dialect: 'gemini', value: [search] } }
    expect(answered(said({ type: 'server-tool', name: 'x', ...foreign }, text('Well.')))).toEqual([
      block('Well.'),
    ])
    expect(
      answered(said({ type: 'server-tool', name: 'x', ...own('none', { a: 1 }) }, text('Well.'))),
    ).toEqual([block('Well.')])
    // A search that was cut off has no result; one that is paused gets it later.
    expect(answered({ ...said(text('Wait.'), did(search)), finish: 'aborted' })).toEqual([block('Wait.')])
    expect(answered({ ...said(text('Wait.'), did(search)), finish: 'pause_turn' })).toEqual([
      block('Wait.'),
      search,
    ])
    expect(answered({ ...said(call, did(search), did(found)), finish: 'error' })).toMatchObject([
      { type: 'tool_use' },
      search,
      found,
    ])
  })

  test('goes back as its refusal where it said nothing else', () => {
    expect(answered({ ...said(), refusal: 'I will not.' })).toEqual([block('I will not.')])
    expect(answered({ ...said(text('Hello..')), refusal: 'I will not.' })).toEqual([block('Hello..')])
  })
})

describe('the messages', () => {
  test('are of each side in turn, the user first', () => {
    const turns: Turn[] = [
      said(text('Welcome.')),
      userTurn('a'),
      userTurn('b'),
      said(text('c')),
      said(text('d')),
    ]
    expect(spellTurns(turns)).toEqual([
      { role: 'user', content: [block('(nothing was said)')] },
      { role: 'assistant', content: [block('Welcome.')] },
      { role: 'user', content: [block('a'), block('b')] },
      { role: 'assistant', content: [block('c'), block('d')] },
    ])
  })

  test('keep results in front where turns are joined', () => {
    const turns: Turn[] = [userTurn('a'), said(call), userTurn('wait'), { role: 'user', contents: [result] }]
    expect(spellTurns(turns)[2]?.content).toMatchObject([
      { type: 'tool_result' },
      { type: 'text', text: 'wait' },
    ])
  })

  test('have ids that the API takes, each once, and results that name them', () => {
    const ids = ['functions.get:0', 'functions.get:0', '', 'call_1', 'functions_get_0']
    const turns = ids.flatMap((id): Turn[] => [
      said({ ...call, id }),
      { role: 'user', contents: [{ ...result, id }] },
    ])
    const content = spellTurns([userTurn('a'), ...turns]).flatMap((message) => message.content)
    const asIssued = ['functions_get_0', 'functions_get_0_2', 'call', 'call_1', 'functions_get_0_3']
    expect(content.flatMap(({ type, id }) => (type === 'tool_use' ? [id] : []))).toEqual(asIssued)
    expect(content.flatMap(({ tool_use_id: id }) => id ?? [])).toEqual(asIssued)
  })
})
