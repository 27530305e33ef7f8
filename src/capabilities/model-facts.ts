import type { CallSyntax, SchemaWay, ToolsWay } from './capabilities.ts'
import type { TokenPrices } from './token-prices.ts'

/** Where something is known from: the router's catalogue, the model's chat template, the Hub, or what was refused or ignored. */
export type FactSource = 'catalogue' | 'template' | 'hub' | 'learned'

/** Something that is known, by whom and since when. */
export interface Fact<T> {
  readonly value: T
  readonly source: FactSource
  readonly at: Date
  /** It is older than it should be, because nothing newer could be had. */
  readonly isStale?: true
}

/** How something will be asked for first, and why so. */
export interface WayFact<W> extends Fact<W> {
  /** For people. */
  readonly why: string
  /** Who is asked first, where there are several. */
  readonly backend?: string
}

/** What is done to one parameter or body field before it is sent. */
export interface ParameterFact {
  readonly name: string
  readonly is: 'refused' | 'renamed' | 'limited'
  /** The other name, or what it is limited to. */
  readonly to?: string
}

/** What is known of a model, or of a model at one backend; absent is unknown, and unknown is tried. */
export interface ModelFacts {
  /**
   * `fold`: there is no system role, so the prompt goes into the first user turn. By the Hub: there is no chat template to tell, so it is
   * folded to be safe.
   */
  readonly system?: Fact<'role' | 'fold'>
  /** How tools are offered: by the server's own field, as a form the answer must have, or in words. */
  readonly tools?: WayFact<ToolsWay>
  /** How data in the form of a schema is asked for. */
  readonly structured?: WayFact<SchemaWay>
  /** Whether pictures are seen. */
  readonly image?: Fact<boolean>
  /** In tokens. */
  readonly contextLength?: Fact<number>
  /** In US dollars for a million tokens. */
  readonly prices?: Fact<TokenPrices>
  /** What a message's content may be: a string, a list of parts, or either. */
  readonly content?: Fact<'text' | 'parts' | 'both'>
  /** `auto`: no tool can be demanded. */
  readonly toolChoice?: Fact<'auto'>
  /** `inline`: the server cannot fetch a picture by its URL. */
  readonly imageUrls?: Fact<'inline'>
  /** `nine`: ids of calls must be nine letters and digits. */
  readonly toolCallIds?: Fact<'nine'>
  /** False: `strict` beside a schema is refused. */
  readonly strict?: Fact<false>
  /** False: the name of a tool beside its result is refused. */
  readonly resultNames?: Fact<false>
  readonly parameters?: readonly Fact<ParameterFact>[]
}

/** What is known of a model at one of its backends. */
export interface BackendFacts extends ModelFacts {
  readonly name: string
  /** `live`, or why not; absent where no catalogue lists the backend. */
  readonly status?: Fact<string>
  /** Until the first token, in milliseconds. */
  readonly latency?: Fact<number>
  /** In tokens a second. */
  readonly throughput?: Fact<number>
}

/** Why a source had nothing to say of a model. */
export interface MissingSource {
  readonly source: Exclude<FactSource, 'learned'>
  /** It could not be reached, does not list the model, does not know it, keeps it for some, or has none. */
  readonly reason: 'unreachable' | 'not-listed' | 'not-found' | 'gated' | 'none'
  /** A sentence for people. */
  readonly message: string
}

/** All that is known of a model. */
export interface ModelCapabilities extends ModelFacts {
  /** Without a backend or a rule. */
  readonly model: string
  /** Who may read its files: everybody (false), or who asked for access. */
  readonly gated?: Fact<false | 'auto' | 'manual'>
  /** Whether turns of one role must not stand side by side. */
  readonly alternates?: Fact<boolean>
  /** Whether its chat template shows it tools. */
  readonly templateTools?: Fact<boolean>
  /** How it writes a tool call into its text. */
  readonly callSyntax?: Fact<CallSyntax>
  /** Who runs it, the live ones and those that do not answer now. */
  readonly backends: readonly BackendFacts[]
  /** The sources that had nothing to say, and why. */
  readonly missing: readonly MissingSource[]
}
