/** A part of a Markdown text of which nothing that follows can change the look. */
export type Piece =
  | { readonly type: 'blocks'; readonly text: string }
  | { readonly type: 'code-start'; readonly language: string }
  | { readonly type: 'code-line'; readonly text: string }
  | { readonly type: 'code-end' }

const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*([^\s`]*)/
const INNER_FENCE = /^\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(`{3,}(?=[^`]*$)|~{3,})/
const ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/
const HEADING = /^ {0,3}#{1,6}(?:\s|$)/

/**
 * Cuts a text that arrives in pieces at places where a block surely ends: whole lines decide, so it does not matter how the text came.
 * Each line is looked at once.
 */
export class BlockCutter {
  /** The lines of the block that may go on. */
  #block = ''
  #line = ''
  #isList = false
  /** A blank line has come after a list, which may go on all the same. */
  #isAfterBlank = false
  /** The fence of the code block that is open, at the left margin. */
  #fence: { readonly mark: string; readonly indent: number } | undefined
  /** The fence that is open inside a list. */
  #inner: string | undefined

  /** What may still change: the block that is not over, or the last line of code. */
  get rest(): { readonly isCode: boolean; readonly text: string } {
    if (!this.#fence) return { isCode: false, text: this.#block + this.#line }
    // What may become the end of the fence is no code yet.
    const isEnd = /^ {0,3}[`~]*$/.test(this.#line)
    return { isCode: true, text: isEnd ? '' : this.#unindented(this.#line) }
  }

  /** Adds what has come, and gives what is finished. */
  *add(text: string): Generator<Piece, void, undefined> {
    const lines = text.split('\n')
    for (const [at, part] of lines.entries()) {
      this.#line += part
      if (at === lines.length - 1) break
      const line = this.#line.replace(/\r$/, '')
      this.#line = ''
      yield* this.#whole(line)
    }
  }

  /** The end of the text: all of it is finished. */
  *end(): Generator<Piece, void, undefined> {
    const line = this.#line.replace(/\r$/, '')
    this.#line = ''
    if (line !== '') yield* this.#whole(line)
    if (this.#fence) yield { type: 'code-end' }
    this.#fence = undefined
    yield* this.#cut()
  }

  *#whole(line: string): Generator<Piece, void, undefined> {
    if (this.#fence) return yield* this.#code(line)
    const isBlank = line.trim() === ''
    // A line at the left margin ends the item, and so the fence in it.
    if (this.#inner !== undefined && (isBlank || /^\s{2}|^\t/.test(line))) return this.#insideFence(line)
    if (this.#isList) {
      const goesOn = isBlank || /^\s{2,}|^\t/.test(line) || ITEM.test(line) || !this.#isAfterBlank
      const breaks = HEADING.test(line) || FENCE.test(line.trimStart() === line ? line : '')
      if (!goesOn || breaks) yield* this.#cut()
    } else if (isBlank) return yield* this.#cut()
    const fence = this.#isList ? null : FENCE.exec(line)
    if (fence) {
      yield* this.#cut()
      const [, { length: indent } = '', mark = '', language = ''] = fence
      this.#fence = { mark, indent }
      yield { type: 'code-start', language }
      return
    }
    if (HEADING.test(line) && !this.#isList) yield* this.#cut()
    if (this.#block === '' && ITEM.test(line)) this.#isList = true
    this.#isAfterBlank = isBlank
    this.#block += `${line}\n`
    this.#inner = this.#isList ? INNER_FENCE.exec(line)?.[1] : undefined
    if (HEADING.test(line) && !this.#isList) yield* this.#cut()
  }

  *#code(line: string): Generator<Piece, void, undefined> {
    if (this.#fence && isEnd(line, this.#fence.mark)) {
      this.#fence = undefined
      yield { type: 'code-end' }
    } else yield { type: 'code-line', text: this.#unindented(line) }
  }

  #insideFence(line: string): void {
    this.#block += `${line}\n`
    if (isEnd(line.trimStart(), this.#inner ?? '')) this.#inner = undefined
    this.#isAfterBlank = false
  }

  #unindented(line: string): string {
    const { indent = 0 } = this.#fence ?? {}
    return line.slice(Math.min(indent, line.length - line.trimStart().length))
  }

  *#cut(): Generator<Piece, void, undefined> {
    const text = this.#block
    this.#block = ''
    this.#isList = this.#isAfterBlank = false
    this.#inner = undefined
    if (text.trim() !== '') yield { type: 'blocks', text }
  }
}

const isEnd = (line: string, mark: string): boolean => {
  const end = line.trim()
  return end.length >= mark.length && /^ {0,3}\S/.test(line) && end === mark.charAt(0).repeat(end.length)
}
