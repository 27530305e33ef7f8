import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'
import { Chat } from '../chat/chat.ts'
import { PromptSource, type Prompts } from '../chat/parallel-source.ts'
import { readInput } from '../chat/read-input.ts'
import { type Inferred, type SchemaSource, schemaOf } from '../core/standard-schema.ts'
import { type Input, turnOf } from '../core/turn.ts'
import { bareUrl } from '../lib/bare-url.ts'
import { type ChatQueue, type OpenQueueOptions, reach } from './chat-queue.ts'
import { type QueueJob, writeJob } from './queue-job.ts'
import { type QueueKeys, idOf, keysOf } from './queue-keys.ts'
import type { QueuedPrompt } from './queued-prompt.ts'
import { standingOf } from './result-stream.ts'

/** What is put into a queue. */
export interface QueueChatOptions<S extends SchemaSource = SchemaSource> extends OpenQueueOptions<S> {
  /** Who is asked, and with what: its key and its tools stay here, so the workers bring their own. */
  readonly chat: Chat
  /** An array, or what gives them one by one: a million are never in memory. */
  readonly prompts: Prompts
  /** Asks for data in this form; what comes is checked by the worker, and again where it is read. */
  readonly schema?: S | undefined
  /** How often the model may mend data that does not fit. @default 1 */
  readonly repair?: number | undefined
  /** Keeps with each result what was said, tools included. @default false */
  readonly turns?: boolean | undefined
  /** The most requests that all workers make in a minute. @default what the server's headers and refusals teach */
  readonly requestsPerMinute?: number | undefined
  /** Tokens read and written by all workers, as far as they can be known before. @default what the server's headers and refusals teach */
  readonly tokensPerMinute?: number | undefined
  /** How many prompts all workers have in hand at once. @default as many as go well */
  readonly maxActive?: number | undefined
  /** How often a prompt is asked that met a failure which may pass; between them some seconds go by. @default 3 */
  readonly tries?: number | undefined
  /** Adds no more while so many prompts wait, to bound the memory of Redis. @default no bound */
  readonly maxWaiting?: number | undefined
  /** Told how many prompts are in the queue. */
  readonly onAdded?: ((count: number) => void) | undefined
  /** Aborting it ends the adding; what was added stays, and the same call goes on with the rest. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Puts prompts into a queue in Redis, from which workers on any machine take them; done when all are in it. The same call with the same
 * prompts adds only those that are missing, so one that was cut off can be made again.
 * @throws ChatError `connection`, or `missing-package` without bullmq and ioredis; TypeError where the queue holds prompts for something else
 * @example
 * const queue = await queueChat({ redis: 'redis://127.0.0.1:6379', name: 'letters', chat, prompts: ['Capital of Peru?'] })
 * for await (const { index, value, error } of queue.results()) console.log(index, value ?? error)
 */
export async function queueChat<S extends SchemaSource = never>(
  options: QueueChatOptions<S>,
): Promise<ChatQueue<[S] extends [never] ? string : Inferred<S>>> {
  const { prompts, maxActive, maxWaiting = Infinity, onAdded, signal } = check(options)
  const source = new PromptSource(prompts)
  const job = jobOf(options)
  const { queue, client, jobs } = await reach(options)
  try {
    const keys = keysOf(options.name)
    const name = await writeJob(client, keys, options.name, job)
    if (maxActive === undefined) await jobs.removeGlobalConcurrency()
    else await jobs.setGlobalConcurrency(maxActive)
    const into: Into = { client, jobs, keys, name, maxWaiting, signal }
    await client.hdel(keys.job, 'total')
    let added = 0
    for await (const batch of batches(source, signal)) {
      await add(into, batch)
      added += batch.length
      await client.hset(keys.job, 'added', added)
      onAdded?.(added)
    }
    await client.hset(keys.job, 'total', added)
    return queue as ChatQueue<[S] extends [never] ? string : Inferred<S>>
  } catch (error) {
    await queue.close()
    throw error
  } finally {
    source.close()
  }
}

/** Prompts that travel together. */
const BATCH = 500
/** How often to look whether there is room again, in milliseconds. */
const PAUSE = 250

interface Into {
  readonly client: Redis
  readonly jobs: Queue
  readonly keys: QueueKeys
  readonly name: string
  readonly maxWaiting: number
  readonly signal: AbortSignal | undefined
}

interface Placed {
  readonly index: number
  readonly data: QueuedPrompt
}

async function* batches(
  source: PromptSource,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<readonly Placed[]> {
  let batch: Placed[] = []
  for (let next = await source.next(signal); next; next = await source.next(signal)) {
    batch.push({ index: next.index, data: { prompt: await written(next.prompt, signal) } })
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** A prompt that can travel: its files are read. */
async function written(prompt: Input, signal: AbortSignal): Promise<QueuedPrompt['prompt']> {
  if (typeof prompt === 'string' && prompt !== '') return prompt
  const { contents } = await readInput(Promise.resolve(prompt).then(turnOf), signal)
  return contents
}

async function add(
  { client, jobs, keys, name, maxWaiting, signal }: Into,
  batch: readonly Placed[],
): Promise<void> {
  while ((await jobs.getWaitingCount()) >= maxWaiting) await sleep(PAUSE, undefined, { signal })
  signal?.throwIfAborted()
  const standing = await standingOf(
    client,
    keys,
    batch.map(({ index }) => index),
  )
  // Those that wait or are under way BullMQ knows by their ids.
  const open = batch.filter((_, at) => standing[at] === 'open')
  await jobs.addBulk(open.map(({ index, data }) => ({ name, data, opts: { jobId: idOf(index) } })))
}

function jobOf({
  chat,
  schema,
  repair = 1,
  turns = false,
  tries = 3,
  requestsPerMinute,
  tokensPerMinute,
}: QueueChatOptions): QueueJob {
  const saved = chat.toJSON()
  return {
    chat: saved,
    server: saved.baseUrl ?? bareUrl(chat.provider.baseUrl),
    schema: schema === undefined ? undefined : schemaOf(schema).jsonSchema,
    repair,
    keepsTurns: turns,
    tries,
    requestsPerMinute,
    tokensPerMinute,
  }
}

function check<S extends SchemaSource>(options: QueueChatOptions<S>): QueueChatOptions<S> {
  if (!(options.chat instanceof Chat)) throw new TypeError('chat must be a chat')
  for (const name of ['maxActive', 'maxWaiting', 'tries', 'requestsPerMinute', 'tokensPerMinute'] as const) {
    const value: unknown = options[name]
    if (value === undefined) continue
    if (typeof value !== 'number') throw new TypeError(`${name} must be a number: got ${typeof value}`)
    const isWhole = Number.isInteger(value) || name.endsWith('PerMinute')
    if (!(value > 0) || !isWhole)
      throw new RangeError(`${name} must be ${isWhole ? 'more than 0' : 'a whole number'}: it is ${value}`)
  }
  const { repair = 1 } = options
  if (!Number.isInteger(repair) || repair < 0)
    throw new RangeError(`repair must be a whole number, 0 or more: it is ${repair}`)
  return options
}
