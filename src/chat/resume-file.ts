import { openJournal, warn } from '#platform'
import type { Turn } from '../core/turn.ts'
import { type Journal, isTorn } from '../lib/journal.ts'
import { isObject } from '../lib/merge.ts'
import { type ResumeSettings, changesOf, shown } from './resume-key.ts'
import { asChatError } from './resume-error.ts'
import { parsedJson } from '../lib/parsed-json.ts'

/** What every such file begins with. */
const FORMAT = 'natter-run'
const VERSION = 1

/** One finished prompt, as it stands in the file. */
export interface KeptItem {
  readonly key: string
  readonly index: number
  /** What followed the prompt. */
  readonly turns: readonly Turn[]
  readonly attempts: number
  /** For people and other programs: the last answer's text. */
  readonly text: string
  readonly cost?: number
  /** Why it failed; such a one is asked again. */
  readonly error?: { readonly code?: string; readonly message: string }
}

/** The answers of earlier runs, by what was asked, and the place for those of this one. */
export class ResumeFile {
  readonly #path: string
  readonly #journal: Journal
  /** Where the answers to each question begin; whoever asks the same twice has two. */
  readonly #places = new Map<string, number[]>()
  #count = 0
  #isNew = true

  private constructor(path: string, journal: Journal) {
    this.#path = path
    this.#journal = journal
  }

  /**
   * Opens a file for a run with these settings; what it has of other settings stays.
   * @throws ChatError `busy` where another process holds it; TypeError for a file of something else. Neither changes it.
   */
  static async open(path: string, settings: ResumeSettings): Promise<ResumeFile> {
    const journal = await asChatError(openJournal(path))
    const file = new ResumeFile(path, journal)
    try {
      await file.#load(settings)
      return file
    } catch (error) {
      await journal.close()
      throw error
    }
  }

  /** How many answers of earlier runs were not asked for yet. */
  get left(): number {
    return this.#count
  }

  /** The answer of an earlier run to what this key stands for, once; undefined where there is none. */
  async take(key: string): Promise<KeptItem | undefined> {
    const places = this.#places.get(key)
    const at = places?.shift()
    if (at === undefined) return undefined
    if (places?.length === 0) this.#places.delete(key)
    this.#count--
    return itemOf(await this.#journal.read(at))
  }

  /** Adds what has finished; done once it is on the disk. */
  add(item: KeptItem): Promise<void> {
    return asChatError(this.#journal.append(JSON.stringify(item)))
  }

  /** Lets go of the file. `isWhole` says that all prompts were seen, so that answers to none of them can be told. */
  async close(isWhole: boolean): Promise<void> {
    await this.#journal.close()
    if (isWhole && this.#count > 0 && !this.#isNew)
      warn(
        `${this.#path} holds ${answers(this.#count)} to other prompts than those of this run: they were changed or left out. They stay there.`,
      )
  }

  async #load(settings: ResumeSettings): Promise<void> {
    let before: ResumeSettings | undefined
    let torn = 0
    let isFirst = true
    for await (const { text, at, isWhole } of this.#journal.lines()) {
      const line = isWhole ? parsedJson(text) : undefined
      if (isFirst && !isHeader(line) && !isTorn(text, HEAD))
        throw new TypeError(
          `resume: ${this.#path} is no file of a run, and nothing was written to it: name a new one`,
        )
      isFirst = false
      if (isHeader(line)) {
        if (line.version > VERSION)
          throw new TypeError(`resume: ${this.#path} was written by a newer natter: update natter`)
        before = line.settings
      } else if (line === undefined) torn += text === '' ? 0 : 1
      else if (isObject(line) && typeof line.key === 'string' && line.error === undefined)
        this.#keep(line.key, at)
    }
    if (torn > 0)
      warn(
        `${this.#path}: ${torn === 1 ? 'one line is' : `${torn} lines are`} torn, of a run that was interrupted; what it was is asked again.`,
      )
    const now = await shown(settings)
    const changes = before && changesOf(before, now)
    if (changes && this.#count > 0)
      warn(
        `${this.#path} was last written with ${changes}: what it holds of that stays there, and is not taken for this run.`,
      )
    this.#isNew = changes !== ''
    if (this.#isNew)
      await asChatError(
        this.#journal.append(JSON.stringify({ format: FORMAT, version: VERSION, settings: now })),
      )
  }

  #keep(key: string, at: number): void {
    const places = this.#places.get(key)
    if (places) places.push(at)
    else this.#places.set(key, [at])
    this.#count++
  }
}

const HEAD = `{"format":"${FORMAT}"`

interface Header {
  readonly version: number
  readonly settings: ResumeSettings
}

const isHeader = (line: unknown): line is Header =>
  isObject(line) && line.format === FORMAT && typeof line.version === 'number' && isObject(line.settings)

const itemOf = (text: string): KeptItem => JSON.parse(text) as KeptItem

const answers = (count: number): string => (count === 1 ? 'one answer' : `${count} answers`)
