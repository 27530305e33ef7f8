import type { JsonSchema } from './schema.ts'
import type { Params } from './params.ts'
import type { Turn } from './turn.ts'

/** What a model is told about a tool. */
export interface ToolSpec {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments, an object schema. */
  readonly inputSchema: JsonSchema
}

/** The form an answer must have. */
export interface OutputSchema {
  /** A name for the server, of letters, digits, `-` and `_`. */
  readonly name: string
  /** An object schema. */
  readonly schema: JsonSchema
}

/** A tool that the provider runs on its own side. Made by `webSearch()` and `webFetch()`. */
export interface BuiltinTool {
  readonly type: 'web-search' | 'web-fetch'
  /** Only these sites, by their domain; not together with `blockedDomains`. */
  readonly allowedDomains?: readonly string[]
  readonly blockedDomains?: readonly string[]
  /** How often it may be used for one answer. */
  readonly maxUses?: number
  /** Where the person is, for search. */
  readonly userLocation?: {
    readonly city?: string
    readonly region?: string
    /** Two letters, ISO 3166-1. */
    readonly country?: string
    /** IANA's name. */
    readonly timezone?: string
  }
}

/** How long a server shall keep the beginning of a conversation in its prompt cache. */
export type PromptCache = '5m' | '1h' | 'none'

/** Which tool to use: as the model likes, none, at least one, or the one named. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** One call of a model, before any server's spelling. */
export interface ChatRequest {
  readonly model: string
  readonly system?: string
  readonly turns: readonly Turn[]
  readonly tools?: readonly ToolSpec[]
  readonly toolChoice?: ToolChoice
  /** Tools of the provider's own. */
  readonly builtins?: readonly BuiltinTool[]
  /** Absent: as the dialect does by default. */
  readonly cache?: PromptCache
  readonly schema?: OutputSchema
  readonly params: Params
  readonly stream: boolean
  /** Merged deep into the body last: objects merge, arrays replace, null deletes. */
  readonly extra?: Readonly<Record<string, unknown>>
}
