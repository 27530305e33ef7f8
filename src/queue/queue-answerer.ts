import type { Chat } from '../chat/chat.ts'
import { isFatal } from '../chat/parallel-fatal.ts'
import type { Done, Purpose } from '../chat/parallel-item.ts'
import { type AskerOptions, PromptAsker } from '../chat/prompt-asker.ts'
import { digest } from '../chat/resume-key.ts'
import { ChatError } from '../core/errors.ts'
import { schemaOf } from '../core/standard-schema.ts'
import { textOf } from '../core/turn.ts'
import { addUsage } from '../core/usage.ts'
import { backoff } from '../lib/backoff.ts'
import { mayPass } from '../providers/pause-after.ts'
import type { QueueJob } from './queue-job.ts'
import type { StoredResult } from './queue-result.ts'
import type { Before, QueuedPrompt } from './queued-prompt.ts'

/** What to do with a prompt that was asked. */
export type Verdict =
  | { readonly type: 'store'; readonly result: StoredResult }
  /** To be asked again after a while, in milliseconds. */
  | { readonly type: 'again'; readonly wait: number; readonly before: Before }
  /** To be given back as it was, because this worker can ask no more. */
  | { readonly type: 'back'; readonly error: Error }

/** Who asks the prompts of one job. */
export class QueueAnswerer {
  readonly #job: QueueJob
  readonly #asker: PromptAsker<unknown>

  private constructor(job: QueueJob, asker: PromptAsker<unknown>) {
    this.#job = job
    this.#asker = asker
  }

  /** One that asks with a chat that the job was laid over. */
  static async for(job: QueueJob, chat: Chat, options: AskerOptions): Promise<QueueAnswerer> {
    const { schema, repair } = job
    const purpose: Purpose<unknown> = {
      schema: schema && schemaOf(schema),
      repair,
      valueOf: (turn) => textOf(turn) || (turn.refusal ?? ''),
    }
    return new QueueAnswerer(job, await PromptAsker.for(chat, purpose, options))
  }

  /** How many prompts may be under way at once. */
  get limit(): number {
    return this.#asker.limit
  }

  /** Stops all that is under way: it is to be given back. */
  stop(reason: unknown): void {
    this.#asker.stop(reason)
  }

  /** Its wishes no longer count. */
  close(): void {
    this.#asker.close()
  }

  /** Asks a prompt; never fails. `deaths` is how many workers died with it in hand. */
  async ask(index: number, { prompt, before }: QueuedPrompt, deaths: number): Promise<Verdict> {
    if (deaths > MOST_DEATHS) {
      const message = `It was not asked again: ${deaths} workers have died while it was under way.`
      const { attempts = 0, usage = {}, cost } = before ?? {}
      const error = { code: 'aborted' as const, message }
      const facts = { index, key: await promptKey(prompt), text: '', usage, attempts, error }
      return { type: 'store', result: { ...facts, ...(cost !== undefined && { cost }) } }
    }
    const done = await this.#asker.ask(index, prompt)
    const { error } = done.result
    if (error && (isFatal(error) || ChatError.is(error, 'aborted'))) return { type: 'back', error }
    const spent = sumOf(done, before)
    if (error && spent.tries < this.#job.tries && mayBeAskedAgain(error)) {
      // Its requests were repeated soon already, so this takes longer.
      const wait = error.retryAfter ?? backoff(spent.tries + FIRST_PAUSE)
      return { type: 'again', wait, before: spent }
    }
    // What a try has cost that brought nothing is known to nobody.
    const cost = error && done.turns.length === 0 ? before?.cost : spent.cost
    return { type: 'store', result: await this.#stored(done, index, prompt, { ...spent, cost }) }
  }

  async #stored(
    { result, turns }: Done<unknown>,
    index: number,
    prompt: QueuedPrompt['prompt'],
    { attempts, usage, cost }: Before,
  ): Promise<StoredResult> {
    const { text, value, error } = result
    const isData = this.#job.schema !== undefined && error === undefined
    return {
      index,
      key: await promptKey(prompt),
      text,
      ...(isData && { value }),
      usage,
      ...(cost !== undefined && { cost }),
      attempts,
      ...(this.#job.keepsTurns && { turns }),
      ...(error && { error: { ...(ChatError.is(error) && { code: error.code }), message: error.message } }),
    }
  }
}

/** The hash that tells prompts apart. */
export const promptKey = (prompt: QueuedPrompt['prompt']): Promise<string> => digest(prompt)

/** More is no accident. */
const MOST_DEATHS = 10

/** The pauses between tries begin with four seconds: the fourth of those between requests. */
const FIRST_PAUSE = 3

const mayBeAskedAgain = (error: Error): error is ChatError =>
  ChatError.is(error) && (mayPass(error) || error.code === 'timeout' || error.code === 'cut')

/** What a prompt has taken so far, earlier tries included. A try that brought nothing counts nothing, as requests that are repeated do. */
function sumOf({ result, turns }: Done<unknown>, before: Before | undefined): Before {
  const { attempts, usage, cost } = result
  if (!before) return { tries: 1, attempts, usage, cost: turns.length === 0 ? 0 : cost }
  const own = turns.length === 0 ? 0 : cost
  return {
    tries: before.tries + 1,
    attempts: before.attempts + attempts,
    usage: addUsage([before.usage, usage]),
    cost: before.cost === undefined || own === undefined ? undefined : before.cost + own,
  }
}
