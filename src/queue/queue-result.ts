import { ChatError, type ChatErrorCode } from '../core/errors.ts'
import type { Schema } from '../core/schema.ts'
import type { Turn } from '../core/turn.ts'
import type { Usage } from '../core/usage.ts'

/** What came of one prompt, as it stands in Redis: JSON in the field `result` of a stream's entry. */
export interface StoredResult {
  readonly index: number
  /** A hash of the prompt. */
  readonly key: string
  readonly text: string
  /** Only of data. */
  readonly value?: unknown
  readonly usage: Usage
  readonly cost?: number
  readonly attempts: number
  readonly turns?: readonly Turn[]
  readonly error?: { readonly code?: ChatErrorCode; readonly message: string }
}

/** What is known of each prompt of a queue, whatever came of it. */
export interface QueueFacts {
  /** The place among the prompts, from 0. */
  readonly index: number
  /** A hash of the prompt: the same for the same one. */
  readonly key: string
  /** The last answer's text, also where it is no value. */
  readonly text: string
  /** The tokens of all its answers, failed tries included. */
  readonly usage: Usage
  /** What they cost, in US dollars; undefined where that is unknown. */
  readonly cost: number | undefined
  /** How many requests it took, repeated ones and rounds of tools included. */
  readonly attempts: number
  /** What followed the prompt; empty unless the queue was made with `turns: true`. */
  readonly turns: readonly Turn[]
}

/** What came of one prompt of a queue: a value, or the error that there is none for. */
export type QueueResult<T> = QueueFacts &
  ({ readonly value: T; readonly error: undefined } | { readonly value: undefined; readonly error: Error })

/** A result as it was stored, with its value as the caller's own schema types it. */
export async function resultOf<T>(
  { index, key, text, value, usage, cost, attempts, turns = [], error }: StoredResult,
  schema: Schema<T> | undefined,
): Promise<QueueResult<T>> {
  const facts = { index, key, text, usage, cost, attempts, turns }
  if (error) return { ...facts, value: undefined, error: errorOf(error) }
  if (!schema) return { ...facts, value: (value === undefined ? text : value) as T, error: undefined }
  const checked = await schema.check(value)
  if (checked.isValid) return { ...facts, value: checked.value, error: undefined }
  const [problem] = checked.problems
  const message = `The answer does not fit the schema that the results are read with: ${problem?.path ?? ''} ${problem?.message ?? ''}`
  return {
    ...facts,
    value: undefined,
    error: new ChatError(message, { code: 'invalid-output', body: value }),
  }
}

function errorOf({ code, message }: NonNullable<StoredResult['error']>): Error {
  return code === undefined ? new Error(message) : new ChatError(message, { code })
}
