import type { Delta } from '../core/delta.ts'
import type { StandardParam } from '../core/params.ts'
import type { BuiltinTool, ChatRequest } from '../core/request.ts'
import type { Frames, OnPayload } from '../lib/framing.ts'

/**
 * A spelling of `response_format`: OpenAI's; `value`, TGI's `{type: 'json_object', value}`; `top-level`, Together's
 * `{type: 'json_schema', schema}`; `object-schema`, Fireworks' `{type: 'json_object', schema}`; `json-object`, any JSON object.
 */
export type SchemaSpelling = 'json-schema' | 'value' | 'top-level' | 'object-schema' | 'json-object'

/** Where a server's spelling differs from its dialect's, as data. Absent means the dialect's own way. */
export interface Quirks {
  /** The server's name for a parameter; `null` where it has none. */
  readonly paramNames?: Readonly<Partial<Record<StandardParam, string | null>>>
  /** Body fields never to send, such as `stream_options`. */
  readonly omit?: readonly string[]
  /** `nine`: ids of tool calls must be nine letters and digits. */
  readonly toolCallIds?: 'nine'
  /** How a form for the answer is spelled; `strict: false` leaves that word out. */
  readonly schemaSpelling?: SchemaSpelling
  readonly strict?: false
  /** What a message's content must be: `parts` a list, `text` a string. */
  readonly content?: 'text' | 'parts'
  /** Whether the name of a tool may stand beside its result. */
  readonly resultNames?: false
  /** `false`: no prompt is marked for caching unless the caller asks for it; the mark is refused ("cache_control: Extra inputs are not permitted"). */
  readonly promptCache?: false
  /** `tool`: data is asked for as the input of a tool, where `output_config.format` is refused or, as by llama-server, not heeded. */
  readonly structuredBy?: 'tool'
  /**
   * The field in which thinking goes back beside the calls that it led to: DeepSeek's models in thinking mode refuse calls without it
   * ("The reasoning_content in the thinking mode must be passed back to the API.").
   */
  readonly thinkingBesideCalls?: 'reasoning' | 'reasoning_content'
  /** Whether an assistant's message may hold text beside its calls: TGI loses the calls of one that does. */
  readonly textBesideCalls?: false
  /** `flat`: an uploaded file is `{type: 'file', file_id}`, as by Mistral, which refuses OpenAI's `{type: 'file', file: {file_id}}`. */
  readonly fileParts?: 'flat'
  /** Whether media are read from any `https:` URL, not from the provider's own storage alone. */
  readonly fetchesMedia?: boolean
  /**
   * Whether the provider's own tools beside the caller's must be announced: "Please enable tool_config.include_server_side_tool_invocations
   * to use Built-in tools with Function calling." Vertex AI knows no such field.
   */
  readonly serverToolInvocations?: boolean
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
  /** The spellings of a form for the answer that its servers may know beside the dialect's own; servers may also not heed it. */
  readonly schemaSpellings?: readonly SchemaSpelling[]
  /** How its answers are cut into payloads, where that is neither server-sent events nor one JSON value. */
  readonly framer?: (onPayload: OnPayload) => Frames
  /** The kinds of tools that its servers run themselves. */
  readonly builtins?: readonly BuiltinTool['type'][]
  encode(request: ChatRequest, quirks: Quirks): Wire
  reader(): Reader
}

/** A dialect that is loaded with the first request: a program that talks to one provider needs no other's. */
export interface LazyDialect {
  readonly id: string
  /** As the dialect's own: what must be known before it is loaded. */
  readonly builtins?: readonly BuiltinTool['type'][]
  readonly load: () => Promise<Dialect>
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
