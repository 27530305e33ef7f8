import type { ToolChoice } from '../core/request.ts'
import type { Echo } from './echo-of.ts'

/** Options of one call. */
export interface AskOptions {
  /** Aborting it stops the answer at once; what had come stays in the chat as a marked turn. */
  readonly signal?: AbortSignal | undefined
  /** What to print meanwhile, instead of the chat's own setting. */
  readonly echo?: Echo | 'text' | undefined
  /** Whether the model may, must or must not use tools, or the tool it must use. @default the server's, mostly `auto` */
  readonly toolChoice?: ToolChoice | undefined
}

/** Options of `compact`. */
export interface CompactOptions {
  /** How many of the last questions stay as they are, with all that followed them. @default 2 */
  readonly keepRounds?: number | undefined
  /** A cheaper model for the summary. @default the chat's */
  readonly model?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Options of one call for data. */
export interface StructuredOptions extends AskOptions {
  /** How often the model may mend data that does not fit. @default 1 */
  readonly repair?: number | undefined
}
