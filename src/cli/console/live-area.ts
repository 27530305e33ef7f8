import { widthOf } from './text-width.ts'

/** Where a live area is drawn: a terminal. */
export interface LiveOutput {
  write(text: string): unknown
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

/** Without autowrap a row that the terminal finds wider than we do is cut, and takes no second row that nobody knows of. */
const NO_WRAP = '\u001b[?7l'
const WRAP = '\u001b[?7h'
/** What stands between these is shown at once, where the terminal knows them. https://github.com/contour-terminal/vt-extensions */
const BEGIN = '\u001b[?2026h'
const END = '\u001b[?2026l'
const CLEAR_LINE = '\r\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/** The last rows of the screen, which are drawn anew as they change, below those that are written once. */
export class LiveArea {
  readonly #output: LiveOutput
  #rows: readonly string[] = []
  #columns: number

  constructor(output: LiveOutput) {
    this.#output = output
    this.#columns = this.columns
  }

  get columns(): number {
    return this.#output.columns || 80
  }

  /** Writes rows that stay, and shows others below them, of which only the last ones have room. */
  update(finished: readonly string[], live: readonly string[]): void {
    const height = Math.max(2, this.#output.rows || 24)
    const shown = live.slice(-(height - 1))
    const before = this.#rows
    const taken = this.#taken()
    let same = 0
    if (taken === before.length)
      while (same < before.length && isSame(before, [finished, shown], same)) same++
    if (finished.length === 0 && same === before.length && same === shown.length) return
    const out = [BEGIN]
    if (taken > same) out.push(`\u001b[${taken - same}A`)
    for (const row of finished.slice(same)) out.push(CLEAR_LINE, row, '\n')
    out.push(NO_WRAP)
    for (const row of shown.slice(Math.max(0, same - finished.length))) out.push(CLEAR_LINE, row, '\n')
    out.push(WRAP, CLEAR_BELOW, END)
    this.#output.write(out.join(''))
    this.#rows = shown
    this.#columns = this.columns
  }

  /** Takes the live rows away, for somebody else to write; they come back with the next update. */
  clear(): void {
    if (this.#rows.length > 0) this.update([], [])
  }

  /** How many rows of the screen are taken: where it was made narrower, it has broken those that were too wide. */
  #taken(): number {
    const { columns } = this
    if (columns >= this.#columns) return this.#rows.length
    return this.#rows.reduce((sum, row) => sum + Math.max(1, Math.ceil(visibleLength(row) / columns)), 0)
  }
}

/** Whether a row is drawn already. One that is to stay and may be wider than it should is written again, whole. */
function isSame(
  before: readonly string[],
  [finished, live]: readonly [readonly string[], readonly string[]],
  at: number,
): boolean {
  const isStaying = at < finished.length
  const row = isStaying ? finished[at] : live[at - finished.length]
  return row === before[at] && (!isStaying || /^[\x1b\x20-\x7e]*$/.test(row!))
}

const visibleLength = (row: string): number =>
  widthOf(row.replaceAll(/\u001b\[[\d;]*m|\u001b\]8;;.*?\u001b\\/g, ''))
