import { progressScreen } from '#platform'
import type { Usage } from '../core/usage.ts'
import type { ProgressScreen } from '../lib/progress-screen.ts'
import { dollars as money } from './export-notes.ts'

/** How far a run is. */
export interface ParallelProgress {
  /** Prompts with a result, failed and resumed ones included. */
  readonly done: number
  readonly failed: number
  /** Those that an earlier run had answered. */
  readonly resumed: number
  /** Prompts under way. */
  readonly active: number
  /** How many prompts there are; undefined where nobody knows. */
  readonly total: number | undefined
  /** The tokens of this run. */
  readonly usage: Usage
  /** What this run has cost so far in US dollars; undefined where that is unknown. */
  readonly dollars: number | undefined
  /** Prompts answered by this run for each second. */
  readonly rate: number
  /** How long it still takes, in milliseconds; undefined where nobody knows. */
  readonly left: number | undefined
}

/** `true` for a bar on a terminal and plain lines elsewhere, `false` for neither, or who is told after each result. */
export type ProgressOption = boolean | ((progress: ParallelProgress) => void)

/** How often a bar is drawn, and when plain lines are written, in milliseconds. */
const FRAME = 100
const FIRST_LINE = 10_000
const NEXT_LINE = 30_000
/** A run that is over sooner draws nothing. */
const SHORT = 500

/** Shows how far a run is. */
export class ProgressView {
  readonly #option: ProgressOption
  readonly #state: () => ParallelProgress
  readonly #screen: ProgressScreen | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #isShown = false
  #last = ''

  constructor(option: ProgressOption, state: () => ParallelProgress, screen = progressScreen()) {
    this.#option = option
    this.#state = state
    this.#screen = option === true ? screen : undefined
    if (this.#screen) this.#later(this.#screen, this.#screen.columns === undefined ? FIRST_LINE : SHORT)
  }

  /** To be called after each result. */
  news(): void {
    if (typeof this.#option === 'function') this.#option(this.#state())
  }

  /** Ends the showing; what was shown ends with the last state. */
  end(): void {
    clearTimeout(this.#timer)
    if (!this.#isShown || !this.#screen) return
    this.#draw(this.#screen)
    if (this.#screen.columns !== undefined) this.#screen.write('\n')
  }

  #later(screen: ProgressScreen, ms: number): void {
    this.#timer = setTimeout(() => {
      this.#isShown = true
      this.#draw(screen)
      this.#later(screen, screen.columns === undefined ? NEXT_LINE : FRAME)
    }, ms)
    // A program that waits for nothing else may end. Where timers are numbers, nothing waits for them anyway.
    if (typeof this.#timer === 'object') this.#timer.unref()
  }

  #draw({ columns, write }: ProgressScreen): void {
    const state = this.#state()
    const words = inWords(state)
    // A line that says nothing new is left out: a batch may take hours.
    if (columns === undefined && words !== this.#last) write(`${words}\n`)
    this.#last = words
    if (columns !== undefined) write(`\r\u001b[K${barOf(state, columns - 1)}`)
  }
}

const WIDTH = 20

/** A line for a terminal, no wider than it. */
export function barOf(state: ParallelProgress, columns: number): string {
  const { done, total } = state
  const words = inWords(state)
  if (total === undefined || total === 0) return words.slice(0, columns)
  const filled = Math.min(WIDTH, Math.floor((done / total) * WIDTH))
  return `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${words}`.slice(0, columns)
}

/** A run's progress in one line. */
export function inWords({
  done,
  failed,
  resumed,
  total,
  usage,
  dollars,
  rate,
  left,
}: ParallelProgress): string {
  const { input, output } = usage
  return [
    `${done}${total === undefined ? '' : `/${total}`} done`,
    failed > 0 && `${failed} failed`,
    resumed > 0 && `${resumed} from before`,
    rate > 0 && `${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`,
    (input !== undefined || output !== undefined) && `${short(input)} in, ${short(output)} out`,
    dollars !== undefined && dollars > 0 && money(dollars),
    left !== undefined && left > 0 && `${span(left)} left`,
  ]
    .filter(Boolean)
    .join(', ')
}

function short(count: number | undefined): string {
  if (count === undefined) return '?'
  if (count < 10_000) return String(count)
  return count < 1e7 ? `${Math.round(count / 1000)}k` : `${(count / 1e6).toFixed(1)}M`
}

function span(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
