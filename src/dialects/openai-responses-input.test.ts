import { describe, expect, test } from 'vitest'
import type { Content, Media, Opaque, ToolResult } from '../core/content.ts'
import { type AssistantTurn, type Turn, type UserTurn, userTurn } from '../core/turn.ts'
import type { Quirks } from './dialect.ts'
import { spellInput } from './openai-responses-input.ts'

const input = (turns: readonly Turn[], quirks: Quirks = {}): unknown => spellInput(turns, quirks)
const said = (...contents: readonly Content[]): AssistantTurn => ({
  role: 'assistant',
  contents,
  finish: 'stop',
})
const asked = (...contents: readonly Content[]): UserTurn => ({ role: 'user', contents })
const text = (words: string, opaque?: Opaque): Content => ({
  type: 'text',
  text: words,
  ...(opaque && { opaque }),
})
const own = (value: unknown): Opaque => ({ dialect: 'openai-responses', value })
const foreign = (value: unknown): Opaque => ({ dialect: 'anthropic-messages', value })
const media = (kind: Media['kind'], mimeType: string, more: Partial<Media>): Media => ({
  type: 'media',
  kind,
  mimeType,
  ...more,
})
const call = { type: 'tool-call', id: 'call_1', name: 'add', input: { x: 1 } } as const
const message = (words: string, more: object = {}): object => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: words }],
  ...more,
})
const called = { type: 'function_call', call_id: 'call_1', name: 'add', arguments: '{"x":1}' }
const RS = [
  { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'e1' },
  { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'e2' },
]
const thought = (opaque: Opaque): Content => ({ type: 'thinking', text: 'Hmm', opaque })

describe('what a person says, in openai-responses', () => {
  test('is a string where it is one text, and else a list of parts', () => {
    expect(input([userTurn('hi')])).toEqual([{ type: 'message', role: 'user', content: 'hi' }])
    expect(input([userTurn('hi')], { content: 'parts' })).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
    ])
    expect(input([userTurn(['one', { type: 'json', value: { a: 1 } }])])).toEqual([
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'one' },
          { type: 'input_text', text: '{"a":1}' },
        ],
      },
    ])
  })

  test('has no empty texts, and no message where nothing is said', () => {
    expect(input([asked(text(''), text('a'))])).toEqual([{ type: 'message', role: 'user', content: 'a' }])
    expect(input([asked(text(''))])).toEqual([])
  })

  const MEDIA: readonly (readonly [what: string, media: Media, part: object])[] = [
    [
      'a picture by its address',
      media('image', 'image/*', { url: 'https://x.org/a.png', detail: 'low' }),
      { type: 'input_image', image_url: 'https://x.org/a.png', detail: 'low' },
    ],
    [
      'a picture by its bytes',
      media('image', 'image/png', { data: 'AA' }),
      { type: 'input_image', image_url: 'data:image/png;base64,AA' },
    ],
    [
      'a picture that was uploaded',
      media('image', 'image/png', { fileId: 'file-1' }),
      { type: 'input_image', file_id: 'file-1' },
    ],
    [
      'a PDF by its bytes',
      media('pdf', 'application/pdf', { data: 'BB', name: 'a.pdf' }),
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,BB' },
    ],
    [
      'a PDF without a name',
      media('pdf', 'application/pdf', { data: 'BB' }),
      { type: 'input_file', filename: 'file.pdf', file_data: 'data:application/pdf;base64,BB' },
    ],
    [
      'a PDF by its address',
      media('pdf', 'application/pdf', { url: 'https://x.org/a.pdf' }),
      { type: 'input_file', file_url: 'https://x.org/a.pdf' },
    ],
    [
      'a PDF that was uploaded',
      media('pdf', 'application/pdf', { fileId: 'file-2' }),
      { type: 'input_file', file_id: 'file-2' },
    ],
    [
      'a recording',
      media('audio', 'audio/mpeg', { data: 'CC' }),
      { type: 'input_audio', input_audio: { data: 'CC', format: 'mp3' } },
    ],
    [
      'a document as text that names it',
      media('document', 'text/plain', { data: 'aGk=', name: 'a.txt' }),
      { type: 'input_text', text: '<document name="a.txt">\nhi\n</document>' },
    ],
    [
      'a document by its address',
      media('document', 'text/plain', { url: 'https://x.org/a.txt' }),
      { type: 'input_file', file_url: 'https://x.org/a.txt' },
    ],
  ]
  test.each(MEDIA)('may hold %s', (_what, one, part) => {
    expect(input([asked(text('Look'), one)])).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Look' }, part] },
    ])
  })

  test('cannot hold a recording by its address', () => {
    expect(() => input([asked(media('audio', 'audio/wav', { url: 'https://x.org/a.wav' }))])).toThrow(
      new TypeError(
        'a recording must be sent as its bytes, not by its address https://x.org/a.wav: download it first',
      ),
    )
  })

  test('follows the results of tools', () => {
    const result: ToolResult = { type: 'tool-result', id: 'call_1', name: 'add', content: '2' }
    expect(
      input([
        asked(
          text('And then?'),
          result,
          { ...result, id: 'call_2', content: 'no clock', isError: true },
          { ...result, id: 'call_3', content: '' },
        ),
      ]),
    ).toEqual([
      { type: 'function_call_output', call_id: 'call_1', output: '2' },
      { type: 'function_call_output', call_id: 'call_2', output: 'Error: no clock' },
      { type: 'function_call_output', call_id: 'call_3', output: 'done' },
      { type: 'message', role: 'user', content: 'And then?' },
    ])
  })

  test('leaves the pictures of a result in it', () => {
    const picture = media('image', 'image/png', { data: 'AA' })
    const result: ToolResult = {
      type: 'tool-result',
      id: 'c',
      name: 'draw',
      content: 'See',
      media: [picture],
    }
    const image = { type: 'input_image', image_url: 'data:image/png;base64,AA' }
    expect(input([asked(result, { ...result, content: '' })])).toEqual([
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'See' }, image] },
      { type: 'function_call_output', call_id: 'c', output: [image] },
    ])
  })
})

describe('what a model said, in openai-responses', () => {
  test('is an item for each text and call, without sources', () => {
    expect(
      input([said(text('Let me see.'), { type: 'citation', url: 'https://x.org' }, text(''), call)]),
    ).toEqual([message('Let me see.'), called])
    expect(input([said({ type: 'json', value: [1] })])).toEqual([message('[1]')])
  })

  test('keeps the phase of a message, of this dialect only', () => {
    expect(input([said(text('a', own({ phase: 'commentary' })))])).toEqual([
      message('a', { phase: 'commentary' }),
    ])
    expect(input([said(text('a', foreign({ phase: 'commentary' })))])).toEqual([message('a')])
  })

  test('brings its reasoning back before what it led to', () => {
    expect(input([said(thought(own(RS)), text('So'), call)])).toEqual([...RS, message('So'), called])
    expect(input([said(thought(own([RS[0]])), call, thought(own([RS[1]])), text('So'))])).toEqual([
      RS[0],
      called,
      RS[1],
      message('So'),
    ])
  })

  test('brings back no reasoning that led to nothing, that another dialect wrote, or that is no reasoning', () => {
    expect(input([said(call, thought(own(RS)))])).toEqual([called])
    expect(input([said(thought(foreign(RS)), call)])).toEqual([called])
    expect(input([said(thought(own('secret')), call)])).toEqual([called])
    expect(input([said({ type: 'thinking', text: 'Hmm' }, call)])).toEqual([called])
  })

  test('sends arguments that were no JSON as what they were', () => {
    expect(input([said({ ...call, input: undefined, raw: '{"x":' })])).toEqual([
      { ...called, arguments: '{"unusable":"{\\"x\\":"}' },
    ])
  })

  test('says of a call who made it, where the server told', () => {
    const caller = { type: 'program', caller_id: 'call_0' }
    expect(input([said({ ...call, opaque: own({ caller }) })])).toEqual([{ ...called, caller }])
    expect(input([said({ ...call, opaque: foreign({ caller }) })])).toEqual([called])
  })

  test('answers a call of a custom tool as such', () => {
    const custom: Content = {
      ...call,
      input: undefined,
      raw: 'SELECT 1',
      opaque: own({ type: 'custom_tool_call' }),
    }
    expect(
      input([said(custom), asked({ type: 'tool-result', id: 'call_1', name: 'add', content: '2' })]),
    ).toEqual([
      { type: 'custom_tool_call', call_id: 'call_1', name: 'add', input: 'SELECT 1' },
      { type: 'custom_tool_call_output', call_id: 'call_1', output: '2' },
    ])
  })

  test("brings back what the server's own tools did, of this dialect only", () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { query: 'x' } }
    expect(
      input([said({ type: 'server-tool', name: 'web_search', opaque: own(search) }, text('So'))]),
    ).toEqual([search, message('So')])
    expect(input([said({ type: 'server-tool', name: 'web_search' })])).toEqual([])
    expect(input([said({ type: 'server-tool', name: 'web_search', opaque: foreign(search) })])).toEqual([])
  })

  test('puts a picture back into the call that made it, and sends neither without the other', () => {
    const state = { type: 'image_generation_call', id: 'ig_1', status: 'completed' }
    const drawing: Content = { type: 'server-tool', name: 'image_generation', opaque: own(state) }
    const picture = media('image', 'image/png', { data: 'AA' })
    expect(input([said(drawing, picture, text('There.'))])).toEqual([
      { ...state, result: 'AA' },
      message('There.'),
    ])
    expect(input([said(drawing, text('There.'))])).toEqual([message('There.')])
    expect(input([said(picture, text('There.'))])).toEqual([message('There.')])
  })

  test('is its refusal where it is nothing else', () => {
    expect(input([{ ...said(), refusal: 'No.' }])).toEqual([message('No.')])
    expect(input([{ ...said(text('a')), refusal: 'No.' }])).toEqual([message('a')])
    expect(input([said()])).toEqual([])
  })
})
