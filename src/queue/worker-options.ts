import { Chat } from '../chat/chat.ts'
import type { ProgressOption } from '../chat/parallel-progress.ts'
import type { QueuePlace } from './chat-queue.ts'
import type { QueueJob } from './queue-job.ts'

/** How prompts of a queue are taken and asked. */
export interface QueueWorkerOptions extends QueuePlace {
  /**
   * Who asks, with a key and tools of its own: system prompt, parameters, conversation so far and, of the same provider, the model come from
   * the queue. A function is told what the queue holds, and makes one.
   */
  readonly chat: Chat | ((job: QueueJob) => Chat | Promise<Chat>)
  /** How many prompts at once. @default 10, and more while it goes well */
  readonly maxActive?: number | undefined
  /** Ends once every prompt of the queue has its result. @default false */
  readonly once?: boolean | undefined
  /** Whose limits are shared with other machines; needed where the same account has another key on each. @default the key, hashed */
  readonly account?: string | undefined
  /** How long after the last sign of life of a worker others take up what it had in hand, in milliseconds. @default 30000 */
  readonly deadAfter?: number | undefined
  /** How long what is under way may take to finish when the worker is told to stop, in milliseconds. @default 25000 */
  readonly grace?: number | undefined
  /** @default true */
  readonly progress?: ProgressOption | undefined
  /** Aborting it stops all at once; what is under way is given back. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The options, checked.
 * @throws TypeError or RangeError for one of the wrong type or value
 */
export function checkWorkerOptions(options: QueueWorkerOptions): QueueWorkerOptions {
  const { chat, maxActive = 1, deadAfter = 1000, grace = 0, account = '-' } = options
  if (!(chat instanceof Chat) && typeof chat !== 'function')
    throw new TypeError('chat must be a chat, or a function that gives one')
  if (!Number.isInteger(maxActive) || maxActive < 1)
    throw new RangeError(`maxActive must be a whole number, 1 or more: it is ${maxActive}`)
  if (!(deadAfter >= 1000)) throw new RangeError(`deadAfter must be 1000 ms or more: it is ${deadAfter}`)
  if (!(grace >= 0)) throw new RangeError(`grace must be 0 ms or more: it is ${grace}`)
  if (typeof account !== 'string' || account === '') throw new TypeError('account must be a name')
  return options
}
