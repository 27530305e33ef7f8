import type { Redis } from 'ioredis'
import type { Transcript } from '../chat/transcript.ts'
import { digest } from '../chat/resume-key.ts'
import { ChatError } from '../core/errors.ts'
import type { JsonSchema } from '../core/schema.ts'
import type { QueueKeys } from './queue-keys.ts'

/** What all prompts of a queue are asked with: no key, no header and no function. */
export interface QueueJob {
  /** The chat as it is saved: provider, model, system prompt, parameters, names of tools, conversation so far. */
  readonly chat: Transcript
  /** The address that was meant, less what may hold a key: some providers are known by nothing else. */
  readonly server: string
  /** The form of the data that is asked for. */
  readonly schema?: JsonSchema | undefined
  /** How often the model may mend data that does not fit. */
  readonly repair: number
  /** Whether the results hold what was said. */
  readonly keepsTurns: boolean
  /** How often a prompt is asked whose provider could not be reached or broke off. */
  readonly tries: number
  /** The most of all workers together. */
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
}

/** A job, and the short name by which its prompts know it. */
export interface NamedJob {
  readonly id: string
  readonly job: QueueJob
}

/** What may be changed while the prompts wait; with anything else they are another job. */
type Manner = 'tries' | 'requestsPerMinute' | 'tokensPerMinute'

/** The short name of a job: the same for all that is asked with the same. */
export async function jobId({
  chat,
  server,
  schema,
  repair,
  keepsTurns,
}: Omit<QueueJob, Manner>): Promise<string> {
  return (await digest([chat, server, schema ?? null, repair, keepsTurns])).slice(0, 8)
}

/**
 * Puts a job into a queue.
 * @throws TypeError where there is another one
 */
export async function writeJob(client: Redis, keys: QueueKeys, name: string, job: QueueJob): Promise<string> {
  const id = await jobId(job)
  await client.hsetnx(keys.job, 'id', id)
  const known = await client.hget(keys.job, 'id')
  if (known !== id)
    throw new TypeError(
      `the queue ${name} holds prompts for another model, system prompt, parameters or schema: name another, or remove it first`,
    )
  await client.hset(keys.job, 'version', VERSION, 'job', JSON.stringify(job))
  return id
}

/**
 * The job of a queue; undefined where there is none yet.
 * @throws ChatError `bad-request` where a newer natter wrote it
 */
export async function readJob(
  client: Redis,
  { job }: QueueKeys,
  name: string,
): Promise<NamedJob | undefined> {
  const [id, text, version] = await client.hmget(job, 'id', 'job', 'version')
  if (!id || !text) return undefined
  if (Number(version) > VERSION)
    throw new ChatError(`The queue ${name} was made by a newer natter: update natter here.`, {
      code: 'bad-request',
      provider: 'Redis',
    })
  return { id, job: JSON.parse(text) as QueueJob }
}

const VERSION = 1
