import type { JsonSchema } from 'natter'
import { chatWith } from '../../src/chat-with.ts'
import { anthropicMessages as dialect } from '../../src/dialects/anthropic-messages.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { FakeAnswer } from '../../src/testing/fake-reply.ts'
import type { DialectRow, Heard, Said, Spelled } from './served.ts'

type Source = Readonly<Record<'type' | 'url' | 'media_type' | 'data', string>>
interface Block {
  readonly type: string
  readonly text?: string
  readonly id?: string
  readonly name?: string
  readonly input?: unknown
  readonly tool_use_id?: string
  readonly is_error?: boolean
  readonly content?: string | readonly Block[]
  readonly source?: Source
}
interface Body {
  readonly model: string
  readonly max_tokens: number
  readonly system?: readonly Block[]
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: readonly Block[] }[]
  readonly tools?: readonly { name: string; description: string; input_schema: JsonSchema }[]
  readonly tool_choice?: { readonly type: 'auto' | 'any' | 'none' | 'tool'; readonly name: string }
  readonly output_config?: { readonly format?: { readonly schema: JsonSchema } }
}

const served: Provider = {
  id: 'served',
  name: 'Served',
  docs: 'https://example.org',
  baseUrl: 'http://127.0.0.1/v1',
  dialect,
  auth: { variables: [], places: 'apiKey', header: (key) => ({ 'x-api-key': key }) },
  headers: { 'anthropic-version': '2023-06-01' },
}

/** The tool that takes an answer in its form, where the model takes no schema. */
const DATA = '_structured_data'

/** The text of blocks, that of documents included. */
const textOf = (blocks: readonly Block[]): string =>
  blocks.flatMap(({ text, source }) => text ?? (source?.type === 'text' ? source.data : [])).join('\n\n')

const mediaOf = (blocks: readonly Block[]): readonly string[] =>
  blocks.flatMap(({ source }) =>
    source === undefined || source.type === 'text'
      ? []
      : [source.type === 'url' ? source.url : source.media_type],
  )

const insideOf = ({ content = [] }: Block): readonly Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

function saidIn(messages: Body['messages']): readonly Said[] {
  return messages.map(({ role, content }) => {
    const results = content.filter(({ type }) => type === 'tool_result')
    const attached = results.flatMap((result) => insideOf(result).filter(({ source }) => source))
    return {
      role,
      text: textOf([...content, ...attached]),
      calls: content.flatMap(({ type, id = '', name = '', input }) =>
        type === 'tool_use' ? [{ id, name, input }] : [],
      ),
      results: results.map((result) => {
        const text = textOf(insideOf(result).filter(({ source }) => !source))
        return { id: result.tool_use_id ?? '', text: result.is_error ? `Error: ${text}` : text }
      }),
      media: mediaOf([...content, ...attached]),
    }
  })
}

const choiceOf = (choice: Body['tool_choice']): Heard['choice'] => {
  if (!choice) return undefined
  if (choice.type === 'tool') return { name: choice.name }
  return choice.type === 'any' ? 'required' : choice.type
}

const REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  'stop-sequence': 'stop_sequence',
  'context-window': 'model_context_window_exceeded',
}

const words = (text = ''): readonly string[] => text.match(/\s*\S+\s*|\s+/g) ?? []

/** The blocks of an answer: how each begins, and the deltas that fill it. */
function blocksOf({ thinking, text, chunks, toolCalls = [] }: FakeAnswer): readonly {
  readonly begin: object
  readonly deltas: readonly object[]
}[] {
  const said = chunks ?? words(text)
  return [
    ...(thinking
      ? [
          {
            begin: { type: 'thinking', thinking: '', signature: '' },
            deltas: [
              ...words(thinking).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
              { type: 'signature_delta', signature: 'signed' },
            ],
          },
        ]
      : []),
    ...(said.length > 0
      ? [
          {
            begin: { type: 'text', text: '' },
            deltas: said.map((piece) => ({ type: 'text_delta', text: piece })),
          },
        ]
      : []),
    ...toolCalls.map(({ name, arguments: args = {}, id }, i) => ({
      begin: { type: 'tool_use', id: id ?? `call_${i + 1}`, name, input: {} },
      deltas: [
        '',
        ...((typeof args === 'string' ? args : JSON.stringify(args)).match(/[^]{1,12}/gu) ?? []),
      ].map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
    })),
  ]
}

/** The same in one piece. */
const wholeBlocks = ({ thinking, text, chunks, toolCalls = [] }: FakeAnswer): readonly object[] => {
  const said = text ?? chunks?.join('') ?? ''
  return [
    ...(thinking ? [{ type: 'thinking', thinking, signature: 'signed' }] : []),
    ...(said ? [{ type: 'text', text: said }] : []),
    ...toolCalls.map(({ name, arguments: input = {}, id }, i) => ({
      type: 'tool_use',
      id: id ?? `call_${i + 1}`,
      name,
      input,
    })),
  ]
}

function spoken(answer: FakeAnswer, { model, stream }: Readonly<Record<string, unknown>>): Spelled {
  const {
    finish,
    toolCalls,
    refusal,
    usage: { input, output, cachedInput = 0, cacheWrite = 0 } = {},
  } = answer
  const message = { id: 'msg_fake', type: 'message', role: 'assistant', model }
  const reason = finish ?? (toolCalls?.length ? 'tool-calls' : 'stop')
  const ending = {
    stop_reason: REASONS[reason] ?? reason,
    stop_sequence: null,
    ...(refusal && { stop_details: { type: 'refusal', category: null, explanation: refusal } }),
  }
  const read =
    input === undefined
      ? {}
      : {
          input_tokens: input - cachedInput - cacheWrite,
          cache_read_input_tokens: cachedInput,
          cache_creation_input_tokens: cacheWrite,
        }
  const written = output === undefined ? {} : { output_tokens: output }
  if (stream !== true) {
    const whole = { ...message, content: wholeBlocks(answer), ...ending, usage: { ...read, ...written } }
    return { contentType: 'application/json', pieces: [JSON.stringify(whole)] }
  }
  const event = (type: string, more: object = {}): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
  const pieces: string[] = []
  let before = event('message_start', {
    message: { ...message, content: [], stop_reason: null, usage: read },
  })
  before += event('ping')
  for (const [index, { begin, deltas }] of blocksOf(answer).entries()) {
    before += event('content_block_start', { index, content_block: begin })
    for (const delta of deltas) {
      pieces.push(before + event('content_block_delta', { index, delta }))
      before = ''
    }
    before += event('content_block_stop', { index })
  }
  const end = [
    before + event('message_delta', { delta: ending, usage: { ...read, ...written } }),
    event('message_stop'),
  ]
  return { contentType: 'text/event-stream; charset=utf-8', pieces, end }
}

/** Anthropic's Messages API. */
export const anthropicMessages: DialectRow = {
  id: dialect.id,
  path: '/v1/messages',
  untaken: { seed: 3 },
  resultsHoldMedia: true,
  chat: (options) => chatWith(served, options),

  hear(raw): Heard {
    const body = raw as unknown as Body
    return {
      model: body.model,
      system: body.system && textOf(body.system),
      said: saidIn(body.messages),
      tools: (body.tools ?? [])
        .filter(({ name }) => name !== DATA)
        .map(({ name, description, input_schema: schema }) => ({ name, description, schema })),
      choice: choiceOf(body.tool_choice),
      schema:
        body.output_config?.format?.schema ?? body.tools?.find(({ name }) => name === DATA)?.input_schema,
      body: raw,
    }
  },

  speak: (answer, { body }) => spoken(answer, body),
}
