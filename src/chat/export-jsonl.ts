import type { ToolCall, ToolResult } from '../core/content.ts'
import { type Turn, textOf } from '../core/turn.ts'
import { type Exported, providerName } from './export-notes.ts'
import { describe } from './inspect.ts'

/** What a chat does not know of itself. */
export interface TraceOptions {
  /** @default a random one */
  readonly id?: string | undefined
  /** Gives the time of each message in milliseconds since 1970. Turns do not keep when they were said: without it no message says. */
  readonly clock?: (() => number) | undefined
}

/**
 * A chat as the Hub's Session Trace Simple Format, a JSON value a line.
 * https://huggingface.co/docs/hub/session-traces-format
 */
export function toTrace(chat: Exported, { id = randomId(), clock }: TraceOptions = {}): string {
  const name = chat.title?.trim() || firstWords(chat.turns)
  const header = {
    type: 'session',
    harness: 'natter',
    id,
    ...(name && { name }),
    provider: providerName(chat),
    model: chat.model,
  }
  const messages = chat.turns.flatMap((turn) => messagesOf(turn, chat.model))
  if (chat.systemPrompt) messages.unshift({ role: 'system', content: chat.systemPrompt })
  return [header, ...messages.map((message) => envelope(message, clock))].map(oneLine).join('')
}

/** A message as the format spells it. */
export type Message = Readonly<Record<string, unknown>>

const envelope = (message: Message, clock: TraceOptions['clock']): Message => ({
  type: 'message',
  message: clock ? { ...message, timestamp: clock() } : message,
})

/** A value as a line of JSON. What some readers (Python's splitlines) take for the end of a line, and JSON leaves as it is, is escaped. */
export const oneLine = (value: Message): string =>
  `${JSON.stringify(value).replaceAll(/[\u0085\u2028\u2029]/g, (sign) => String.raw`\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`

/** A turn as the messages that the format has for it, at least one. */
export function messagesOf(turn: Turn, model: string): readonly Message[] {
  if (turn.role === 'user') {
    const results = turn.contents.filter((content): content is ToolResult => content.type === 'tool-result')
    const hasMore = results.length < turn.contents.length || results.length === 0
    return [
      ...results.map(({ id, content, media = [] }) => ({
        role: 'tool',
        content: [content, ...media.map(describe)].join('\n'),
        toolCallId: id,
      })),
      ...(hasMore ? [{ role: 'user', content: said(turn) }] : []),
    ]
  }
  const reasoningContent = turn.contents
    .map((content) => (content.type === 'thinking' ? content.text : ''))
    .join('')
  const toolCalls = turn.contents.filter((content) => content.type === 'tool-call').map(spell)
  return [
    {
      role: 'assistant',
      content: said(turn),
      ...(reasoningContent && { reasoningContent }),
      ...(toolCalls.length > 0 && { toolCalls }),
      model: turn.model ?? model,
    },
  ]
}

const spell = ({ id, name, input, raw }: ToolCall): Message => ({
  id,
  function: { name, arguments: input ? JSON.stringify(input) : (raw ?? '') },
})

/** What is said in words: the text, and a line for each thing that the format has no place for. */
function said(turn: Turn): string {
  const lines: string[] = []
  const text = textOf(turn)
  if (text !== '') lines.push(text)
  for (const content of turn.contents)
    if (content.type === 'media' || content.type === 'citation' || content.type === 'server-tool')
      lines.push(describe(content))
    else if (content.type === 'json') lines.push(JSON.stringify(content.value))
  if (turn.role === 'assistant' && turn.refusal) lines.push(turn.refusal)
  return lines.join('\n')
}

/** The beginning of what was said first, 80 characters at most; empty where nothing was. */
export function firstWords(turns: readonly Turn[]): string {
  const text = turns.map(textOf).find((words) => words.trim() !== '') ?? ''
  const words = text.trim().replaceAll(/\s+/g, ' ')
  return words.length > 80 ? `${words.slice(0, 79)}…` : words
}

// Not randomUUID, which a page without TLS does not have.
const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
