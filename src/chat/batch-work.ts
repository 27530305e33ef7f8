import { warn } from '#platform'
import { ChatError } from '../core/errors.ts'
import { type Input, type UserTurn, turnOf } from '../core/turn.ts'
import type { Api } from '../providers/api.ts'
import type { Batch, BatchAnswer } from '../providers/batch-api.ts'
import { apiOf } from '../providers/call-api.ts'
import { keptAnswer, keptSilence } from './batch-answer.ts'
import type { BatchRecord, KeptAnswer } from './batch-file.ts'
import { settleLost } from './batch-lost.ts'
import { Patience } from './batch-patience.ts'
import { batchResult } from './batch-result.ts'
import { BatchSubmission, indexIn } from './batch-submission.ts'
import type { Asked, BatchTools } from './batch-tools.ts'
import type { ParallelResult } from './parallel-result.ts'
import { readInput } from './read-input.ts'
import { keyOf } from './resume-key.ts'
import { failedUnasked } from './unasked.ts'

/** Asks a provider, as often as it takes. */
type Ask = <A>(question: () => Promise<A>) => Promise<A | undefined>

interface Kept {
  readonly index: number
  readonly kept: KeptAnswer
}

/** Answers that are written together. */
const GROUP = 100
/** How often answers are asked for that cannot be read. */
const MOST_READS = 3

/** Hands in what is missing, waits, and gives the results: those of earlier runs first, the others as they come. */
export class BatchWork<T> {
  readonly #tools: BatchTools<T>
  readonly #api: Api
  readonly #prompts: Input[] = []
  readonly #reads = new Map<BatchRecord, number>()
  /** What the provider says of those under way. */
  readonly #told = new Map<BatchRecord, Batch>()
  /** How many answers are kept whose results nobody has taken yet. */
  #backlog = 0
  /** What has failed and is to be handed in again, as long as that is still to be found out. */
  #again: Map<number, ParallelResult<T>> | undefined

  constructor(tools: BatchTools<T>) {
    this.#tools = tools
    this.#api = apiOf(tools.place.session.line, tools.options.signal)
    this.#again = tools.options.retry ? new Map() : undefined
  }

  /** How far the prompts are that have no result yet. */
  get under(): { readonly done: number; readonly failed: number; readonly pending: number } {
    const { open } = this.#tools.file
    let done = this.#backlog
    let failed = 0
    let pending = this.#again?.size ?? 0
    for (const record of open) {
      const { size } = record.waiting
      const counts = this.#told.get(record)?.counts
      const left = Math.min(size, counts?.pending ?? size)
      done += size - left
      failed += Math.min(size - left, counts?.failed ?? 0)
      pending += left
    }
    return { done, failed, pending }
  }

  /** All there is to do. */
  async *results(): AsyncGenerator<ParallelResult<T>, void, undefined> {
    await settleLost(this.#tools, this.#api)
    yield* this.#handIn()
    yield* this.#collect()
    const again = this.#again
    this.#again = undefined
    if (!again || again.size === 0) return
    yield* this.#handInAgain(again)
    yield* this.#collect()
  }

  /** Goes over the prompts: gives what is known of them, and hands in the others. */
  async *#handIn(): AsyncGenerator<ParallelResult<T>, void, undefined> {
    const { source, file, options, place, settings } = this.#tools
    const { signal = NEVER, path } = options
    const submission = new BatchSubmission(this.#tools, this.#api)
    this.#demandNoFewer(source.all?.length)
    for (let next = await source.next(signal); next; next = await source.next(signal)) {
      const { index, prompt } = next
      this.#prompts.push(prompt)
      const before = file.latest.get(index)
      try {
        const asked = { index, prompt, input: await this.#inputOf(prompt) }
        const key = await keyOf(settings, asked.input)
        if (before && before.items.get(index)?.key !== key) throw changed(path, index)
        if (before?.waiting.has(index)) continue
        const kept = await file.answerOf(index)
        if (kept) yield* this.#given(await this.#resultOf(asked, kept, true))
        else await submission.add(asked, key)
      } catch (error) {
        if (before || signal.aborted) throw error
        // An empty prompt, or a picture that is not there: it is this one's failure alone.
        submission.demandNoFailure()
        yield failedUnasked<T>(place.session, index, prompt, error as Error)
      }
    }
    this.#demandNoFewer(this.#prompts.length)
    await submission.end()
  }

  async *#handInAgain(
    again: ReadonlyMap<number, ParallelResult<T>>,
  ): AsyncGenerator<ParallelResult<T>, void, undefined> {
    const { settings } = this.#tools
    const submission = new BatchSubmission(this.#tools, this.#api)
    for (const [index, result] of again) {
      const { prompt } = result
      const error = ChatError.is(result.error) ? result.error : undefined
      try {
        const input = await this.#inputOf(prompt)
        await submission.add({ index, prompt, input }, await keyOf(settings, input), error)
      } catch (thrown) {
        submission.demandNoFailure()
        yield { ...result, value: undefined, error: thrown as Error }
      }
    }
    await submission.end()
  }

  /** Waits for what is under way, and gives its results as it is over. */
  async *#collect(): AsyncGenerator<ParallelResult<T>, void, undefined> {
    const { file, batches, options } = this.#tools
    const { wait = true, pollEvery, signal } = options
    const patience = new Patience(pollEvery, signal)
    const ask: Ask = (question) => (wait ? patience.attempt(question) : question())
    for (;;) {
      for (const record of file.open) {
        const batch = await ask(() => batches.get(this.#api, record.id as string))
        if (batch) this.#told.set(record, batch)
        if (batch && batch.state !== 'running') yield* this.#take(record, batch, ask)
      }
      this.#tools.news()
      if (!wait || file.open.length === 0) return
      await patience.rest()
    }
  }

  /** The results of a batch that is over, each kept before it is given. */
  async *#take(
    record: BatchRecord,
    batch: Batch,
    ask: Ask,
  ): AsyncGenerator<ParallelResult<T>, void, undefined> {
    const { batches, file, place, options } = this.#tools
    const answers = batches.answersOf(this.#api, batch)[Symbol.asyncIterator]()
    let garbled: ChatError | undefined
    const next = (): Promise<IteratorResult<BatchAnswer> | undefined> =>
      answers.next().catch((error: unknown) => {
        if (options.wait === false || !ChatError.is(error, 'bad-reply')) throw error
        garbled = error
        return undefined
      })
    let group: Kept[] = []
    const seen = new Set<number>()
    try {
      for (let step = await ask(next); !step?.done; step = await ask(next)) {
        if (!step) {
          yield* this.#keep(record, group)
          // It is over: what could not be had now is asked for again, and what cannot be read a few times.
          if (!garbled || this.#isToBeReadAgain(record)) return
          warn(garbled.message)
          group = []
          break
        }
        const index = indexIn(step.value.id)
        const way = index === undefined ? undefined : record.ways[record.items.get(index)?.way ?? -1]
        if (index === undefined || !way || !record.waiting.has(index) || seen.has(index)) continue
        seen.add(index)
        group.push({ index, kept: await keptAnswer(place, step.value, way) })
        if (group.length < GROUP) continue
        yield* this.#keep(record, group)
        group = []
      }
    } finally {
      await answers.return?.()
    }
    yield* this.#keep(record, group)
    const silent = [...record.waiting].map((index) => ({ index, kept: keptSilence(place.session, batch) }))
    yield* this.#keep(record, silent)
    await file.over(record, batch)
  }

  #isToBeReadAgain(record: BatchRecord): boolean {
    const reads = (this.#reads.get(record) ?? 0) + 1
    this.#reads.set(record, reads)
    return reads < MOST_READS
  }

  async *#keep(
    record: BatchRecord,
    group: readonly Kept[],
  ): AsyncGenerator<ParallelResult<T>, void, undefined> {
    await this.#tools.file.answered(record, group)
    this.#backlog = group.length
    for (const { index, kept } of group) {
      this.#backlog--
      const prompt = this.#prompts[index] as Input
      yield* this.#given(
        await this.#resultOf({ index, prompt, input: await this.#inputOf(prompt) }, kept, false),
      )
    }
  }

  /** A result, unless its prompt is to be handed in again. */
  *#given(result: ParallelResult<T>): Generator<ParallelResult<T>, void, undefined> {
    if (result.error && this.#again) this.#again.set(result.index, result)
    else yield result
  }

  #resultOf(asked: Asked, kept: KeptAnswer, isResumed: boolean): Promise<ParallelResult<T>> {
    const { place, purpose, file } = this.#tools
    return batchResult(place, purpose, asked, kept, {
      attempts: file.attempts.get(asked.index) ?? 0,
      isResumed,
    })
  }

  #inputOf(prompt: Input): Promise<UserTurn> {
    return readInput(Promise.resolve(prompt).then(turnOf), this.#tools.options.signal)
  }

  /** @throws TypeError where some of the prompts that were handed in are not there any more */
  #demandNoFewer(count = Infinity): void {
    const { file, options } = this.#tools
    let most = -1
    for (const index of file.latest.keys()) most = Math.max(most, index)
    if (count <= most)
      throw new TypeError(
        `path: ${options.path} is of ${most + 1} prompts, and here are ${count}: there may be more than were handed in, and no fewer`,
      )
  }
}

const NEVER = new AbortController().signal

const changed = (path: string, index: number): TypeError =>
  new TypeError(
    `path: prompt ${index} is another one than ${path} says was handed in. ` +
      'Go on with the same prompts, to which others may be added behind them, or name another file.',
  )
