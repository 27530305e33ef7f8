import { warn } from '#platform'
import type { Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'
import { Chat } from '../chat/chat.ts'
import { type ParallelProgress, ProgressView } from '../chat/parallel-progress.ts'
import { ParallelTally } from '../chat/parallel-tally.ts'
import { ChatError } from '../core/errors.ts'
import { addressOf } from './redis-address.ts'
import { QueueAnswerer } from './queue-answerer.ts'
import { type NamedJob, readJob } from './queue-job.ts'
import { type QueueKeys, PREFIX, indexOf, keysOf } from './queue-keys.ts'
import type { StoredResult } from './queue-result.ts'
import type { QueuedPrompt } from './queued-prompt.ts'
import { connect, installed, letGo } from './redis.ts'
import { standingOf, storeResult } from './result-stream.ts'
import { SharedPace, paceKey } from './shared-pace.ts'
import { type QueueWorkerOptions, checkWorkerOptions } from './worker-options.ts'

/** How many prompts at once, before anything is known. */
const FIRST_ACTIVE = 10
/** How often to look whether all is done, and how long to wait after Redis took no result, in milliseconds. */
const PAUSE = 1000
/** How long giving back may take, in milliseconds: others take it up anyway. */
const LAST_WORDS = 5000

type Taken = Job<QueuedPrompt>

/** Takes prompts of a queue and asks them, until it is told to stop. */
export class QueueWorker {
  readonly #options: QueueWorkerOptions
  readonly #keys: QueueKeys
  readonly #tally = new ParallelTally(undefined)
  /** Who asks, by the name of the job: a queue may be removed and filled anew. */
  readonly #answerers = new Map<string, Promise<QueueAnswerer>>()
  readonly #halt = new AbortController()
  readonly #complaints = new Set<string>()
  #packages: typeof import('bullmq') | undefined
  #client: Redis | undefined
  #worker: Worker | undefined
  #view: ProgressView | undefined
  #active = 0
  #isBegun = false
  #failure: Error | undefined
  /** Called once nothing more is to be taken. */
  #end: (() => void) | undefined
  readonly #ended = new Promise<void>((resolve) => (this.#end = resolve))

  /** @internal */
  constructor(options: QueueWorkerOptions) {
    this.#options = checkWorkerOptions(options)
    this.#keys = keysOf(options.name)
    addressOf(options.redis)
  }

  /** What this worker has done. */
  get progress(): ParallelProgress {
    return this.#tally.state(this.#active)
  }

  /** Takes nothing more; what is under way is finished, for as long as `grace` says, and the rest given back. */
  drain(): void {
    this.#end?.()
  }

  /**
   * Takes and asks prompts until it is told to stop, or with `once` until all have their results.
   * @throws ChatError for what every prompt would meet: no key, no credit, no Redis; what was under way is given back
   */
  async run(): Promise<ParallelProgress> {
    if (this.#isBegun) throw new TypeError('a worker runs once: make another')
    this.#isBegun = true
    const { redis, name, once = false, progress = true, signal } = this.#options
    const packages = await installed(() => import('bullmq'))
    const client = await connect(redis)
    this.#packages = packages
    this.#client = client
    const stop = (): void => {
      this.#halt.abort(signal?.reason)
      this.drain()
    }
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
    this.#view = new ProgressView(progress, () => this.progress)
    try {
      const first = await readJob(client, this.#keys, name)
      if (!first && once)
        throw new ChatError(`There is no queue ${name} in the Redis at ${addressOf(redis)}.`, {
          code: 'not-found',
          provider: 'Redis',
        })
      // What is wrong with the chat is to be told before anything is taken.
      if (first) await this.#answererOf(first)
      this.#worker = this.#start(packages.Worker, client)
      // Without Redis nobody knows, and the worker is over.
      if (once) void this.#untilDone(client).catch(() => undefined)
      await this.#ended
      await this.#close(this.#worker)
      if (this.#failure) throw this.#failure
      return this.progress
    } finally {
      this.#view.end()
      signal?.removeEventListener('abort', stop)
      for (const answerer of this.#answerers.values())
        await answerer.then((it) => it.close()).catch(() => undefined)
      letGo(client)
    }
  }

  #start(Worker: typeof import('bullmq').Worker, client: Redis): Worker {
    const { name, maxActive = FIRST_ACTIVE, deadAfter = 30_000 } = this.#options
    const worker = new Worker(name, (job: Taken, token) => this.#perform(job, token ?? ''), {
      connection: client,
      prefix: PREFIX,
      concurrency: maxActive,
      lockDuration: deadAfter,
      stalledInterval: Math.ceil(deadAfter / 2),
      // BullMQ would fail the prompt without a result.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      removeOnComplete: { count: 0 },
      runRetryDelay: PAUSE,
    })
    worker.on('error', (error) => this.#complain(error.message))
    return worker
  }

  async #perform(job: Taken, token: string): Promise<void> {
    this.#active++
    try {
      await this.#ask(job, token)
    } finally {
      this.#active--
    }
  }

  async #ask(job: Taken, token: string): Promise<void> {
    const { UnrecoverableError, DelayedError } = this.#packages!
    const index = indexOf(job.id)
    const [standing] = await standingOf(this.#client!, this.#keys, [index])
    // Its worker died after it was stored.
    if (standing === 'answered') return
    if (standing === 'failed') throw new UnrecoverableError('it has failed before')
    const answerer = await this.#answererFor(job, token)
    const verdict = await answerer.ask(index, job.data, job.stalledCounter)
    if (this.#worker) this.#worker.concurrency = this.#options.maxActive ?? answerer.limit
    if (verdict.type === 'back') {
      if (!ChatError.is(verdict.error, 'aborted')) this.#fail(verdict.error)
      return this.#giveBack(job, token)
    }
    if (verdict.type === 'again') {
      await job.updateData({ ...job.data, before: verdict.before })
      await job.moveToDelayed(Date.now() + verdict.wait, token)
      throw new DelayedError()
    }
    await this.#store(verdict.result, job, token)
    if (verdict.result.error) throw new UnrecoverableError(verdict.result.error.message)
  }

  /** Stores a result; it was paid for, so a Redis that takes nothing is waited for. */
  async #store(result: StoredResult, job: Taken, token: string): Promise<void> {
    for (;;) {
      try {
        await storeResult(this.#client!, this.#keys, result)
        break
      } catch (error) {
        if (this.#halt.signal.aborted) return this.#giveBack(job, token)
        this.#complain((error as Error).message)
        await sleep(PAUSE)
      }
    }
    this.#tally.add({ cost: undefined, error: undefined, ...result, isResumed: false })
    this.#view?.news()
  }

  async #giveBack(job: Taken, token: string): Promise<never> {
    await job.moveToWait(token)
    throw new this.#packages!.WaitingError()
  }

  async #answererFor(job: Taken, token: string): Promise<QueueAnswerer> {
    const { name } = this.#options
    try {
      const known = this.#answerers.get(job.name)
      if (known) return await known
      const found = await readJob(this.#client!, this.#keys, name)
      if (found?.id === job.name) return await this.#answererOf(found)
    } catch (error) {
      this.#fail(error as Error)
      return this.#giveBack(job, token)
    }
    throw new this.#packages!.UnrecoverableError('its queue was removed')
  }

  #answererOf({ id, job }: NamedJob): Promise<QueueAnswerer> {
    let answerer = this.#answerers.get(id)
    if (!answerer) this.#answerers.set(id, (answerer = this.#make(job)))
    return answerer
  }

  async #make(job: NamedJob['job']): Promise<QueueAnswerer> {
    const { chat, maxActive, account } = this.#options
    const given = chat instanceof Chat ? chat : await chat(job)
    const has = new Set(given.tools.map(({ name }) => name))
    const missing = (job.chat.tools ?? []).filter((name) => !has.has(name))
    if (missing.length > 0)
      throw new TypeError(`the prompts need tools that this worker's chat has not: ${missing.join(', ')}`)
    const client = this.#client!
    return QueueAnswerer.for(job, await Chat.fromJSON(job.chat, given), {
      maxActive,
      share: async (pace, line, model) =>
        new SharedPace(client, await paceKey(client, line, model, account), pace, job),
    })
  }

  /** Ends the worker with an error. */
  #fail(error: Error): void {
    this.#failure ??= error
    this.drain()
  }

  async #untilDone(client: Redis): Promise<void> {
    const { job, answered, refused } = this.#keys
    for (;;) {
      const [total, yes, no] = await Promise.all([
        client.hget(job, 'total'),
        client.bitcount(answered),
        client.bitcount(refused),
      ])
      if (total !== null && yes + no >= Number(total)) break
      await sleep(PAUSE, undefined, { ref: false })
    }
    this.drain()
  }

  /** Waits for what is under way, then stops it, then waits no more. */
  async #close(worker: Worker): Promise<void> {
    const { grace = 25_000 } = this.#options
    const closing = worker.close()
    const clock = new AbortController()
    const over = (ms: number): Promise<unknown> =>
      sleep(ms, 'over', { signal: clock.signal }).catch(() => undefined)
    const halted = new Promise<unknown>((resolve) => {
      if (this.#halt.signal.aborted) resolve('over')
      this.#halt.signal.addEventListener('abort', () => resolve('over'), { once: true })
    })
    if ((await Promise.race([closing, over(grace), halted])) === 'over') {
      const reason = new ChatError('The worker was told to stop.', { code: 'aborted' })
      this.#halt.abort(reason)
      for (const answerer of this.#answerers.values())
        void answerer.then((it) => it.stop(reason)).catch(() => undefined)
      await Promise.race([closing, over(LAST_WORDS)])
    }
    clock.abort()
  }

  /** Says what is wrong with Redis, once. */
  #complain(message: string): void {
    if (this.#complaints.has(message) || /closed|ECONN|EPIPE|lock/i.test(message)) return
    this.#complaints.add(message)
    warn(`the queue ${this.#options.name}: ${message}`)
  }
}

/**
 * A worker that takes prompts of a queue in Redis and asks them, beside any number of others on any machine: `await queueWorker(…).run()`.
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const worker = queueWorker({ redis: 'redis://127.0.0.1:6379', name: 'letters', chat })
 * process.once('SIGTERM', () => worker.drain())
 * await worker.run()
 */
export function queueWorker(options: QueueWorkerOptions): QueueWorker {
  return new QueueWorker(options)
}
