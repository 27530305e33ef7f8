import type { Citation, Media, Opaque, ServerTool } from './content.ts'
import type { Usage } from './usage.ts'

/** Why a model stopped; a server's own word where it is none of these. */
export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool-calls'
  | 'content-filter'
  | 'context-window'
  | 'stop-sequence'
  /** The server rests while it uses tools of its own, and wants to be asked to go on; the chat does so. */
  | 'pause_turn'
  /** The caller stopped it; the turn holds what had come. */
  | 'aborted'
  /** The connection or the server broke it off; the turn holds what had come. */
  | 'error'
  /** The server ended its answer properly and gave no reason. */
  | 'unknown'
  | (string & {})

/** The only news a reply can bring, whatever the dialect. */
export type Delta =
  | { readonly type: 'model'; readonly model: string }
  | { readonly type: 'text'; readonly text: string; readonly opaque?: Opaque }
  | { readonly type: 'thinking'; readonly text: string; readonly opaque?: Opaque }
  | { readonly type: 'refusal'; readonly text: string }
  | ToolCallDelta
  /** `cost`: what the server says the answer costs, in US dollars. `tier`: its word for the tier of service, which sets the price. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly cost?: number; readonly tier?: string }
  | { readonly type: 'citation'; readonly citation: Citation }
  | { readonly type: 'media'; readonly media: Media }
  /** Something a server gives as data beside its words, such as a query it wrote. */
  | { readonly type: 'json'; readonly value: unknown }
  | { readonly type: 'server-tool'; readonly tool: ServerTool }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly raw?: string }

/** A piece of a tool call: `arguments` is a fragment of JSON text, to be joined by `index`. */
export interface ToolCallDelta {
  readonly type: 'tool-call'
  /** Which call of this answer, counted from 0 in order of first appearance. */
  readonly index: number
  readonly id?: string
  readonly name?: string
  readonly arguments?: string
  readonly opaque?: Opaque
}
