import type { ChatError } from '../core/errors.ts'
import type { BuiltinTool } from '../core/request.ts'
import type { Dialect, LazyDialect, Quirks } from '../dialects/dialect.ts'
import type { TokenCounter } from '../dialects/token-counter.ts'
import type { ListModels, ServedModels } from './api.ts'
import type { Auth } from './auth.ts'
import type { BatchApi } from './batch-api.ts'
import type { FileStore } from './file-store.ts'

/** What advice may look at besides the error. */
export interface Asking {
  /** The address that was asked. */
  readonly url: string
  /** The model that was asked for, as it was sent. */
  readonly model?: string | undefined
  /** What authorised the request, and what else was sent with it. */
  readonly headers: Readonly<Record<string, string>>
}

/** What to do about an error, one sentence; undefined where the general advice is right. */
export type Advice = (error: ChatError, asking: Asking) => string | undefined | Promise<string | undefined>

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
  /** What follows a host that is given without a path, such as `v1`. @default the path of `baseUrl` */
  readonly root?: string
  readonly dialect: Dialect | LazyDialect
  readonly auth: Auth
  /** The model where none is asked for. */
  readonly model?: string
  /** Loads what finds the models it has at the moment, one of which is asked where none is named. */
  readonly served?: () => Promise<ServedModels>
  /** How a person sees which models there are, for where no model was given. */
  readonly modelsHint?: string
  /** Where its servers differ from the dialect, all of them or those of one model. */
  readonly quirks?: Quirks | ((model: string) => Quirks)
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>
  /** The response header that names who ran the model. */
  readonly servedByHeader?: string
  /** Whether it hands requests on to backends, which are named after the model: `org/model:groq`. */
  readonly isRouter?: boolean
  /** The path of its public catalogue of models with prices, joined to the base URL. */
  readonly catalogPath?: string
  /** Loads what lists its models; `false` where nothing does. @default what servers of its dialect answer */
  readonly models?: (() => Promise<ListModels>) | false
  /** Loads how it counts the tokens of a request, where it does. */
  readonly countTokens?: () => Promise<TokenCounter>
  /** Loads what keeps files for prompts to refer to, where it does. */
  readonly files?: () => Promise<FileStore>
  /** Loads how it answers batches, where it does. */
  readonly batches?: () => Promise<BatchApi>
  /** The kinds of tools that its servers run themselves. @default those of the dialect */
  readonly builtins?: readonly BuiltinTool['type'][]
  /** Loads what to say about errors, where there is more to say than in general. */
  readonly advice?: () => Promise<Advice>
}

/** A provider whose address depends on options. */
export type ProviderFacts = Omit<Provider, 'baseUrl'>

const NO_QUIRKS: Quirks = {}

/** Where a provider's servers differ from the dialect for a model. */
export const quirksOf = ({ quirks = NO_QUIRKS }: Pick<Provider, 'quirks'>, model: string): Quirks =>
  typeof quirks === 'function' ? quirks(model) : quirks
