import { describe, expect, test } from 'vitest'
import type { Content, Media } from '../core/content.ts'
import type { ChatRequest } from '../core/request.ts'
import { type AssistantTurn, type Turn, userTurn } from '../core/turn.ts'
import type { Quirks } from './dialect.ts'
import { ollama } from './ollama.ts'

const said = (...contents: readonly Content[]): AssistantTurn => ({
  role: 'assistant',
  contents,
  finish: 'stop',
})
const text = (words: string): Content => ({ type: 'text', text: words })
const picture: Media = { type: 'media', kind: 'image', mimeType: 'image/png', data: 'AAEC' }
const call = { type: 'tool-call', id: 'c1', name: 'add', input: { x: 1 } } as const
const result = { type: 'tool-result', id: 'c1', name: 'add', content: '2' } as const

function encode(request: Partial<ChatRequest>, quirks: Quirks = {}): Readonly<Record<string, unknown>> {
  const { path, body } = ollama.encode(
    { model: 'm', turns: [], params: {}, stream: false, ...request },
    quirks,
  )
  expect(path).toBe('api/chat')
  return body
}
const messages = (...turns: readonly Turn[]): unknown => encode({ turns }).messages

describe('the messages of ollama', () => {
  test('begin with the system prompt, where there is one', () => {
    expect(encode({ system: 'Be terse.', turns: [userTurn('hi')] })).toEqual({
      model: 'm',
      stream: false,
      messages: [
        { role: 'system', content: 'Be terse.' },
        { role: 'user', content: 'hi' },
      ],
    })
    expect(encode({ system: '' }).messages).toEqual([])
  })

  test('join texts, data and documents, and carry pictures beside them', () => {
    const document: Media = {
      type: 'media',
      kind: 'document',
      mimeType: 'text/csv',
      data: Buffer.from('a,b').toString('base64'),
      name: 'x.csv',
    }
    expect(
      messages(userTurn(['Look', picture, { type: 'json', value: { a: 1 } }, document, text('')])),
    ).toEqual([
      {
        role: 'user',
        content: 'Look\n\n{"a":1}\n\n<document name="x.csv">\na,b\n</document>',
        images: ['AAEC'],
      },
    ])
    expect(messages(userTurn([picture]))).toEqual([{ role: 'user', content: '', images: ['AAEC'] }])
  })

  test.each<[Partial<Media>, RegExp]>([
    [
      { kind: 'image', url: 'https://example.com/a.png' },
      /download https:\/\/example\.com\/a\.png .*image\(\)/,
    ],
    [{ kind: 'image', fileId: 'file-1' }, /download file-1/],
    [{ kind: 'pdf', data: 'AA' }, /no PDF: pass its text/],
    [{ kind: 'audio', data: 'AA' }, /no recording/],
  ])('cannot carry %j, and say what to do', (media, message) => {
    const medium = { type: 'media', mimeType: '*/*', ...media } as Media
    expect(() => messages(userTurn([medium]))).toThrow(TypeError)
    expect(() => messages(userTurn([medium]))).toThrow(message)
  })

  test('answer calls one by one, failures in words, pictures of a tool after them', () => {
    const turn: Turn = {
      role: 'user',
      contents: [
        { ...result, media: [picture] },
        { ...result, id: 'c2', content: 'no', isError: true },
        { ...result, id: 'c3', content: '', media: [picture] },
        { ...result, id: 'c4', content: '' },
        text('Well?'),
      ],
    }
    expect(messages(turn)).toEqual([
      { role: 'tool', tool_name: 'add', tool_call_id: 'c1', content: '2' },
      { role: 'tool', tool_name: 'add', tool_call_id: 'c2', content: 'Error: no' },
      { role: 'tool', tool_name: 'add', tool_call_id: 'c3', content: 'See the attachment of add below.' },
      { role: 'tool', tool_name: 'add', tool_call_id: 'c4', content: 'done' },
      {
        role: 'user',
        content: 'The attachment of add:\n\nThe attachment of add:\n\nWell?',
        images: ['AAEC', 'AAEC'],
      },
    ])
  })

  test('give an answer back with its thinking and its calls, and nothing of other dialects', () => {
    const opaque = { dialect: 'anthropic-messages', value: 'signature' }
    expect(
      messages(
        said(
          { type: 'thinking', text: 'Hm' },
          { type: 'thinking', text: 'secret', opaque },
          text('One'),
          text(' two'),
          { type: 'server-tool', name: 'web_search', opaque },
          { type: 'citation', url: 'https://example.com' },
          picture,
          call,
          { ...call, id: 'c2', input: undefined, raw: '{"x"' },
        ),
      ),
    ).toEqual([
      {
        role: 'assistant',
        content: 'One two',
        thinking: 'Hm',
        tool_calls: [
          { id: 'c1', function: { name: 'add', arguments: { x: 1 } } },
          { id: 'c2', function: { name: 'add', arguments: { unusable: '{"x"' } } },
        ],
      },
    ])
  })

  test('leave out an answer that says nothing, and tell a refusal', () => {
    expect(messages(said({ type: 'thinking', text: 'Hm' }))).toEqual([])
    expect(messages({ ...said(), refusal: 'No.' })).toEqual([{ role: 'assistant', content: 'No.' }])
    expect(messages(said(call))).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'c1', function: { name: 'add', arguments: { x: 1 } } }],
      },
    ])
  })
})

describe('the parameters of ollama', () => {
  test('are options, but for the few that stand beside them', () => {
    expect(
      encode({
        params: {
          temperature: 0,
          topP: 0.5,
          topK: 3,
          frequencyPenalty: 1,
          presencePenalty: 2,
          seed: 7,
          maxTokens: 9,
          stopSequences: ['x'],
          logProbs: true,
          num_ctx: 8192,
          keep_alive: '10m',
          top_logprobs: 2,
        },
      }),
    ).toEqual({
      model: 'm',
      messages: [],
      stream: false,
      logprobs: true,
      keep_alive: '10m',
      top_logprobs: 2,
      options: {
        temperature: 0,
        top_p: 0.5,
        top_k: 3,
        frequency_penalty: 1,
        presence_penalty: 2,
        seed: 7,
        num_predict: 9,
        stop: ['x'],
        num_ctx: 8192,
      },
    })
    expect(encode({})).not.toHaveProperty('options')
  })

  test.each([
    ['none', false],
    ['off', false],
    ['on', true],
    ['high', 'high'],
    ['max', 'max'],
  ])('thinking: an effort of %s is %j', (reasoningEffort, think) => {
    expect(encode({ params: { reasoningEffort } })).toMatchObject({ think })
    expect(encode({ params: { think } })).toMatchObject({ think })
  })

  test('heed what a server has no name for, other names, and fields never to be sent', () => {
    const params = { temperature: 1, maxTokens: 5, reasoningEffort: 'high', min_p: 0.1, keep_alive: 0 }
    expect(
      encode(
        { params },
        { paramNames: { temperature: null, maxTokens: 'max' }, omit: ['min_p', 'keep_alive'] },
      ),
    ).toEqual({ model: 'm', messages: [], stream: false, think: 'high', options: { max: 5 } })
  })

  test('extra fields are laid over the body last', () => {
    expect(
      encode({ params: { seed: 1 }, extra: { options: { num_ctx: 4, seed: null }, truncate: false } }),
    ).toMatchObject({ options: { num_ctx: 4 }, truncate: false })
  })
})

describe('the tools and data of ollama', () => {
  const tools = [{ name: 'add', description: 'Adds', inputSchema: { type: 'object' } }]
  const spelled = [
    { type: 'function', function: { name: 'add', description: 'Adds', parameters: { type: 'object' } } },
  ]

  test('are functions; no choice is sent, and for none no tools', () => {
    for (const toolChoice of [undefined, 'auto', 'required', { name: 'add' }] as const) {
      const body = encode({ tools, ...(toolChoice && { toolChoice }) })
      expect(body).toMatchObject({ tools: spelled })
      expect(body).not.toHaveProperty('tool_choice')
    }
    expect(encode({ tools, toolChoice: 'none' })).not.toHaveProperty('tools')
    expect(encode({ tools: [] })).not.toHaveProperty('tools')
  })

  test('the form of an answer is its schema', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    expect(encode({ schema: { name: 'data', schema } }).format).toEqual(schema)
  })

  test('a stream is asked for in so many words: it is the default', () => {
    expect(encode({ stream: true }).stream).toBe(true)
    expect(encode({ stream: false }).stream).toBe(false)
  })
})
