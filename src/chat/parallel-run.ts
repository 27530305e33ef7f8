import { ChatError } from '../core/errors.ts'
import { type UserTurn, turnOf } from '../core/turn.ts'
import { AbortGroup } from '../lib/abort-group.ts'
import { Bell } from '../lib/bell.ts'
import { Channel } from '../lib/channel.ts'
import type { Pace } from '../providers/pace.ts'
import { catalogsForRun } from './parallel-catalog.ts'
import { type ParallelEstimate, SAMPLE, estimateInWords, goesOn } from './parallel-estimate.ts'
import { isFatal } from './parallel-fatal.ts'
import { Gauge } from './parallel-gauge.ts'
import { type Expected, Forecast } from './parallel-forecast.ts'
import type { Done, Purpose, Setting } from './parallel-item.ts'
import type { ParallelOptions } from './parallel-options.ts'
import { type ParallelProgress, ProgressView } from './parallel-progress.ts'
import { Purse } from './parallel-purse.ts'
import type { ParallelResult } from './parallel-result.ts'
import { type Numbered, PromptSource, type Prompts } from './parallel-source.ts'
import { ParallelTally } from './parallel-tally.ts'
import { readInput } from './read-input.ts'
import type { ResumeKeeper } from './resume-keeper.ts'
import { type Session, fork } from './session.ts'
import { failedUnasked, unasked } from './unasked.ts'

/** Who asks one prompt, and takes up one that was answered before. */
type Items = typeof import('./parallel-item.ts')

/** Many prompts under way: their results one by one as they finish, or all of them in order. It begins when it is first read. */
export class ParallelRun<T> implements AsyncIterable<ParallelResult<T>> {
  readonly #session: Session
  readonly #source: PromptSource
  readonly #purpose: Purpose<T>
  readonly #options: ParallelOptions
  readonly #out = new Channel<ParallelResult<T>>()
  readonly #bell = new Bell()
  readonly #abort = new AbortController()
  /** The signals of what is under way. */
  readonly #group = new AbortGroup()
  readonly #forecast: Forecast
  readonly #purse: Purse | undefined
  readonly #tally: ParallelTally
  readonly #gauge: Gauge
  #active = 0
  /** Results that nobody has taken yet. */
  #ready = 0
  #isBegun = false
  #isWhole = false
  #stopped: Error | undefined
  /** What is thrown at the end. */
  #failure: Error | undefined
  #estimate: ParallelEstimate | undefined

  /** @internal */
  constructor(session: Session, prompts: Prompts, purpose: Purpose<T>, options: ParallelOptions) {
    // What happens to the chat from here on does not concern the run.
    this.#session = fork(session)
    this.#source = new PromptSource(prompts, options.estimate ? SAMPLE : 0)
    this.#purpose = purpose
    this.#options = options
    this.#gauge = new Gauge(this.#session)
    this.#forecast = new Forecast(session.params.maxTokens)
    this.#purse = options.budget && new Purse(options.budget, this.#forecast)
    this.#tally = new ParallelTally(options.total ?? this.#source.all?.length)
  }

  /** Why not all prompts are asked: an error, the signal, the budget, the estimate; undefined as long as there is no reason. */
  get stopped(): Error | undefined {
    return this.#stopped
  }

  /** What the run is expected to take, once `estimate` has found out. */
  get estimate(): ParallelEstimate | undefined {
    return this.#estimate
  }

  /** How far it is. */
  get progress(): ParallelProgress {
    return this.#tally.state(this.#active)
  }

  /** Asks nothing more; what is under way is finished, and its results come. */
  drain(): void {
    this.#stop(new ChatError('The run was told to ask nothing more.', { code: 'aborted' }))
  }

  /**
   * All results, in the order of the prompts; those of an array that were never asked are there too, with the reason as their error.
   * @throws ChatError with `onError: 'stop'`, and whatever the prompts' own iterator throws
   */
  async all(): Promise<readonly ParallelResult<T>[]> {
    const results: ParallelResult<T>[] = []
    for await (const result of this) results[result.index] = result
    const prompts = this.#source.all ?? []
    for (const [index, prompt] of prompts.entries())
      results[index] ??= unasked<T>(this.#session, index, prompt, this.#stopped)
    // Of prompts that came one by one, the last ones may not have been asked.
    return results.filter(() => true)
  }

  /** The results as they finish; leaving the loop stops the run. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ParallelResult<T>, void, undefined> {
    if (this.#isBegun) throw new TypeError('a run can be read once: keep what you need of its results')
    this.#isBegun = true
    const { signal, progress = true, maxActive, requestsPerMinute, tokensPerMinute } = this.#options
    const abort = (): void => this.#cancel(signal?.reason)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
    if (!this.#session.model) await (await import('./served.ts')).nameServed(this.#session, signal)
    // Whoever imports the library for single chats loads nothing of this.
    const { paceOf } = await import('../providers/pace-of.ts')
    const items = await import('./parallel-item.ts')
    const pace = await paceOf(this.#session.line, this.#session.model)
    const leave = pace.join({ maxActive, requestsPerMinute, tokensPerMinute })
    const view = new ProgressView(progress, () => this.progress)
    let keeper: ResumeKeeper | undefined
    let feeding: Promise<void> | undefined
    let isOver = false
    try {
      const { resume } = this.#options
      keeper =
        resume === undefined
          ? undefined
          : await (
              await import('./resume-keeper.ts')
            ).ResumeKeeper.open(resume, this.#session, this.#purpose.schema)
      feeding = this.#feed(items, pace, keeper)
      for await (const batch of this.#out.batches())
        for (const result of batch) {
          this.#ready--
          this.#bell.ring()
          this.#tally.add(result)
          view.news()
          yield result
        }
      await feeding
      isOver = true
      if (this.#failure) throw this.#failure
    } finally {
      view.end()
      if (!isOver) this.#cancel(undefined)
      await feeding?.catch(() => undefined)
      signal?.removeEventListener('abort', abort)
      leave()
      await keeper?.close(this.#isWhole)
    }
  }

  /** Takes prompts as there is room for them, and starts them. */
  async #feed(items: Items, pace: Pace, keeper: ResumeKeeper | undefined): Promise<void> {
    const { signal } = this.#abort
    const setting: Setting<T> = {
      session: this.#session,
      purpose: this.#purpose,
      pace,
      forecast: this.#forecast,
      catalogs: catalogsForRun(),
      signal,
      toolChoice: this.#options.toolChoice,
    }
    try {
      for (let started = 0; ; started++) {
        if (started > 0 && started === this.#source.sample) await this.#judge()
        await this.#until(() => this.#hasRoom(pace))
        if (this.#stopped) break
        const next = await this.#source.next(signal)
        this.#isWhole = next === undefined
        if (next === undefined) break
        await this.#begin(items, setting, next, keeper)
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#stop(error as Error)
        // The prompts themselves have failed, or the file: nobody but the caller can help.
        if (!ChatError.is(error, 'budget')) throw error
      }
    } finally {
      this.#source.close()
      await this.#until(() => this.#active === 0, true)
      this.#out.close()
    }
  }

  async #begin(
    items: Items,
    setting: Setting<T>,
    { index, prompt }: Numbered,
    keeper: ResumeKeeper | undefined,
  ): Promise<void> {
    let input: UserTurn
    try {
      input = await readInput(Promise.resolve(prompt).then(turnOf), setting.signal)
    } catch (error) {
      if (setting.signal.aborted) throw error
      // An empty prompt, or a picture that is not there: it is this one's failure alone.
      const result = failedUnasked<T>(this.#session, index, prompt, error as Error)
      return this.#finish({ result, turns: [], reason: undefined }, undefined)
    }
    const kept = keeper && (await keeper.find(index, input))
    const found = kept && (await items.keptItem(setting, index, prompt, input, kept))
    const estimated = this.#gauge.add(input)
    if (found) {
      keeper.forget(index)
      this.#forecast.learn(estimated, found.result.usage, found.result.cost)
      this.#push(found.result)
      return
    }
    const aside = this.#purse && (await this.#aside(this.#purse, estimated))
    if (this.#stopped) return
    this.#active++
    void this.#perform(
      this.#group.run((signal) => items.askItem({ ...setting, signal }, index, prompt, input)),
      estimated,
      aside,
      keeper,
    )
      .catch((error: unknown) => this.#stop(error as Error))
      .finally(() => {
        this.#active--
        this.#bell.ring()
      })
  }

  async #perform(
    asking: Promise<Done<T>>,
    estimated: number,
    aside: Expected | undefined,
    keeper: ResumeKeeper | undefined,
  ): Promise<void> {
    const done = await asking
    const { usage, cost } = done.result
    this.#forecast.learn(estimated, usage, cost)
    if (aside) this.#purse?.book(aside, usage, cost, done.reason)
    await this.#finish(done, keeper)
  }

  async #finish(done: Done<T>, keeper: ResumeKeeper | undefined): Promise<void> {
    const { result } = done
    const { onError = 'continue' } = this.#options
    const { error } = result
    try {
      await keeper?.add(result, done.turns)
    } catch (failure) {
      // It was paid for: the caller gets it, though it could not be kept.
      this.#stop(failure as Error)
    }
    this.#push(result)
    if (!error || this.#stopped) return
    if (onError !== 'continue' || isFatal(error)) this.#stop(error)
    if (onError !== 'stop') return
    this.#failure = error
    this.#cancel(error)
  }

  #push(result: ParallelResult<T>): void {
    this.#ready++
    this.#out.push(result)
  }

  /** Waits until a prompt may be paid for. */
  async #aside(purse: Purse, estimated: number): Promise<Expected | undefined> {
    for (;;) {
      if (this.#stopped) return undefined
      const aside = purse.set(estimated)
      if (aside) return aside
      await this.#bell.wait()
    }
  }

  /** Says what all prompts will take, now that the first ones are answered, and ends the run where that is not wanted. */
  async #judge(): Promise<void> {
    await this.#until(() => this.#active === 0)
    if (this.#stopped) return
    const { estimate, budget } = this.#options
    this.#estimate = this.#gauge.estimate(this.#forecast, this.#source.all, this.#options.total)
    if (!this.#estimate || (await goesOn(this.#estimate, estimate, budget))) return
    const message = `The run was not gone on with after its estimate: ${estimateInWords(this.#estimate)}.`
    this.#stop(new ChatError(message, { code: 'budget', body: this.#estimate }))
  }

  #hasRoom(pace: Pace): boolean {
    const most = this.#options.maxActive ?? pace.limit
    return this.#active < most && this.#ready < Math.max(most, 16)
  }

  /** Waits until something holds; no longer than the run goes on, unless it is told to. */
  async #until(holds: () => boolean, always = false): Promise<void> {
    while (!holds() && (always || !this.#stopped)) await this.#bell.wait()
  }

  #stop(reason: Error): void {
    this.#stopped ??= reason
    this.#bell.ring()
  }

  /** Stops all at once. */
  #cancel(reason: unknown): void {
    this.#stop(new ChatError('The run was stopped by the caller.', { code: 'aborted', cause: reason }))
    this.#abort.abort(reason)
    this.#group.abort(reason)
  }
}
