/** What went wrong, one word each; docs/errors.md says what to do about every one. */
export type ChatErrorCode =
  | 'no-key'
  | 'unauthorized'
  | 'forbidden'
  | 'credits'
  | 'not-found'
  | 'model-not-supported'
  | 'unsupported-input'
  | 'bad-request'
  | 'context-overflow'
  | 'rate-limited'
  | 'server-error'
  | 'overloaded'
  | 'connection'
  | 'timeout'
  | 'cut'
  | 'bad-reply'
  | 'aborted'
  | 'busy'
  | 'missing-package'
  | 'tool-rounds'
  | 'invalid-output'
  | 'truncated'
  | 'filtered'
  | 'refused'
  | 'budget'
  | 'resume'
  | 'expired'
  | 'cancelled'

/** The evidence an error carries; every member but `code` is optional. */
export interface ChatErrorDetails {
  readonly code: ChatErrorCode
  /** Who said it: the provider's name. */
  readonly provider?: string | undefined
  /** The HTTP status; 200 for an error inside a stream. */
  readonly status?: number | undefined
  /** What the server sent, parsed where it was JSON; keys redacted. */
  readonly body?: unknown
  /** The server's own error code and type, as it spells them. */
  readonly serverCode?: string | undefined
  readonly serverType?: string | undefined
  readonly requestId?: string | undefined
  /** Who ran the model behind a router. */
  readonly servedBy?: string | undefined
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfter?: number | undefined
  /** Of a `context-overflow`, where the server tells: how many tokens the model can read, and how many there were. */
  readonly contextSize?: number | undefined
  readonly promptTokens?: number | undefined
  readonly cause?: unknown
}

/**
 * The one error of a chat that failed at run time; `code` says how. Mistakes in a call's arguments are `TypeError` or
 * `RangeError` instead. Its message names what happened, who said it and what to do, and never holds a key.
 */
export class ChatError extends Error {
  override readonly name = 'ChatError'
  readonly code: ChatErrorCode
  // Declared only: a member that is not known shall not show as undefined.
  declare readonly provider?: string
  declare readonly status?: number
  declare readonly body?: unknown
  declare readonly serverCode?: string
  declare readonly serverType?: string
  declare readonly requestId?: string
  declare readonly servedBy?: string
  declare readonly retryAfter?: number
  declare readonly contextSize?: number
  declare readonly promptTokens?: number

  constructor(message: string, details: ChatErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    const { cause: _cause, code, ...evidence } = details
    this.code = code
    for (const [name, value] of Object.entries(evidence))
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true })
  }

  /** Whether a value is a ChatError, of this code if one is given; also across copies of the package. */
  static is(value: unknown, code?: ChatErrorCode): value is ChatError {
    return (
      value instanceof Error &&
      value.name === 'ChatError' &&
      (code === undefined || (value as ChatError).code === code)
    )
  }
}
