import type { Delta } from '../core/delta.ts'
import type { StandardParam } from '../core/params.ts'
import type { BuiltinTool, ChatRequest } from '../core/request.ts'
import type { Frames, OnPayload } from '../lib/framing.ts'

/** Where a server's spelling differs from its dialect's, as data. Absent means the dialect's own way. */
export interface Quirks {
  /** The server's name for a parameter; `null` where it has none. */
  readonly paramNames?: Readonly<Partial<Record<StandardParam, string | null>>>
  /** Body fields never to send, such as `stream_options`. */
  readonly omit?: readonly string[]
  /** `nine`: ids of tool calls must be nine letters and digits. */
  readonly toolCallIds?: 'nine'
}

/** A request as a server wants it; `path` is joined to the provider's base URL. */
export interface Wire {
  readonly path: string
  /** Headers that this request needs, such as those that switch a beta on; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

/** Reads one answer; made anew for each. */
export interface Reader {
  /**
   * Takes the next payload (an event's data, a line, or a whole body) and adds its news to `out`.
   * @param event the event's name, where it has one
   * @throws WireError for an error inside the answer, SyntaxError for what is no JSON.
   */
  read(payload: string, out: Delta[], event?: string): void
  /** Adds what was held back until the end of the answer. */
  end(out: Delta[]): void
  /** Whether the server has said that its answer is whole. */
  readonly isComplete: boolean
  /** Whether nothing more is to be read, as after `[DONE]`. */
  readonly isOver: boolean
}

/** What an error body says, whatever its shape. */
export interface Refusal {
  readonly message: string
  /** The server's own code and type. */
  readonly code?: string
  readonly type?: string
  /** The parameter it names. */
  readonly param?: string
  /** A status given inside the body. */
  readonly status?: number
}

/** The name of a rewrite of schemas. */
export type SchemaForm = 'plain' | 'strict' | 'typed' | 'inlined'

/** How a family of servers spells a chat: pure translations that open no socket and read no clock or environment. */
export interface Dialect {
  readonly id: string
  /** The dialect's names of the standard parameters; absent where it has none. */
  readonly paramNames: Readonly<Partial<Record<StandardParam, string>>>
  /** The rewrites (schema-rewrites.ts) that its servers need of schemas, applied before `encode`. */
  readonly schemaForms: { readonly tools: SchemaForm; readonly output: SchemaForm }
  /** How its answers are cut into payloads, where that is neither server-sent events nor one JSON value. */
  readonly framer?: (onPayload: OnPayload) => Frames
  /** The kinds of tools that its servers run themselves. */
  readonly builtins?: readonly BuiltinTool['type'][]
  encode(request: ChatRequest, quirks: Quirks): Wire
  reader(): Reader
}

/** An error that a server reported inside an answer, with status 200; what it says is read by `readRefusal`. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly body: unknown

  constructor(body: unknown) {
    super('the answer holds an error')
    this.body = body
  }
}
