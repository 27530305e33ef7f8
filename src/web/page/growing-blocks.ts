// Markdown that arrives in pieces, cut into blocks: what is finished is told once, and only the last block is read again.
import type { Token, Tokens } from 'marked'
import { lex } from './markdown.ts'

/** What a piece of Markdown changes, in order. */
export type Change =
  /** Blocks that will not change any more. */
  | { readonly type: 'finished'; readonly tokens: readonly Token[] }
  /** A block of code begins, grows and ends. */
  | { readonly type: 'code-open'; readonly lang: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'code-close' }
  /** What stands after everything finished, in place of what stood there before. */
  | { readonly type: 'growing'; readonly tokens: readonly Token[] }

/** A longer block is read again only when it has grown by a share of itself, so that all readings together are linear. */
const EAGER = 1024
const SHARE = 1 / 12
/** A block that is longer still is taken for finished where it stands: nobody writes one, and reading some of them costs the square. */
const LONGEST = 16_384

const LONGEST_FORMULA = 4096

const OPENING = /^( {0,3})(`{3,}|~{3,})([^\n]*)\n/

interface OpenCode {
  readonly indent: number
  readonly closing: RegExp
  readonly mayClose: RegExp
  /** The last line, until its beginning is told; what comes of it later is told as it comes. */
  line: string
  isTold: boolean
  /** Whether a line break is due before the line. */
  isDue: boolean
}

/** Cuts Markdown that comes in pieces. */
export class GrowingBlocks {
  #tail = ''
  #readAt = 0
  #code: OpenCode | undefined
  #isGrowing = false
  /** The number of the next item, where a long list was cut. */
  #nextItem: number | undefined
  #hasDefinitions = false

  /** Whether a link was defined; its uses may stand before it. */
  get hasDefinitions(): boolean {
    return this.#hasDefinitions
  }

  /** The next piece. */
  *add(piece: string): Generator<Change> {
    yield* this.#take(piece.replaceAll('\r', ''))
    const grown = this.#tail.length - this.#readAt
    if (!this.#code && (this.#tail.length < EAGER || grown >= this.#tail.length * SHARE))
      yield* this.#read(false)
  }

  /** No more comes. */
  *finish(): Generator<Change> {
    if (this.#code) {
      const { isTold, line, closing } = this.#code
      if (!isTold && line !== '' && !closing.test(line)) yield* tell(this.#code, '', true)
      this.#code = undefined
      yield { type: 'code-close' }
    } else yield* this.#read(true)
  }

  *#take(piece: string): Generator<Change> {
    if (!this.#code) {
      this.#tail += piece
      return
    }
    let rest = piece
    for (let code: OpenCode | undefined = this.#code; code; code = this.#code) {
      const end = rest.indexOf('\n')
      const isWhole = end >= 0
      const part = isWhole ? rest.slice(0, end) : rest
      rest = isWhole ? rest.slice(end + 1) : ''
      if (isWhole && !code.isTold && code.closing.test(code.line + part)) {
        this.#code = undefined
        yield { type: 'code-close' }
        this.#tail = rest
        this.#readAt = 0
        return
      }
      yield* tell(code, part, isWhole)
      if (!isWhole) return
    }
  }

  *#read(isLast: boolean): Generator<Change> {
    for (;;) {
      this.#readAt = this.#tail.length
      const tokens = lex(this.#tail)
      const finished = isLast || this.#tail.length > LONGEST ? tokens.length : this.#finishedOf(tokens)
      const done = tokens.slice(0, finished)
      if (done.some(({ type }) => type === 'def')) this.#hasDefinitions = true
      if (done.length > 0) {
        this.#isGrowing = false
        yield { type: 'finished', tokens: this.#numbered(done) }
        if (!done.every(({ type }) => type === 'space' || type === 'list')) this.#nextItem = undefined
        this.#tail = isLast ? '' : this.#tail.slice(done.reduce((sum, { raw }) => sum + raw.length, 0))
        this.#readAt = this.#tail.length
      }
      if (isLast) return
      const opening = OPENING.exec(this.#tail)
      if (opening && !(opening[2]?.startsWith('`') && opening[3]?.includes('`'))) {
        yield* this.#openCode(opening)
        if (this.#code) return
        continue
      }
      const growing = tokens.slice(finished)
      const cut = this.#cutList(growing)
      if (cut) {
        yield cut
        continue
      }
      if (growing.length > 0 || this.#isGrowing) {
        this.#isGrowing = growing.length > 0
        yield { type: 'growing', tokens: this.#numbered(growing) }
      }
      return
    }
  }

  *#openCode([all, indent = '', fence = '', lang = '']: RegExpExecArray): Generator<Change> {
    const char = fence.charAt(0)
    this.#code = {
      indent: indent.length,
      closing: new RegExp(`^ {0,3}${char}{${fence.length},}[ \\t]*$`),
      mayClose: new RegExp(`^ {0,3}${char}*[ \\t]*$`),
      line: '',
      isTold: false,
      isDue: false,
    }
    this.#isGrowing = false
    const rest = this.#tail.slice(all.length)
    this.#tail = ''
    this.#readAt = 0
    yield { type: 'code-open', lang: lang.trim() }
    yield* this.#take(rest)
  }

  /** How many tokens cannot change any more: those before one whose first line is whole. */
  #finishedOf(tokens: readonly Token[]): number {
    let start = this.#tail.length
    const formula = this.#tail.length > LONGEST_FORMULA ? -1 : tokens.findIndex(mayBeFormula)
    for (let index = tokens.length - 1; index > 0; index--) {
      const token = tokens[index] as Token
      start -= token.raw.length
      // What makes a table of a line is the line below it.
      const firstEnd = this.#tail.indexOf('\n', start)
      const end = token.type === 'table' && firstEnd >= 0 ? this.#tail.indexOf('\n', firstEnd + 1) : firstEnd
      if (token.type !== 'space' && end >= 0) return formula >= 0 ? Math.min(formula, index) : index
    }
    return 0
  }

  /** The items of a long list that are finished. */
  #cutList(tokens: readonly Token[]): Change | undefined {
    const [list, ...others] = tokens as Tokens.List[]
    if (list?.type !== 'list' || others.length > 0 || this.#tail.length < EAGER || list.items.length < 2)
      return undefined
    const items = list.items.slice(0, -1)
    const raw = items.map((item) => item.raw).join('')
    if (!this.#tail.startsWith(raw)) return undefined
    const [numbered] = this.#numbered([{ ...list, items, raw }]) as [Tokens.List]
    this.#nextItem = list.ordered ? Number(numbered.start) + items.length : undefined
    this.#tail = this.#tail.slice(raw.length)
    this.#isGrowing = false
    return { type: 'finished', tokens: [numbered] }
  }

  #numbered(tokens: readonly Token[]): readonly Token[] {
    const [first, ...others] = tokens
    if (this.#nextItem === undefined || first?.type !== 'list') return tokens
    return [{ ...first, start: this.#nextItem } as Token, ...others]
  }
}

/** Whether a formula begins in a block that is not closed yet: all up to its end belongs to it. */
const mayBeFormula = ({ type, raw }: Token): boolean =>
  type !== 'math' && type !== 'code' && /^(\$\$|\\\[)/m.test(raw)

/** Tells a part of a line of code. What may be the end of the block is held back until it is known. */
function* tell(code: OpenCode, part: string, isWhole: boolean): Generator<Change> {
  let text = part
  if (!code.isTold) {
    code.line += part
    if (!isWhole && code.mayClose.test(code.line)) return
    const indent = /^ */.exec(code.line.slice(0, code.indent))?.[0].length ?? 0
    text = (code.isDue ? '\n' : '') + code.line.slice(indent)
  }
  if (text !== '') yield { type: 'code', text }
  code.line = ''
  code.isTold = !isWhole
  code.isDue = isWhole
}
