import type { TokenPrices } from '../capabilities/token-prices.ts'
import type { Route } from '../capabilities/rank.ts'
import type { Params } from '../core/params.ts'
import type { ChatRequest, PromptCache } from '../core/request.ts'
import type { AssistantTurn, Turn } from '../core/turn.ts'
import type { Line } from '../providers/line.ts'
import type { Answer, Call } from '../providers/sending.ts'
import type { Budget } from './budget.ts'
import type { Toolbox } from './toolbox.ts'

/** What to do when a request has to be changed so that a model can take it. */
export type Adjust = 'warn' | 'silent' | 'error'

/** How a chat behind a router finds its backend. */
export interface Routing {
  /** Undefined: as the router does by itself. */
  readonly route: Route | undefined
  /** Who served last, and is asked again. */
  readonly pinned?: { readonly id: string; readonly backend: string } | undefined
}

/** What is reported while a chat waits for a server to start. */
export interface Waiting {
  readonly message: string
  /** In milliseconds: how long it has waited, and for how long it will at most. */
  readonly waited: number
  readonly limit: number
}

/** Those who listen to a chat's requests. */
export interface Listeners {
  readonly onRequestStart: Set<(request: ChatRequest) => void | Promise<void>>
  readonly onRequestEnd: Set<(turn: AssistantTurn) => void | Promise<void>>
}

/** Who is asked, and how: what changes when a conversation moves to another provider. */
export interface Partner {
  line: Line
  /** Empty until the first request where the server is to say which it has. */
  model: string
  /** Laid over each body. */
  extra: Readonly<Record<string, unknown>> | undefined
  /** How long the server shall keep what is said in its prompt cache; undefined as the dialect does. */
  cache?: PromptCache | undefined
  /** Whether to stream; undefined leaves it to the call: answers that are shown as they come are streamed. */
  stream: boolean | undefined
  /** Only behind a router. */
  routing: Routing | undefined
  /** How long to wait for a server that is starting, in milliseconds. */
  coldStart: number
  onWait: ((waiting: Waiting) => void) | undefined
  price: TokenPrices | undefined
}

/** Who is asked where the one before has failed. */
export interface Fallbacks {
  /** Chats and names of chats, in order; checked with the first request. */
  readonly list: readonly unknown[]
  /** Gives a chat for a name, when it is first needed. */
  readonly resolve: (name: string) => unknown
  /** Those that were needed so far, each at its place. */
  readonly made: Session[]
  /** Those who failed in a way that asking again does not mend, by place and model. */
  readonly gone: Map<string, string>
}

/** The state of one conversation: what the loop reads, and the turns it adds to. */
export interface Session extends Partner {
  params: Params
  readonly adjust: Adjust
  /** Adjustments already warned of, by a chat and its clones. */
  readonly warned: Set<string>
  readonly toolbox: Toolbox
  readonly listeners: Listeners
  /** Loaded with the first request; its limits are checked then. */
  readonly budget: Promise<Budget> | undefined
  /** How requests are sent; undefined at once, by `send`. */
  readonly send?: ((call: Call) => Promise<Answer>) | undefined
  fallbacks?: Fallbacks | undefined
  /** Who answers instead until the prompt is answered, and which of the fallbacks it is, counted from 1. */
  standIn?: { readonly at: number; readonly other: Session } | undefined
  /** Who else was asked in this conversation, by the provider's id. */
  others?: ReadonlyMap<string, Pick<Partner, 'line' | 'model'>> | undefined
  systemPrompt: string | undefined
  turns: readonly Turn[]
}

/** A session that goes its own way from here. */
export const fork = (session: Session): Session => ({
  ...session,
  toolbox: session.toolbox.clone(),
  listeners: {
    onRequestStart: new Set(session.listeners.onRequestStart),
    onRequestEnd: new Set(session.listeners.onRequestEnd),
  },
})
