import type { Content } from '../core/content.ts'
import type { Usage } from '../core/usage.ts'

/** A prompt as it waits in Redis. */
export interface QueuedPrompt {
  readonly prompt: string | readonly Content[]
  /** What earlier tries have come to. */
  readonly before?: Before | undefined
}

/** What the failed tries at a prompt have taken. */
export interface Before {
  readonly tries: number
  readonly attempts: number
  readonly usage: Usage
  /** Undefined where it is not known. */
  readonly cost?: number | undefined
}
