import { EventStreamCodec } from '@smithy/eventstream-codec'
import type { JsonSchema } from 'natter'
import { chatWith } from '../../src/chat-with.ts'
import { bedrockConverse as dialect } from '../../src/dialects/bedrock-converse.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { FakeAnswer } from '../../src/testing/fake-reply.ts'
import type { DialectRow, Heard, Said, Spelled, Spoken } from './served.ts'

interface File {
  readonly format: string
  readonly source: { readonly bytes?: string; readonly s3Location?: { readonly uri: string } }
}
interface Block {
  readonly text?: string
  readonly image?: File
  readonly document?: File
  readonly toolUse?: { readonly toolUseId: string; readonly name: string; readonly input: unknown }
  readonly toolResult?: {
    readonly toolUseId: string
    readonly content: readonly Block[]
    readonly status?: string
  }
}
interface Body {
  readonly system?: readonly Block[]
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: readonly Block[] }[]
  readonly toolConfig?: {
    readonly tools: readonly {
      readonly toolSpec: { name: string; description?: string; inputSchema: { json: JsonSchema } }
    }[]
    readonly toolChoice?: { readonly auto?: object; readonly any?: object; readonly tool?: { name: string } }
  }
}

const DATA = 'structured_data'

const served: Provider = {
  id: 'served',
  name: 'Served',
  docs: 'https://example.org',
  baseUrl: 'http://127.0.0.1/v1',
  dialect,
  auth: { variables: [], places: 'apiKey' },
}

/** The text of blocks, that of documents included. */
const textOf = (blocks: readonly Block[]): string =>
  blocks
    .flatMap(({ text, document }) => {
      if (document === undefined || document.format === 'pdf') return text ?? []
      return Buffer.from(document.source.bytes ?? '', 'base64').toString()
    })
    .join('\n\n')

const typeOf = ({ format, source }: File, kind: string): string =>
  source.s3Location?.uri ?? `${kind}/${format}`

const mediaOf = (blocks: readonly Block[]): readonly string[] =>
  blocks.flatMap(({ image, document }) => {
    if (image) return [typeOf(image, 'image')]
    return document?.format === 'pdf' ? [typeOf(document, 'application')] : []
  })

const saidIn = (messages: Body['messages']): readonly Said[] =>
  messages.map(({ role, content }) => {
    const results = content.flatMap(({ toolResult }) => toolResult ?? [])
    const attached = results.flatMap((result) => result.content.filter(({ text }) => text === undefined))
    return {
      role,
      text: textOf([...content, ...attached]),
      calls: content.flatMap(({ toolUse: call }) =>
        call ? [{ id: call.toolUseId, name: call.name, input: call.input }] : [],
      ),
      results: results.map((result) => {
        const text = textOf(result.content.filter(({ text: words }) => words !== undefined))
        return { id: result.toolUseId, text: result.status === 'error' ? `Error: ${text}` : text }
      }),
      media: mediaOf([...content, ...attached]),
    }
  })

function choiceOf({ toolConfig }: Body): Heard['choice'] {
  const { auto, any, tool } = toolConfig?.toolChoice ?? {}
  if (tool) return tool.name === DATA ? undefined : { name: tool.name }
  if (any) return 'required'
  return auto && 'auto'
}

const REASONS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'guardrail_intervened',
  'context-window': 'model_context_window_exceeded',
}

const pieces = (text: string, pattern: RegExp): readonly string[] => text.match(pattern) ?? []
const words = (text = ''): readonly string[] => pieces(text, /\s*\S+\s*|\s+/g)

/** What a block is: how it begins where it does, its deltas, and the whole of it. */
interface Spelling {
  readonly start?: object
  readonly deltas: readonly object[]
  readonly whole: object
}

function blocksOf(answer: FakeAnswer, isData: boolean): readonly Spelling[] {
  const { thinking, text, chunks, toolCalls = [] } = answer
  const said = chunks ?? words(text)
  const whole = said.join('')
  const signature = 'signed'
  const thought: readonly Spelling[] = thinking
    ? [
        {
          deltas: [...words(thinking).map((piece) => ({ text: piece })), { signature }].map((piece) => ({
            reasoningContent: piece,
          })),
          whole: { reasoningContent: { reasoningText: { text: thinking, signature } } },
        },
      ]
    : []
  const spoken: readonly Spelling[] =
    whole === ''
      ? []
      : [
          isData
            ? callOf('data_1', DATA, said, objectIn(whole))
            : { deltas: said.map((piece) => ({ text: piece })), whole: { text: whole } },
        ]
  const calls = toolCalls.map(({ name, arguments: given = {}, id }, i) => {
    const args = typeof given === 'string' ? given : JSON.stringify(given)
    return callOf(id ?? `call_${i + 1}`, name, pieces(args, /[^]{1,12}/gu), given)
  })
  return [...thought, ...spoken, ...calls]
}

const callOf = (toolUseId: string, name: string, args: readonly string[], input: unknown): Spelling => ({
  start: { toolUse: { toolUseId, name } },
  deltas: ['', ...args].map((piece) => ({ toolUse: { input: piece } })),
  whole: { toolUse: { toolUseId, name, input } },
})

function objectIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

const encoder = new TextEncoder()
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
  (text) => encoder.encode(text),
)

function frame(event: string, payload: object): Uint8Array {
  const body = encoder.encode(JSON.stringify({ ...payload, p: 'abcdef'.repeat(event.length % 4) }))
  const header = (value: string) => ({ type: 'string' as const, value })
  return codec.encode({
    headers: {
      ':event-type': header(event),
      ':content-type': header('application/json'),
      ':message-type': header('event'),
    },
    body,
  })
}

function spoken(answer: FakeAnswer, { path, body }: Spoken): Spelled {
  const { finish, toolCalls, usage: counts } = answer
  const { toolConfig } = body as unknown as Body
  const text = answer.chunks?.join('') ?? answer.text ?? ''
  const isStream = path.endsWith('/converse-stream')
  const isAsked = toolConfig?.tools.some(({ toolSpec }) => toolSpec.name === DATA) === true
  // In one piece it comes as a value: text that is spaced otherwise could not be told from it.
  const isData = isAsked && (isStream ? text.startsWith('{') : JSON.stringify(objectIn(text)) === text)
  const reason = finish ?? (toolCalls?.length || isData ? 'tool-calls' : 'stop')
  const stopReason = REASONS[reason] ?? reason
  const { input, output, cachedInput = 0, cacheWrite = 0 } = counts ?? {}
  const usage = {
    ...(input !== undefined && { inputTokens: input - cachedInput - cacheWrite }),
    ...(output !== undefined && { outputTokens: output }),
    ...(counts?.cachedInput !== undefined && { cacheReadInputTokens: cachedInput }),
    ...(counts?.cacheWrite !== undefined && { cacheWriteInputTokens: cacheWrite }),
  }
  const blocks = blocksOf(answer, isData)
  if (!isStream) {
    const message = { role: 'assistant', content: blocks.map(({ whole }) => whole) }
    const whole = { output: { message }, stopReason, usage, metrics: { latencyMs: 1 } }
    return { contentType: 'application/json', pieces: [JSON.stringify(whole)] }
  }
  const sent: Uint8Array[] = []
  let before = [frame('messageStart', { role: 'assistant' })]
  for (const [contentBlockIndex, { start, deltas }] of blocks.entries()) {
    if (start) before.push(frame('contentBlockStart', { contentBlockIndex, start }))
    for (const delta of deltas) {
      sent.push(Buffer.concat([...before, frame('contentBlockDelta', { contentBlockIndex, delta })]))
      before = []
    }
    before.push(frame('contentBlockStop', { contentBlockIndex }))
  }
  const end = [
    Buffer.concat([...before, frame('messageStop', { stopReason })]),
    frame('metadata', { usage, metrics: { latencyMs: 1 } }),
  ]
  return { contentType: 'application/vnd.amazon.eventstream', pieces: sent, end }
}

/** Amazon Bedrock's Converse, its streams in binary frames. */
export const bedrockConverse: DialectRow = {
  id: dialect.id,
  path: '/v1/model/m/converse',
  untaken: { seed: 3 },
  lacks: ['choice-none', 'picture-url', 'refusal'],
  keepsTools: true,
  chat: (options) => chatWith(served, options),

  hear(raw, path): Heard {
    const body = raw as unknown as Body
    const specs = body.toolConfig?.tools.map(({ toolSpec }) => toolSpec) ?? []
    return {
      model: decodeURIComponent(/\/model\/([^/]+)\/converse/.exec(path)?.[1] ?? ''),
      system: body.system && textOf(body.system),
      said: saidIn(body.messages),
      tools: specs
        // Those that are only there because an old call names them are no offer.
        .filter(({ name, description }) => name !== DATA && description !== 'No longer there.')
        .map(({ name, description = '', inputSchema }) => ({ name, description, schema: inputSchema.json })),
      choice: choiceOf(body),
      schema: specs.find(({ name }) => name === DATA)?.inputSchema.json,
      body: raw,
    }
  },

  speak: spoken,
}
