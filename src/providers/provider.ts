import type { ChatError } from '../core/errors.ts'
import type { Dialect, Quirks } from '../dialects/dialect.ts'
import type { Auth } from './auth.ts'

/** What to do about an error, one sentence; undefined where the general advice is right. */
export type Advice = (error: ChatError) => string | undefined

/** Who is asked: a value. Adding a provider is a file with one of these and a constructor line in chats.ts. */
export interface Provider {
  /** As in `chat('huggingface/…')`. */
  readonly id: string
  /** As people say it, for messages. */
  readonly name: string
  /** The page of its API. */
  readonly docs: string
  /** Ends without a slash. */
  readonly baseUrl: string
  readonly dialect: Dialect
  readonly auth: Auth
  /** The model where none is asked for. */
  readonly model?: string
  readonly quirks?: Quirks
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>
  /** The response header that names who ran the model. */
  readonly servedByHeader?: string
  /** Whether it hands requests on to backends, which are named after the model: `org/model:groq`. */
  readonly isRouter?: boolean
  /** The path of its public catalogue of models with prices, joined to the base URL. */
  readonly catalogPath?: string
  /** Loads what to say about errors, where there is more to say than in general. */
  readonly advice?: () => Promise<Advice>
}
