import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Schema } from '../core/schema.ts'
import { type Inferred, type SchemaSource, schemaOf } from '../core/standard-schema.ts'
import { type QueueJob, readJob } from './queue-job.ts'
import { type QueueKeys, PREFIX, keysOf } from './queue-keys.ts'
import { type QueueResult, resultOf } from './queue-result.ts'
import { connect, installed, letGo } from './redis.ts'
import { readResults } from './result-stream.ts'

/** Where a queue is. */
export interface QueuePlace {
  /** The URL of the Redis: `redis://user:password@host:6379/0`, or `rediss://` for TLS. It is shown nowhere. */
  readonly redis: string
  /** The name of the queue: letters, digits, dots and dashes. */
  readonly name: string
}

/** Where a queue is, and how its results are read. */
export interface OpenQueueOptions<S extends SchemaSource = SchemaSource> extends QueuePlace {
  /** What the values are to be read with, to have their type; without it they are as they were stored. */
  readonly schema?: S | undefined
}

/** How far a queue is. */
export interface QueueProgress {
  /** Prompts that were put in. */
  readonly added: number
  /** How many there are; undefined as long as they are being put in. */
  readonly total: number | undefined
  readonly answered: number
  readonly failed: number
  /** Prompts that wait, those for another try included. */
  readonly waiting: number
  /** Prompts that workers have in hand, or had when they died. */
  readonly active: number
}

/** How results are read. */
export interface ResultsOptions {
  /** Waits until every prompt has its result; false gives those that are there. @default true */
  readonly follow?: boolean | undefined
  /** Takes a batch of results out of Redis once the next one is asked for, to keep its memory free. One reader alone may do that. @default false */
  readonly remove?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** A queue of prompts in Redis, and their results. */
export class ChatQueue<T = unknown> {
  readonly name: string
  readonly #client: Redis
  readonly #queue: Queue
  readonly #keys: QueueKeys
  readonly #schema: Schema<T> | undefined

  /** @internal */
  constructor(name: string, client: Redis, queue: Queue, schema: Schema<T> | undefined) {
    this.name = name
    this.#client = client
    this.#queue = queue
    this.#keys = keysOf(name)
    this.#schema = schema
  }

  /** What the prompts are asked with; undefined before there is anything. */
  async job(): Promise<QueueJob | undefined> {
    return (await readJob(this.#client, this.#keys, this.name))?.job
  }

  /** How far it is. */
  async progress(): Promise<QueueProgress> {
    const { job, answered, refused } = this.#keys
    const [counts, [added, total], yes, no] = await Promise.all([
      this.#queue.getJobCounts('wait', 'delayed', 'active'),
      this.#client.hmget(job, 'added', 'total'),
      this.#client.bitcount(answered),
      this.#client.bitcount(refused),
    ])
    const { wait = 0, delayed = 0, active = 0 } = counts
    return {
      added: Number(added ?? 0),
      total: total ? Number(total) : undefined,
      answered: yes,
      failed: no,
      waiting: wait + delayed,
      active,
    }
  }

  /** The results as they finish, each once; what has failed and was asked again comes again. */
  async *results(options: ResultsOptions = {}): AsyncGenerator<QueueResult<T>, void, undefined> {
    for await (const batch of this.batches(options)) yield* batch
  }

  /** The results as `results()` gives them, as many at once as there are: for a file, or a database. */
  async *batches({ follow = true, remove = false, signal }: ResultsOptions = {}): AsyncGenerator<
    readonly QueueResult<T>[],
    void,
    undefined
  > {
    const goesOn = async (): Promise<boolean> => {
      if (!follow) return false
      const { total = Infinity, answered, failed } = await this.progress()
      return answered + failed < total
    }
    for await (const batch of readResults(this.#client, this.#keys, { remove, goesOn, signal }))
      yield await Promise.all(batch.map((stored) => resultOf(stored, this.#schema)))
  }

  /** Has the prompts that failed asked again, and gives how many they are. */
  async retryFailed(): Promise<number> {
    const { refused } = this.#keys
    const count = await this.#client.bitcount(refused)
    await this.#client.del(refused)
    await this.#queue.retryJobs({ state: 'failed' })
    return count
  }

  /** Removes it from Redis, with its prompts and results. What workers have in hand comes to nothing. */
  async remove(): Promise<void> {
    await this.#queue.obliterate({ force: true })
    await this.#client.del(...Object.values(this.#keys))
  }

  /** Lets go of Redis. */
  async close(): Promise<void> {
    await this.#queue.close()
    letGo(this.#client)
  }
}

/**
 * A queue that is in Redis, or will be.
 * @throws ChatError `connection`, or `missing-package` without bullmq and ioredis; TypeError for an option of the wrong type
 * @example
 * const queue = await openQueue({ redis: 'redis://127.0.0.1:6379', name: 'letters' })
 */
export async function openQueue<S extends SchemaSource = never>(
  options: OpenQueueOptions<S>,
): Promise<ChatQueue<Inferred<S>>> {
  return (await reach(options)).queue
}

/** A queue, and what adding to it takes. */
export interface Reached<T> {
  readonly queue: ChatQueue<T>
  readonly client: Redis
  readonly jobs: Queue
}

/** A connection to a queue. */
export async function reach<S extends SchemaSource>({
  redis,
  name,
  schema,
}: OpenQueueOptions<S>): Promise<Reached<Inferred<S>>> {
  keysOf(name)
  const checked = schema === undefined ? undefined : schemaOf(schema)
  const { Queue } = await installed(() => import('bullmq'))
  const client = await connect(redis)
  const jobs = new Queue(name, { connection: client, prefix: PREFIX })
  // What fails is told by the call that it fails for.
  jobs.on('error', () => undefined)
  return { queue: new ChatQueue(name, client, jobs, checked), client, jobs }
}
