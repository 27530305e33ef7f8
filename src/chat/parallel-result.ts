import type { Usage } from '../core/usage.ts'
import type { Chat } from './chat.ts'
import type { Input } from '../core/turn.ts'

/** What is known of each prompt of a run, whatever came of it. */
export interface ParallelFacts {
  /** The place among the prompts, from 0. */
  readonly index: number
  readonly prompt: Input
  /** The last answer's text, also where it is no value. */
  readonly text: string
  /** The conversation: a clone of the chat with all that was said, to be looked at or gone on with. */
  readonly chat: Chat
  /** The tokens of all its answers, failed tries at data included. */
  readonly usage: Usage
  /** What they cost, in US dollars; undefined where that is unknown. */
  readonly cost: number | undefined
  /** How many requests it took, repeated ones and rounds of tools included; 0 for what was never asked. */
  readonly attempts: number
  /** Whether it is from the file of an earlier run. */
  readonly isResumed: boolean
}

/** What came of one prompt: a value, or the error that there is none for. */
export type ParallelResult<T> = ParallelFacts &
  ({ readonly value: T; readonly error: undefined } | { readonly value: undefined; readonly error: Error })
