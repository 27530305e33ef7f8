import { describe, expect, test } from 'vitest'
import type { Content, Media, ToolResult } from '../core/content.ts'
import { type AssistantTurn, type Turn, userTurn } from '../core/turn.ts'
import { type GeminiContent, spellContents } from './gemini-contents.ts'
import { marked } from './gemini-opaque.ts'

const said = (...contents: readonly Content[]): AssistantTurn => ({
  role: 'assistant',
  contents,
  finish: 'stop',
})
const told = (...contents: readonly Content[]): Turn => ({ role: 'user', contents })
const text = (words: string): Content => ({ type: 'text', text: words })
const ours = (thoughtSignature?: string, id?: string) =>
  marked({ ...(thoughtSignature && { thoughtSignature }), ...(id && { id }) })
const theirs = { dialect: 'other', value: { thoughtSignature: 'no', id: 'a1', part: { text: 'no' } } }
const call = (id: string, more: object = {}): Content => ({
  type: 'tool-call',
  id,
  name: 'add',
  input: { x: 1 },
  opaque: ours(),
  ...more,
})
const result = (id: string, content = '2', more: Partial<ToolResult> = {}): ToolResult => ({
  type: 'tool-result',
  id,
  name: 'add',
  content,
  ...more,
})
const picture: Media = { type: 'media', kind: 'image', mimeType: 'image/png', data: 'AAEC' }
const contents = (...turns: readonly Turn[]): readonly GeminiContent[] => spellContents(turns)
const modelParts = (...parts: readonly Content[]): unknown => contents(said(...parts))[0]?.parts

describe('the contents of gemini', () => {
  test('keep the roles in turn and nobody silent', () => {
    expect(
      contents(
        userTurn('hi'),
        said(text('')),
        userTurn('you there?'),
        said(text('Yes'), { type: 'citation', url: 'https://example.org' }, text('')),
      ),
    ).toEqual([
      { role: 'user', parts: [{ text: 'hi' }, { text: 'you there?' }] },
      { role: 'model', parts: [{ text: 'Yes' }] },
    ])
    expect(contents({ ...said(), refusal: 'No.' })).toEqual([{ role: 'model', parts: [{ text: 'No.' }] }])
  })

  test('spell text, data and files in their order', () => {
    const turn = userTurn(['Look', picture, { type: 'json', value: { a: 1 } }])
    expect(contents(turn)).toEqual([
      {
        role: 'user',
        parts: [
          { text: 'Look' },
          { inlineData: { mimeType: 'image/png', data: 'AAEC' } },
          { text: '{"a":1}' },
        ],
      },
    ])
  })

  test('put each signature on the part that bore it, and send back none of another dialect', () => {
    expect(
      modelParts(
        { type: 'thinking', text: 'Hm', opaque: ours('T') },
        { type: 'thinking', text: 'unsigned' },
        { type: 'thinking', text: 'theirs', opaque: theirs },
        { type: 'text', text: 'Yes', opaque: ours('S') },
        { type: 'text', text: 'and', opaque: theirs },
        { ...picture, opaque: ours('P') },
        call('c', { opaque: ours('C') }),
        { type: 'text', text: '', opaque: ours('E') },
        { type: 'text', text: '', opaque: theirs },
      ),
    ).toEqual([
      { text: 'Hm', thought: true, thoughtSignature: 'T' },
      { text: 'Yes', thoughtSignature: 'S' },
      { text: 'and' },
      { inlineData: { mimeType: 'image/png', data: 'AAEC' }, thoughtSignature: 'P' },
      { functionCall: { name: 'add', args: { x: 1 } }, thoughtSignature: 'C' },
      { text: '', thoughtSignature: 'E' },
    ])
  })

  test('send back what the server ran itself as it came, and nothing of what another ran', () => {
    const part = { executableCode: { code: '1' }, thoughtSignature: 'X' }
    expect(
      modelParts(
        { type: 'server-tool', name: 'code_execution', opaque: marked({ part }) },
        { type: 'server-tool', name: 'web_search', opaque: theirs },
        { type: 'server-tool', name: 'web_search' },
        text('1'),
      ),
    ).toEqual([part, { text: '1' }])
  })

  test('keep two calls of one function apart by the ids that the server gave, and by order where it gave none', () => {
    const two = contents(
      said(call('f1', { opaque: ours('S', 'f1') }), call('f2', { opaque: ours(undefined, 'f2') })),
      told(result('f2', 'two'), text('Go on'), result('f1', 'one')),
      said(call('call_0'), call('call_1')),
      told(result('call_1', 'two', { isError: true }), result('call_0', 'one')),
    )
    expect(two.map(({ parts }) => parts)).toEqual([
      [
        { functionCall: { id: 'f1', name: 'add', args: { x: 1 } }, thoughtSignature: 'S' },
        { functionCall: { id: 'f2', name: 'add', args: { x: 1 } } },
      ],
      [
        { functionResponse: { id: 'f1', name: 'add', response: { result: 'one' } } },
        { functionResponse: { id: 'f2', name: 'add', response: { result: 'two' } } },
        { text: 'Go on' },
      ],
      [{ functionCall: { name: 'add', args: { x: 1 } } }, { functionCall: { name: 'add', args: { x: 1 } } }],
      [
        { functionResponse: { name: 'add', response: { result: 'one' } } },
        { functionResponse: { name: 'add', response: { error: 'two' } } },
      ],
    ])
  })

  test('give no id that the server did not give: it had given it twice, and the second was named anew', () => {
    const twins = contents(
      said(call('0', { opaque: ours('S', '0') }), call('call_1', { opaque: ours(undefined, '0') })),
      told(result('0'), result('call_1')),
    )
    expect(JSON.stringify(twins).match(/"id":"[^"]*"/g)).toEqual(['"id":"0"', '"id":"0"'])
  })

  test('mark the first call of a turn that Google did not make as one without a signature', () => {
    const foreign = (id: string): Content => call(id, { opaque: theirs })
    const bare: Content = { type: 'tool-call', id: 'b', name: 'add', input: {} }
    const signatures = (turn: readonly Content[]): unknown =>
      (modelParts(...turn) as readonly { readonly thoughtSignature?: string }[]).map(
        ({ thoughtSignature }) => thoughtSignature,
      )
    const skip = Buffer.from('skip_thought_signature_validator').toString('base64')
    expect(signatures([foreign('a'), foreign('b')])).toEqual([skip, undefined])
    expect(signatures([bare])).toEqual([skip])
    expect(signatures([call('a'), foreign('b')])).toEqual([undefined, undefined])
  })

  test('send unusable arguments back for what they were', () => {
    expect(modelParts(call('a', { input: undefined, raw: '{"x":' }))).toEqual([
      { functionCall: { name: 'add', args: { unusable: '{"x":' } } },
    ])
  })

  test('let pictures of a tool follow all results, said to be the tool’s', () => {
    expect(
      contents(said(call('a'), call('b')), told(result('a', '', { media: [picture] }), result('b', '')))[1]
        ?.parts,
    ).toEqual([
      { functionResponse: { name: 'add', response: { result: 'See the attachment of add below.' } } },
      { functionResponse: { name: 'add', response: { result: 'done' } } },
      { text: 'The attachment of add:' },
      { inlineData: { mimeType: 'image/png', data: 'AAEC' } },
    ])
  })

  test('leave out what a model showed or said and cannot be given again', () => {
    const sound: Media = { type: 'media', kind: 'audio', mimeType: 'audio/wav', data: 'AA' }
    expect(
      modelParts(
        sound,
        { ...sound, transcript: 'Hello' },
        {
          type: 'media',
          kind: 'image',
          mimeType: 'image/*',
          url: 'https://example.org/a.png',
        },
      ),
    ).toEqual([{ text: 'Hello' }])
  })
})
