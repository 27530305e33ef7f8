import {
  type Content,
  type Media,
  type ToolCall,
  type ToolResult,
  documentText,
  elsewhere,
  urlOf,
} from '../core/content.ts'
import { isStandardParam } from '../core/params.ts'
import type { ChatRequest, OutputSchema, ToolChoice, ToolSpec } from '../core/request.ts'
import { type AssistantTurn, type UserTurn, textOf } from '../core/turn.ts'
import { merge } from '../lib/merge.ts'
import type { Dialect, Quirks, Wire } from './dialect.ts'
import { OpenAIChatReader } from './openai-chat-reader.ts'

type Message = Readonly<Record<string, unknown>>

/**
 * OpenAI's chat completions, as spoken by the Hugging Face router, TGI, vLLM, llama-server and most hosts.
 * https://huggingface.co/docs/inference-providers/tasks/chat-completion
 */
export const openaiChat: Dialect = {
  id: 'openai-chat',
  schemaForms: { tools: 'plain', output: 'strict' },
  schemaSpellings: ['json-schema', 'value', 'top-level', 'object-schema', 'json-object'],
  paramNames: {
    temperature: 'temperature',
    topP: 'top_p',
    topK: 'top_k', // never top_logprobs, which asks for log-probabilities instead
    frequencyPenalty: 'frequency_penalty',
    presencePenalty: 'presence_penalty',
    seed: 'seed',
    maxTokens: 'max_tokens',
    logProbs: 'logprobs',
    stopSequences: 'stop',
    reasoningEffort: 'reasoning_effort',
  },

  encode(request: ChatRequest, quirks: Quirks): Wire {
    const { model, system, turns, tools, toolChoice, schema, stream, extra } = request
    const messages: Message[] = system ? [{ role: 'system', content: spellText(system, quirks) }] : []
    for (const turn of turns)
      messages.push(...(turn.role === 'user' ? userMessages(turn, quirks) : assistantMessages(turn, quirks)))
    let body: Record<string, unknown> = {
      model,
      messages,
      ...spell(request.params, { ...this.paramNames, ...quirks.paramNames }),
      ...(tools && tools.length > 0 && { tools: tools.map(spellTool) }),
      ...(toolChoice && { tool_choice: spellChoice(toolChoice) }),
      ...(schema && { response_format: spellSchema(schema, quirks) }),
      ...(stream && { stream, stream_options: { include_usage: true } }),
    }
    for (const field of quirks.omit ?? []) delete body[field]
    if (extra) body = merge(body, extra)
    return { path: 'chat/completions', body }
  },

  reader: () => new OpenAIChatReader(),
}

function spell(
  params: ChatRequest['params'],
  names: NonNullable<Quirks['paramNames']>,
): Record<string, unknown> {
  const spelled: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    const wireName = isStandardParam(name) ? names[name] : name
    if (wireName) spelled[wireName] = value
  }
  return spelled
}

/** Tool results go first, one message each, as the answers to the calls of the turn before; the rest follows in one message. */
function userMessages(turn: UserTurn, quirks: Quirks): Message[] {
  const messages: Message[] = []
  const rest: Content[] = []
  for (const content of turn.contents) {
    if (content.type === 'tool-result') {
      messages.push(toolMessage(content, quirks))
      rest.push(...unrolled(content))
    } else rest.push(content)
  }
  if (rest.length > 0) messages.push({ role: 'user', content: spellContents(rest, quirks) })
  return messages
}

/** Some chat templates know content as a list of parts only, most as a string. */
const spellText = (text: string, { content }: Quirks): unknown =>
  content === 'parts' ? [{ type: 'text', text }] : text

/** A failure is told in words: the dialect has no mark for it. */
const toolMessage = ({ id, name, content, isError, media }: ToolResult, quirks: Quirks): Message => ({
  role: 'tool',
  tool_call_id: idFor(id, quirks),
  ...(quirks.resultNames !== false && { name }),
  content:
    (isError ? `Error: ${content}` : content) || (media ? `See the attachment of ${name} below.` : 'done'),
})

/** A tool's message holds text only: pictures and files follow in the user's message, said to be the tool's. */
const unrolled = ({ name, media = [] }: ToolResult): readonly Content[] =>
  media.length === 0 ? [] : [{ type: 'text', text: `The attachment of ${name}:` }, ...media]

const idFor = (id: string, { toolCallIds }: Quirks): string => (toolCallIds === 'nine' ? nineLetters(id) : id)

/** Mistral's servers want ids of exactly nine letters and digits ("must be a-z, A-Z, 0-9, with a length of 9"). */
function nineLetters(id: string): string {
  if (/^[a-zA-Z0-9]{9}$/.test(id)) return id
  let hash = 0n
  for (const char of id) hash = (hash * 131n + BigInt(char.codePointAt(0) ?? 0)) % 36n ** 9n
  return hash.toString(36).padStart(9, '0')
}

/** Plain text as a string: many chat templates and backends refuse an array of parts. */
function spellContents(contents: readonly Content[], quirks: Quirks): unknown {
  const [only] = contents
  if (only?.type === 'text' && contents.length === 1) return spellText(only.text, quirks)
  const parts = contents.flatMap((content) => spellPart(content, quirks))
  if (parts.every((part) => part.type === 'text'))
    return spellText(parts.map((part) => part.text).join('\n\n'), quirks)
  return parts
}

type Part = Readonly<Record<string, unknown>> & { readonly type: string }

function spellPart(content: Content, quirks: Quirks): readonly Part[] {
  switch (content.type) {
    case 'text':
      return [{ type: 'text', text: content.text }]
    case 'json':
      return [{ type: 'text', text: JSON.stringify(content.value) }]
    case 'media':
      return [spellMedia(content, quirks)]
    case 'thinking':
    case 'citation':
    case 'tool-call':
    case 'tool-result':
    case 'server-tool':
      return []
  }
}

function spellMedia(media: Media, { fileParts }: Quirks): Part {
  const { kind, fileId } = media
  if (fileId !== undefined) {
    if (fileParts) return { type: 'file', file_id: fileId }
    if (kind === 'pdf' || kind === 'document') return { type: 'file', file: { file_id: fileId } }
    throw elsewhere(fileId)
  }
  switch (kind) {
    case 'image':
      return {
        type: 'image_url',
        image_url: { url: urlOf(media), ...(media.detail && { detail: media.detail }) },
      }
    case 'audio': {
      const format = media.mimeType.replace(/^audio\/(x-)?/, '')
      return {
        type: 'input_audio',
        input_audio: { data: media.data, format: format === 'mpeg' ? 'mp3' : format },
      }
    }
    case 'pdf':
      return { type: 'file', file: { filename: media.name ?? 'file.pdf', file_data: urlOf(media) } }
    case 'document':
      return { type: 'text', text: documentText(media) }
  }
}

/** Thinking is sent back only beside calls, and only where a quirk says so: Gemma's hosts refuse it ("reasoning_content: property … is unsupported"), others count it as input. */
function assistantMessages(turn: AssistantTurn, quirks: Quirks): Message[] {
  const text = textOf(turn) || (turn.refusal ?? '')
  const content = text && spellText(text, quirks)
  const calls = turn.contents.filter((part) => part.type === 'tool-call')
  const field = quirks.thinkingBesideCalls
  if (calls.length > 0)
    return [
      {
        role: 'assistant',
        content: quirks.textBesideCalls === false ? null : content || null,
        ...(field && {
          [field]: turn.contents.map((it) => (it.type === 'thinking' ? it.text : '')).join('') || undefined,
        }),
        tool_calls: calls.map((call) => spellCall(call, quirks)),
      },
    ]
  // An answer without text says nothing, and an empty message is refused by many templates.
  return text === '' ? [] : [{ role: 'assistant', content }]
}

/** Arguments that were no JSON go back as what they were, in an object: servers refuse anything else in a history. */
const spellCall = ({ id, name, input, raw }: ToolCall, quirks: Quirks): unknown => ({
  id: idFor(id, quirks),
  type: 'function',
  function: { name, arguments: JSON.stringify(input ?? { unusable: raw ?? '' }) },
})

function spellSchema({ name, schema }: OutputSchema, { schemaSpelling, strict }: Quirks): unknown {
  switch (schemaSpelling) {
    case 'value':
      return { type: 'json_object', value: schema }
    case 'top-level':
      return { type: 'json_schema', schema }
    case 'object-schema':
      return { type: 'json_object', schema }
    case 'json-object':
      return { type: 'json_object' }
    default:
      return { type: 'json_schema', json_schema: { name, schema, ...(strict !== false && { strict: true }) } }
  }
}

const spellTool = ({ name, description, inputSchema }: ToolSpec): unknown => ({
  type: 'function',
  function: { name, description, parameters: inputSchema },
})

const spellChoice = (choice: ToolChoice): unknown =>
  typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } }
