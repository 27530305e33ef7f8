import { openJournal, warn } from '#platform'
import type { Adjustment, AssistantTurn } from '../core/turn.ts'
import type { Batch } from '../providers/batch-api.ts'
import type { ChatErrorDetails } from '../core/errors.ts'
import type { Fitted } from '../capabilities/fits.ts'
import { type Journal, isTorn } from '../lib/journal.ts'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import { asChatError } from './resume-error.ts'
import type { ResumeSettings } from './resume-key.ts'

const FORMAT = 'natter-batch'
const VERSION = 1
/** Prompts on one line. */
const ROW = 1000

/** What the first line of a file tells. */
export interface BatchHead {
  /** The provider's id, its address without what may hold a key, and the model. */
  readonly provider: string
  readonly baseUrl: string
  readonly model: string
  /** What answers depend on; long texts as a hash. */
  readonly settings: ResumeSettings
  /** What a program keeps there for itself. */
  readonly about?: unknown
}

/** How requests of a batch were changed, and how their answers must be read therefore. */
export interface BatchWay extends Pick<Fitted, 'reading'> {
  readonly adjustments: readonly Adjustment[]
}

/** What came of a prompt: a turn, or an error. */
export type KeptAnswer =
  | { readonly turn: AssistantTurn; readonly cost?: number; readonly error?: undefined }
  | { readonly error: ChatErrorDetails & { readonly message: string }; readonly turn?: undefined }

/** One batch as the file knows it. */
export interface BatchRecord {
  /** By which the provider may find it. */
  readonly mark: string
  /** The prompts by their index: key and way. */
  readonly items: Map<number, { readonly key: string; readonly way: number }>
  /** Those without an answer. */
  readonly waiting: Set<number>
  ways: readonly BatchWay[]
  /** When it was handed in. */
  at?: string
  /** `noted` is no more than a wish; nobody knows whether a batch that is `submitting` has been taken. */
  stage: 'noted' | 'submitting' | 'submitted' | 'over' | 'refused'
  /** The provider's. */
  id?: string
  /** What it came to. */
  end?: Pick<Batch, 'state' | 'status' | 'error'>
}

/** The file of batches: what was handed in, and what has come of it. */
export class BatchFile {
  /** Undefined for a file that was just made. */
  head: BatchHead | undefined
  readonly records: BatchRecord[] = []
  /** The batch in which each prompt was handed in last, by its index. */
  readonly latest = new Map<number, BatchRecord>()
  /** How often each was handed in. */
  readonly attempts = new Map<number, number>()
  /** Those whose last answer is an error. */
  readonly failed = new Set<number>()
  readonly #path: string
  readonly #journal: Journal
  /** Where the last answer to each begins. */
  readonly #places = new Map<number, number>()
  readonly #marks = new Map<string, BatchRecord>()

  private constructor(path: string, journal: Journal) {
    this.#path = path
    this.#journal = journal
  }

  /**
   * Opens a file and reads what it tells. One that is only read may be held by another process.
   * @throws ChatError `busy` or `resume`, TypeError for a file of something else
   */
  static async open(path: string, isReadOnly = false): Promise<BatchFile> {
    const journal = await asChatError(openJournal(path, { isReadOnly }), 'path')
    const file = new BatchFile(path, journal)
    try {
      await file.#load(isReadOnly)
      return file
    } catch (error) {
      await journal.close()
      throw error
    }
  }

  /** Those that are handed in and not over. */
  get open(): readonly BatchRecord[] {
    return this.records.filter(({ stage }) => stage === 'submitted')
  }

  /** Writes the first line. */
  async begin(head: BatchHead): Promise<void> {
    await this.#add({ format: FORMAT, version: VERSION, ...head })
    this.head = head
  }

  /** Notes that a batch is about to be handed in; on the disk when it is done. */
  async submitting(
    mark: string,
    items: ReadonlyMap<number, { readonly key: string; readonly way: number }>,
    ways: readonly BatchWay[],
  ): Promise<BatchRecord> {
    const rows = [...items].map(([index, { key, way }]) => [index, key, way])
    const at = new Date().toISOString()
    const lines: object[] = []
    for (let from = 0; from < rows.length; from += ROW)
      lines.push({ type: 'prompts', mark, items: rows.slice(from, from + ROW) })
    lines.push({ type: 'submitting', mark, at, ways })
    await Promise.all(lines.map((line) => this.#add(line)))
    for (const line of lines) this.#take(line as Line, 0)
    return this.#marks.get(mark) as BatchRecord
  }

  /** Notes that a batch was taken. */
  submitted = ({ mark }: BatchRecord, id: string): Promise<void> =>
    this.#note({ type: 'submitted', mark, id })

  /** Notes that a batch was not taken: it was never handed in. */
  refused = ({ mark }: BatchRecord, message: string): Promise<void> =>
    this.#note({ type: 'refused', mark, message })

  /** Keeps answers; on the disk when it is done. */
  async answered(
    { mark }: BatchRecord,
    answers: readonly { readonly index: number; readonly kept: KeptAnswer }[],
  ): Promise<void> {
    await Promise.all(answers.map(({ index, kept }) => this.#note({ type: 'answer', mark, index, ...kept })))
  }

  /** Notes that nothing more will come of a batch. */
  over = ({ mark }: BatchRecord, { state, status, error }: NonNullable<BatchRecord['end']>): Promise<void> =>
    this.#note({ type: 'over', mark, state, status, ...(error !== undefined && { error }) })

  /** The answer of an earlier run to a prompt; undefined where there is none. */
  async answerOf(index: number): Promise<KeptAnswer | undefined> {
    const at = this.#places.get(index)
    return at === undefined ? undefined : (JSON.parse(await this.#journal.read(at)) as KeptAnswer)
  }

  /** Lets go of the file. */
  close(): Promise<void> {
    return this.#journal.close()
  }

  async #note(line: Line): Promise<void> {
    await this.#add(line)
    this.#take(line, undefined)
  }

  #add = (line: object): Promise<void> => asChatError(this.#journal.append(JSON.stringify(line)), 'path')

  async #load(isReadOnly: boolean): Promise<void> {
    let torn = 0
    let isFirst = true
    for await (const { text, at, isWhole } of this.#journal.lines()) {
      const line = isWhole ? parsedJson(text) : undefined
      if (isFirst && !isHead(line) && !isTorn(text, HEAD))
        throw new TypeError(
          `path: ${this.#path} is no file of a batch, and nothing was written to it: name a new one`,
        )
      isFirst = false
      if (isHead(line)) {
        if (line.version > VERSION)
          throw new TypeError(`path: ${this.#path} was written by a newer natter: update natter`)
        this.head = line
      } else if (isObject(line)) this.#take(line as unknown as Line, at)
      else if (text !== '') torn++
    }
    // Who only reads may do so while a line is being written.
    if (torn > 0 && !isReadOnly)
      warn(`${this.#path}: a line is torn, of a run that was interrupted; what it was is asked for again.`)
  }

  /** Makes a line part of what is known. `at` is its place, for answers of earlier runs. */
  #take(line: Line, at: number | undefined): void {
    const record = this.#marks.get(line.mark)
    if (line.type === 'prompts') this.#noted(line, record)
    else if (record) this.#told(record, line, at)
  }

  #noted({ mark, items }: Line & { type: 'prompts' }, before: BatchRecord | undefined): void {
    const record: BatchRecord = before ?? {
      mark,
      items: new Map(),
      waiting: new Set(),
      ways: [],
      stage: 'noted',
    }
    if (!before) {
      this.#marks.set(mark, record)
      this.records.push(record)
    }
    for (const [index, key, way] of items) record.items.set(index, { key, way })
  }

  #told(record: BatchRecord, line: Exclude<Line, { type: 'prompts' }>, at: number | undefined): void {
    switch (line.type) {
      case 'submitting':
        record.stage = 'submitting'
        record.at = line.at
        record.ways = line.ways
        for (const index of record.items.keys()) {
          record.waiting.add(index)
          this.latest.set(index, record)
          this.attempts.set(index, (this.attempts.get(index) ?? 0) + 1)
        }
        break
      case 'submitted':
        record.stage = 'submitted'
        record.id = line.id
        break
      case 'refused':
        record.stage = 'refused'
        record.waiting.clear()
        for (const index of record.items.keys()) this.#forget(index)
        break
      case 'answer':
        record.waiting.delete(line.index)
        if (line.error) this.failed.add(line.index)
        else this.failed.delete(line.index)
        if (at === undefined) this.#places.delete(line.index)
        else this.#places.set(line.index, at)
        break
      case 'over':
        record.stage = 'over'
        record.end = line
    }
  }

  /** A prompt is again where it was before it was handed in last. */
  #forget(index: number): void {
    const left = (this.attempts.get(index) ?? 1) - 1
    const before = this.records.findLast(({ stage, items }) => stage === 'over' && items.has(index))
    if (before) this.latest.set(index, before)
    else this.latest.delete(index)
    if (left > 0) this.attempts.set(index, left)
    else this.attempts.delete(index)
  }
}

type Line = { readonly mark: string } & (
  | { readonly type: 'prompts'; readonly items: readonly (readonly [number, string, number])[] }
  | { readonly type: 'submitting'; readonly at: string; readonly ways: readonly BatchWay[] }
  | { readonly type: 'submitted'; readonly id: string }
  | { readonly type: 'refused'; readonly message: string }
  | ({ readonly type: 'answer'; readonly index: number } & KeptAnswer)
  | ({ readonly type: 'over' } & NonNullable<BatchRecord['end']>)
)

const HEAD = `{"format":"${FORMAT}"`

const isHead = (line: unknown): line is BatchHead & { readonly version: number } =>
  isObject(line) && line.format === FORMAT && typeof line.version === 'number' && isObject(line.settings)
