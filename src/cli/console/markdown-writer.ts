import { BlockCutter, type Piece } from './block-cutter.ts'
import { Highlighter } from './highlight.ts'
import type { LiveArea } from './live-area.ts'
import type { RowsOptions } from './inline-spans.ts'
import { codeLine, codeStart, markdownRows } from './markdown-rows.ts'
import { type Span, painted } from './span.ts'

/** The least time between two drawings, in milliseconds. */
const FRAME = 33
/** Drawing takes one part in this many of the time at most, however long a block is. */
const SHARE = 5

/** Shows Markdown as it comes: what is finished is written once, and the block that grows is drawn anew below it. */
export class MarkdownWriter {
  readonly #area: LiveArea
  readonly #hasLinks: boolean
  readonly #cutter = new BlockCutter()
  #highlighter: Highlighter | undefined
  /** Rows that are finished and not yet written. */
  #finished: string[] = []
  #isFirst = true
  #timer: NodeJS.Timeout | undefined
  #nextDraw = 0

  constructor(area: LiveArea, { hasLinks = false }: { readonly hasLinks?: boolean } = {}) {
    this.#area = area
    this.#hasLinks = hasLinks
  }

  /** Adds what has come; it is on the screen soon. */
  add(text: string): void {
    for (const piece of this.#cutter.add(text)) this.#finish(piece)
    this.#timer ??= setTimeout(() => this.draw(), Math.max(0, this.#nextDraw - performance.now()))
  }

  /** Shows all there is, also after the terminal has changed its size. */
  draw(): void {
    this.#stopTimer()
    const started = performance.now()
    const finished = this.#finished
    this.#finished = []
    this.#area.update(finished, this.#live())
    const ended = performance.now()
    this.#nextDraw = ended + Math.max(FRAME, (ended - started) * (SHARE - 1))
  }

  /** The end of the text, which then stays as it is. */
  end(): void {
    this.#stopTimer()
    for (const piece of this.#cutter.end()) this.#finish(piece)
    const finished = this.#finished
    this.#finished = []
    this.#area.update(finished, [])
  }

  #stopTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #finish(piece: Piece): void {
    switch (piece.type) {
      case 'blocks':
        return this.#block(markdownRows(piece.text, this.#how))
      case 'code-start':
        this.#highlighter = new Highlighter(piece.language)
        return this.#block(codeStart(piece.language), true)
      case 'code-line':
        return this.#keep(codeLine(piece.text, this.#highlighter!, this.#how))
      case 'code-end':
        this.#highlighter = undefined
    }
  }

  #block(rows: readonly (readonly Span[])[], isCode = false): void {
    if (rows.length === 0 && !isCode) return
    if (!this.#isFirst) this.#finished.push('')
    this.#isFirst = false
    this.#keep(rows)
  }

  #keep(rows: readonly (readonly Span[])[]): void {
    for (const row of rows) this.#finished.push(painted(row))
  }

  #live(): readonly string[] {
    const { isCode, text } = this.#cutter.rest
    if (isCode && text === '') return []
    const rows = isCode
      ? codeLine(text, this.#highlighter!.clone(), this.#how)
      : markdownRows(text, this.#how)
    const shown = rows.map(painted)
    return isCode || this.#isFirst || shown.length === 0 ? shown : ['', ...shown]
  }

  get #how(): RowsOptions {
    return { width: this.#area.columns, hasLinks: this.#hasLinks }
  }
}
