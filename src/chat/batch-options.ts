import { LONGEST_TIMER } from '../lib/longest-timer.ts'
import type { ProgressOption } from './parallel-progress.ts'

/** How many prompts are handed in as batches. */
export interface BatchOptions {
  /** The file that keeps what was handed in and each answer that has come. The same call with the same file goes on from wherever it was. */
  readonly path: string
  /** False: hands in what is missing, takes what is answered already, and leaves. @default true */
  readonly wait?: boolean | undefined
  /** How often to ask how far it is, in milliseconds. @default after a second, then less and less often, at last once a minute */
  readonly pollEvery?: number | undefined
  /** Whether prompts that failed, expired or were cancelled are handed in once more, which is paid for again. @default false */
  readonly retry?: boolean | undefined
  /**
   * Only where a run was interrupted while it handed in a batch, and the provider keeps no mark by which it could be found: the id of the
   * batch that the provider lists, or false where it lists none.
   */
  readonly adopt?: string | false | undefined
  /** @default true */
  readonly progress?: ProgressOption | undefined
  /** Aborting it stops the waiting; what was handed in goes on. */
  readonly signal?: AbortSignal | undefined
}

/** What can be told besides when a provider is asked for its batches. */
export interface BatchCallOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * The options, checked.
 * @throws TypeError or RangeError for one of the wrong type or value
 */
export function checkBatchOptions(options: BatchOptions): BatchOptions {
  const { path, wait = true, retry = false, progress = true, pollEvery = 1, adopt = false } = options ?? {}
  if (typeof path !== 'string' || path === '')
    throw new TypeError(
      `path must be the path of a file, which keeps the batch: it is ${JSON.stringify(path)}`,
    )
  for (const [name, value] of Object.entries({ wait, retry }))
    if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false: got ${typeof value}`)
  if (typeof progress !== 'boolean' && typeof progress !== 'function')
    throw new TypeError(`progress must be true, false or a function: got ${typeof progress}`)
  if (typeof pollEvery !== 'number')
    throw new TypeError(`pollEvery must be a number: got ${typeof pollEvery}`)
  if (!(pollEvery > 0 && pollEvery <= LONGEST_TIMER))
    throw new RangeError(`pollEvery must be more than 0 and at most ${LONGEST_TIMER} ms: it is ${pollEvery}`)
  if (adopt !== false && (typeof adopt !== 'string' || adopt === ''))
    throw new TypeError(`adopt must be the id of a batch, or false: it is ${JSON.stringify(adopt)}`)
  return options
}
