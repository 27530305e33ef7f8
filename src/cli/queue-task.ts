import type { QueuePlace } from '../queue/chat-queue.ts'
import type { AskTask } from './task.ts'

/** What `natter worker …` was asked to do. */
export interface WorkerTask extends QueuePlace {
  readonly type: 'worker'
  readonly maxActive: number | undefined
  readonly once: boolean
  readonly account: string | undefined
  /** In milliseconds. */
  readonly deadAfter: number | undefined
  readonly grace: number | undefined
  readonly progress: boolean
  readonly local: string | undefined
  readonly baseUrl: string | undefined
  readonly apiKeyEnv: string | undefined
  readonly billTo: string | undefined
  /** In milliseconds. */
  readonly timeout: number | undefined
}

/** What `natter queue …` was asked to do. */
export type QueueTask = QueueAddTask | QueueResultsTask | QueueShortTask

/** Puts the prompts of a file's rows into a queue. */
export interface QueueAddTask extends QueuePlace {
  readonly type: 'queue-add'
  readonly input: string
  readonly prompt: string
  /** The file of a JSON Schema. */
  readonly schema: string | undefined
  readonly maxActive: number | undefined
  readonly maxWaiting: number | undefined
  readonly rpm: number | undefined
  readonly tpm: number | undefined
  readonly tries: number | undefined
  readonly ask: AskTask
}

/** Writes the results of a queue to a file. */
export interface QueueResultsTask extends QueuePlace {
  readonly type: 'queue-results'
  /** The file of the rows, whose columns go with the answers. */
  readonly input: string | undefined
  readonly output: string
  /** Whether to wait for those that are missing. */
  readonly follow: boolean
  /** Whether to take them out of Redis. */
  readonly remove: boolean
}

/** What takes no more than the name of a queue. */
export interface QueueShortTask extends QueuePlace {
  readonly type: 'queue-status' | 'queue-retry' | 'queue-remove'
  readonly json: boolean
}
