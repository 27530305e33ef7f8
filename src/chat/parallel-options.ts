import type { ToolChoice } from '../core/request.ts'
import type { EstimateOption } from './parallel-estimate.ts'
import type { ProgressOption } from './parallel-progress.ts'
import type { RunBudget } from './parallel-purse.ts'

/** How many prompts are asked. */
export interface ParallelOptions {
  /** How many conversations at once. @default 10, and more while it goes well */
  readonly maxActive?: number | undefined
  /** @default what the server's headers and refusals teach */
  readonly requestsPerMinute?: number | undefined
  /** Tokens read and written, as far as they can be known before. @default what the server's headers and refusals teach */
  readonly tokensPerMinute?: number | undefined
  /**
   * After a prompt that failed: go on, finish what is under way and give the results so far (`return`), or stop all at once and throw.
   * An error that every prompt would meet (no key, no credit) ends a run in any case. @default 'continue'
   */
  readonly onError?: 'continue' | 'return' | 'stop' | undefined
  /** What all prompts together may spend; the run ends before it would be passed. */
  readonly budget?: RunBudget | undefined
  /**
   * Asks eight prompts first and judges by them what all will take. `true` warns of it, and ends the run where that is more than the
   * budget; a function decides by itself.
   */
  readonly estimate?: EstimateOption | undefined
  /** A file that keeps each answer as it comes; the next run with it asks only what is missing. */
  readonly resume?: string | undefined
  /** @default true */
  readonly progress?: ProgressOption | undefined
  /** How many prompts there are, where they come one by one; for the progress. */
  readonly total?: number | undefined
  /** Aborting it stops all at once; what has finished stays. */
  readonly signal?: AbortSignal | undefined
  /** Whether the model may, must or must not use tools. */
  readonly toolChoice?: ToolChoice | undefined
}

/** How many prompts are asked for data. */
export interface ParallelStructuredOptions extends ParallelOptions {
  /** How often the model may mend data that does not fit. @default 1 */
  readonly repair?: number | undefined
}

/**
 * The options, checked.
 * @throws TypeError or RangeError for one of the wrong type or value
 */
export function checkOptions<O extends ParallelStructuredOptions>(options: O): O {
  for (const name of ['maxActive', 'requestsPerMinute', 'tokensPerMinute', 'total'] as const) {
    const value: unknown = options[name]
    if (value === undefined) continue
    if (typeof value !== 'number') throw new TypeError(`${name} must be a number: got ${typeof value}`)
    if (name === 'maxActive' && !Number.isInteger(value))
      throw new RangeError(`maxActive must be a whole number: it is ${value}`)
    if (!(name === 'total' ? value >= 0 : value > 0))
      throw new RangeError(`${name} must be more than 0: it is ${value}`)
  }
  const { onError = 'continue', repair = 1, resume, progress = true, estimate = false, budget } = options
  if (!['continue', 'return', 'stop'].includes(onError))
    throw new TypeError(`onError must be 'continue', 'return' or 'stop': it is ${JSON.stringify(onError)}`)
  if (!Number.isInteger(repair) || repair < 0)
    throw new RangeError(`repair must be a whole number, 0 or more: it is ${repair}`)
  if (resume !== undefined && (typeof resume !== 'string' || resume === ''))
    throw new TypeError(`resume must be the path of a file: it is ${JSON.stringify(resume)}`)
  for (const [name, value] of Object.entries({ progress, estimate }))
    if (typeof value !== 'boolean' && typeof value !== 'function')
      throw new TypeError(`${name} must be true, false or a function: got ${typeof value}`)
  for (const name of Object.keys(budget ?? {}))
    if (name !== 'dollars' && name !== 'tokens')
      throw new TypeError(`budget.${name} is unknown for a run: choose among dollars, tokens`)
  return options
}
