import type { Delta } from '../src/core/delta.ts'
import { TurnBuilder } from '../src/core/turn-builder.ts'
import type { AssistantTurn } from '../src/core/turn.ts'
import { AnthropicMessagesReader } from '../src/dialects/anthropic-messages-reader.ts'
import { spellTurns } from '../src/dialects/anthropic-messages-turns.ts'

// The events of Anthropic's streams, for the tests of their reader.

/** How every stream begins. */
export const start = {
  type: 'message_start',
  message: { model: 'claude', content: [], usage: { input_tokens: 5 } },
}
/** How every stream ends. */
export const stop = { type: 'message_stop' }
/** A block begins. */
export const begin = (index: number, block: object): object => ({
  type: 'content_block_start',
  index,
  content_block: block,
})
/** Something is added to a block. */
export const add = (index: number, delta: object): object => ({ type: 'content_block_delta', index, delta })
/** A block ends. */
export const end = (index: number): object => ({ type: 'content_block_stop', index })
/** Why it ends, and what it took. */
export const ending = (stop_reason: string, more: object = {}, usage: object = {}): object => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null, ...more },
  usage,
})
/** A block of text. */
export const say = (index: number, text: string): readonly object[] => [
  begin(index, { type: 'text', text: '' }),
  add(index, { type: 'text_delta', text }),
  end(index),
]

/** What was read. */
export interface Answer {
  readonly deltas: readonly Delta[]
  readonly turn: AssistantTurn
  readonly reader: AnthropicMessagesReader
}

/** Reads payloads as an answer. */
export function read(...payloads: readonly (object | string)[]): Answer {
  const reader = new AnthropicMessagesReader()
  const deltas: Delta[] = []
  for (const payload of payloads)
    reader.read(typeof payload === 'string' ? payload : JSON.stringify(payload), deltas)
  reader.end()
  return { deltas, turn: built(deltas), reader }
}

/** The turn that deltas make. */
export function built(deltas: readonly Delta[]): AssistantTurn {
  const builder = new TurnBuilder()
  for (const delta of deltas) builder.push(delta)
  return builder.build({})
}

/** What goes back to the server of an answer. */
export const back = ({ turn }: Answer): unknown =>
  spellTurns([{ role: 'user', contents: [{ type: 'text', text: 'hi' }] }, turn])[1]?.content
