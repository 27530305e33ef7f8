import type { ToolCall, ToolResult } from '../core/content.ts'
import type { Delta, FinishReason } from '../core/delta.ts'
import type { Adjustment, AssistantTurn } from '../core/turn.ts'
import type { Usage } from '../core/usage.ts'

/** What `chat.events()` reports, in order. An answer that calls tools is followed by their results and the next answer. */
export type ChatEvent =
  /** A piece of the answer; `thinking`, `refusal`, `citation` and `media` likewise, and `server-tool`, what the provider itself did for it. */
  | Extract<Delta, { type: 'text' | 'thinking' | 'refusal' | 'citation' | 'media' | 'server-tool' }>
  /** The model wants a tool run; reported once its arguments are whole. */
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  /** What a generator tool has yielded so far. */
  | { readonly type: 'tool-progress'; readonly call: ToolCall; readonly value: unknown }
  /** What the model will be told of a call. */
  | { readonly type: 'tool-result'; readonly call: ToolCall; readonly result: ToolResult }
  /** The request was changed so that the model could take it. */
  | { readonly type: 'adjustment'; readonly adjustment: Adjustment }
  | { readonly type: 'usage'; readonly usage: Usage }
  /** The end of one answer. */
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly turn: AssistantTurn }
