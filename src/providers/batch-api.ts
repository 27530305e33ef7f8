import type { Wire } from '../dialects/dialect.ts'
import type { Api } from './api.ts'

/** One request of a batch. */
export interface BatchEntry {
  /** By which its answer is found: letters, digits, `-` and `_`, 64 at most. */
  readonly id: string
  /** As the dialect spelled it, for an answer in one piece; its path is joined to the base URL. */
  readonly wire: Wire
}

/** How many requests of a batch have come to what. */
export interface BatchCounts {
  readonly pending: number
  readonly answered: number
  /** Failed, expired or cancelled. */
  readonly failed: number
}

/** A batch as its provider tells of it. */
export interface Batch {
  readonly id: string
  /** The provider's own word, such as `in_progress` or `JOB_STATE_EXPIRED`. */
  readonly status: string
  /** What it comes to; all but `running` are final. A batch that has expired or was cancelled may have answers all the same. */
  readonly state: 'running' | 'completed' | 'failed' | 'expired' | 'cancelled'
  readonly counts?: BatchCounts
  readonly created?: Date
  readonly expires?: Date
  /** Why the whole of it failed. */
  readonly error?: string
  /** Where its answers are: ids of files, or addresses; for the one provider alone. */
  readonly answers: readonly string[]
}

/** What came of one request. */
export interface BatchAnswer {
  /** The entry's. */
  readonly id: string
  readonly outcome: 'answered' | 'failed' | 'expired' | 'cancelled'
  /** The status of the answer, where one is told. */
  readonly status?: number
  /** What the provider's chat would have answered: the body of the answer, or of the refusal. */
  readonly body?: unknown
}

/** How a provider answers many requests at its leisure, for about half the price. All throw ChatError. */
export interface BatchApi {
  /** The most requests of one batch. */
  readonly mostEntries: number
  /** The most bytes of one batch. */
  readonly mostBytes: number
  /**
   * Hands in a batch, all of one model. `mark` is kept with it where the provider keeps anything, so that `find` can find it after
   * a crash between handing in and noting down.
   */
  submit(api: Api, model: string, entries: readonly BatchEntry[], mark: string): Promise<Batch>
  /** The batch that was handed in with this mark; absent where the provider keeps no mark. */
  find?(api: Api, mark: string): Promise<Batch | undefined>
  get(api: Api, id: string): Promise<Batch>
  /** Asks for no further answers; those that are there stay. */
  cancel(api: Api, id: string): Promise<Batch>
  /** The answers there are, in any order; read as they come, never all in memory. */
  answersOf(api: Api, batch: Batch): AsyncIterable<BatchAnswer>
}
