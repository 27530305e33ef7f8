import { type Span, span } from './span.ts'
import { charactersOf, widthOf } from './text-width.ts'

/** What East Asian text does not begin a row with. */
const CLOSING = /^[、。，．：；！？）」』】〉》〕]$/u

/** Spans as rows of at most this many columns: broken at spaces, between wide characters, and inside what is longer than a row. */
export function wrap(spans: readonly Span[], width: number): readonly (readonly Span[])[] {
  const rows = new Rows(Math.max(1, width))
  for (const { text, style } of spans)
    for (const [piece] of text.matchAll(/\n|[^\S\n]+|\S+/g)) {
      if (piece === '\n') rows.end()
      else if (/^\s/.test(piece)) rows.space(span(' ', style))
      else if (/^[\x21-\x7e]+$/.test(piece)) rows.add(span(piece, style), piece.length)
      else
        for (const character of charactersOf(piece)) {
          const columns = widthOf(character)
          if (columns > 1 && !CLOSING.test(character)) rows.flush()
          rows.add(span(character, style), columns)
        }
    }
  return rows.finish()
}

/** Text as rows of at most this many columns, with its spaces as they are. */
export function hardWrap(spans: readonly Span[], width: number): readonly (readonly Span[])[] {
  const rows: Span[][] = [[]]
  let used = 0
  for (const { text, style } of spans) {
    const columns = widthOf(text)
    if (used + columns <= width) {
      rows.at(-1)!.push(span(text, style))
      used += columns
      continue
    }
    let part = ''
    for (const character of charactersOf(text)) {
      const more = widthOf(character)
      if (used + more > width && used > 0) {
        if (part) rows.at(-1)!.push(span(part, style))
        rows.push([])
        part = ''
        used = 0
      }
      part += character
      used += more
    }
    if (part) rows.at(-1)!.push(span(part, style))
  }
  return rows
}

/** Rows that are being filled, word by word. */
class Rows {
  readonly #width: number
  readonly #rows: Span[][] = []
  #row: Span[] = []
  #used = 0
  #gap: Span | undefined
  #word: Span[] = []
  #wordWidth = 0

  constructor(width: number) {
    this.#width = width
  }

  /** Adds to the word that is being written. */
  add(piece: Span, columns: number): void {
    const last = this.#word.at(-1)
    if (last && last.style === piece.style)
      this.#word[this.#word.length - 1] = span(last.text + piece.text, piece.style)
    else this.#word.push(piece)
    this.#wordWidth += columns
  }

  space(gap: Span): void {
    this.flush()
    this.#gap = gap
  }

  /** Puts the word in its place. */
  flush(): void {
    if (this.#word.length === 0) return
    const gap = this.#gap && this.#used > 0 ? 1 : 0
    if (this.#used > 0 && this.#used + gap + this.#wordWidth > this.#width) this.#break()
    else if (gap) {
      this.#row.push(this.#gap!)
      this.#used++
    }
    if (this.#wordWidth > this.#width) {
      const parts = hardWrap(this.#word, this.#width)
      this.#rows.push(...parts.slice(0, -1).map((part) => [...part]))
      this.#row = [...(parts.at(-1) ?? [])]
      this.#used = this.#row.reduce((sum, { text }) => sum + widthOf(text), 0)
    } else {
      this.#row.push(...this.#word)
      this.#used += this.#wordWidth
    }
    this.#word = []
    this.#wordWidth = 0
    this.#gap = undefined
  }

  /** Ends the row. */
  end(): void {
    this.flush()
    this.#break()
  }

  finish(): readonly (readonly Span[])[] {
    this.flush()
    if (this.#row.length > 0 || this.#rows.length === 0) this.#break()
    return this.#rows
  }

  #break(): void {
    this.#rows.push(this.#row)
    this.#row = []
    this.#used = 0
    this.#gap = undefined
  }
}
