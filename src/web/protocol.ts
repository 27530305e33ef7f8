// What the page and its server say to each other: JSON over HTTP, and one stream of events for each answer.
import type { ChatEvent } from '../chat/events.ts'
import type { ModelInfo } from '../capabilities/model-info.ts'
import type { Params } from '../core/params.ts'
import type { Turn } from '../core/turn.ts'
import type { SessionSummary } from '../sessions/session-index.ts'

/** `GET api/state`: what the page needs to know before anything else. */
export interface StateView {
  readonly version: string
  /** What new conversations begin with. */
  readonly settings: SettingsView
  /** Providers that can be switched to; empty where the program that opened the page decides. */
  readonly providers: readonly ProviderView[]
  readonly tools: readonly {
    readonly name: string
    readonly description: string
    readonly needsApproval: boolean
  }[]
  /** The most bytes of one attachment. */
  readonly maxUpload: number
}

/** A provider in the picker. */
export interface ProviderView {
  readonly id: string
  readonly name: string
  readonly model?: string
  /** Whether a key is at hand, or none is needed. The key itself never leaves the server. */
  readonly isReady: boolean
  /** What to do where it is not ready. */
  readonly hint?: string
}

/** `GET api/models?provider=id`. */
export type ModelsView = readonly ModelInfo[]

/** Whom a conversation asks, and how. */
export interface SettingsView {
  /** As `chat()` takes it: `provider/model`. */
  readonly model: string
  readonly system?: string
  readonly params: Params
}

/** `GET api/sessions?q=words` gives a list of these, the newest first. */
export type { SessionSummary }

/** `GET api/sessions/:id`; `POST api/sessions` with `{ settings? }`, any part of them, begins one and answers the same. */
export interface SessionView extends SessionSummary {
  readonly settings: SettingsView
  /** All turns, also those of other branches; a parent stands before its children. */
  readonly nodes: readonly NodeView[]
  /** The last turn of the branch that is shown; absent as long as nothing was said. */
  readonly head?: string
  /** The answer under way, if there is one: its events can be read from the beginning. */
  readonly run?: string
}

/** One turn in the tree of a conversation. Questions with the same parent are versions of each other, and so are answers. */
export interface NodeView {
  readonly id: string
  readonly parent?: string
  /** ISO 8601. */
  readonly time: string
  /** Media have a `url` below `api/` in place of their data. */
  readonly turn: Turn
}

/** `PATCH api/sessions/:id`. */
export interface SessionPatch {
  readonly title?: string
  readonly settings?: Partial<SettingsView>
  /** The branch to show: its last turn, or any turn on it. */
  readonly head?: string
}

/** `POST api/uploads` (the bytes as they are; `content-type` and `x-file-name` in the head). Kept in memory until it is used. */
export interface UploadView {
  readonly id: string
  readonly kind: 'image' | 'pdf' | 'audio' | 'document'
  readonly mimeType: string
  readonly name: string
  readonly size: number
}

/** `POST api/sessions/:id/runs`: asks. Answers `{ run }`. */
export interface RunRequest {
  /** What is asked; absent to ask the question at `parent` again (a new version of its answer). */
  readonly text?: string
  readonly uploads?: readonly string[]
  /** The turn it follows; absent for the first. An edited question has the parent of the one that was edited. */
  readonly parent?: string
}

/**
 * `GET api/runs/:id/events`: server-sent events, each with an id; `Last-Event-ID` (or `?after=`) goes on after that one. The data is
 * one of these as JSON. A run is kept for a while after its end, so that a reload misses nothing. Pieces of text are joined for
 * whoever comes late, of what a tool reports only the newest is told, and an approval that was given is told no more.
 * After the end there is nothing more, which is said by status 204.
 */
export type RunEvent =
  /** The question has joined the tree. */
  | { readonly type: 'question'; readonly node: NodeView }
  /** Pieces of the answer, calls of tools, what they report, adjustments, usage: as `chat.events()`; media by `url`. */
  | Exclude<ChatEvent, { readonly type: 'finish' }>
  /** A call waits for the person: answered by `POST api/runs/:id/approvals/:call` with `{ isApproved, reason? }`. */
  | { readonly type: 'approval'; readonly id: string; readonly name: string; readonly input: unknown }
  /** One answer is whole, or was stopped; the answer and the results of tools join the tree. */
  | { readonly type: 'turn'; readonly node: NodeView }
  /** What went wrong, and what to do. */
  | { readonly type: 'error'; readonly error: ErrorView }
  /** Nothing more comes. */
  | { readonly type: 'end'; readonly head?: string }

/** An error as a person reads it; also the body of every answer that is none. */
export interface ErrorView {
  readonly code: string
  readonly message: string
  /** Whether asking again may help. */
  readonly mayPass: boolean
}
