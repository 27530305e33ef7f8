import { ChatError } from '../core/errors.ts'
import type { BatchStatus } from './batch-account.ts'
import type { BatchCallOptions, BatchOptions } from './batch-options.ts'
import type { BatchWork } from './batch-work.ts'
import type { Purpose } from './parallel-item.ts'
import { type ParallelProgress, ProgressView } from './parallel-progress.ts'
import type { ParallelResult } from './parallel-result.ts'
import { PromptSource, type Prompts } from './parallel-source.ts'
import { ParallelTally } from './parallel-tally.ts'
import { type Session, fork } from './session.ts'

/**
 * Prompts that a provider answers at its leisure: their results as they come, or all of them in order. It begins when it is first read;
 * leaving it leaves what was handed in where it is.
 */
export class BatchRun<T> implements AsyncIterable<ParallelResult<T>> {
  readonly #session: Session
  readonly #source: PromptSource
  readonly #purpose: Purpose<T>
  readonly #options: BatchOptions
  readonly #about: unknown
  readonly #tally: ParallelTally
  #work: BatchWork<T> | undefined
  #isBegun = false

  /** @internal `about` is kept in the file, for a program that has only that. */
  constructor(
    session: Session,
    prompts: Prompts,
    purpose: Purpose<T>,
    options: BatchOptions,
    about?: unknown,
  ) {
    const { tools } = session.toolbox
    if (tools.size > 0)
      throw new TypeError(
        `a batch runs no tools, and the chat has ${[...tools.keys()].join(', ')}: hand in a chat without them, or ask with parallelChat()`,
      )
    // What happens to the chat from here on does not concern the run.
    this.#session = fork(session)
    this.#source = new PromptSource(prompts)
    this.#purpose = purpose
    this.#options = options
    this.#about = about
    this.#tally = new ParallelTally(this.#source.all?.length)
  }

  /** How far it is; what the provider has answered counts, though it may not give the answers yet. */
  get progress(): ParallelProgress {
    const { done = 0, failed = 0, pending = 0 } = this.#work?.under ?? {}
    const state = this.#tally.state(pending)
    return {
      ...state,
      done: state.done + done,
      failed: state.failed + failed,
      total: state.total ?? (this.#work && state.done + done + pending),
      // Nobody can tell from the first half of a batch how long the second takes.
      rate: 0,
      left: undefined,
    }
  }

  /**
   * Asks the provider how far it is, also while another process waits by the same file.
   * @throws ChatError
   */
  async status({ signal }: BatchCallOptions = {}): Promise<BatchStatus> {
    return (await import('./batch-account.ts')).batchStatus(this.#session, this.#options.path, { signal })
  }

  /**
   * Has the provider answer nothing more, and says how far it is then. What is answered stays, and is paid for; whoever waits gets it.
   * @throws ChatError
   */
  async cancel({ signal }: BatchCallOptions = {}): Promise<BatchStatus> {
    const how = { signal, isCancelling: true }
    return (await import('./batch-account.ts')).batchStatus(this.#session, this.#options.path, how)
  }

  /**
   * All results, in the order of the prompts; with `wait: false` those there are.
   * @throws ChatError and TypeError as the loop over it does
   */
  async all(): Promise<readonly ParallelResult<T>[]> {
    const results: ParallelResult<T>[] = []
    for await (const result of this) results[result.index] = result
    return results.filter(() => true)
  }

  /**
   * The results: those of earlier runs first, then the others as they come.
   * @throws ChatError `aborted` by the signal, `busy` or `resume` for the file, and what no waiting helps against; TypeError for other
   * prompts or settings than were handed in, and for a provider that answers no batches
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<ParallelResult<T>, void, undefined> {
    if (this.#isBegun) throw new TypeError('a run can be read once: keep what you need of its results')
    this.#isBegun = true
    const { signal, path, progress = true } = this.#options
    const view = new ProgressView(progress, () => this.progress)
    let close: (() => Promise<void>) | undefined
    try {
      signal?.throwIfAborted()
      // Whoever imports the library for single chats loads nothing of this.
      const { openWork } = await import('./batch-open.ts')
      const opened = await openWork({
        session: this.#session,
        source: this.#source,
        purpose: this.#purpose,
        options: this.#options,
        about: this.#about,
        news: () => view.news(),
      })
      close = opened.close
      this.#work = opened.work
      for await (const result of opened.work.results()) {
        this.#tally.add(result)
        view.news()
        yield result
      }
    } catch (error) {
      if (!signal?.aborted) throw error
      throw new ChatError(
        `The waiting was stopped by the caller; what was handed in goes on. The same call with ${path} goes on from here.`,
        { code: 'aborted', cause: error },
      )
    } finally {
      view.end()
      this.#source.close()
      await close?.()
    }
  }
}
