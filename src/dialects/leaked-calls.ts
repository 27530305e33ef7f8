import type { Delta } from '../core/delta.ts'
import type { ToolSpec } from '../core/request.ts'
import { CLOSERS, type Judge, LOOKAHEAD, type Opening, again, bare } from './leaked-forms.ts'
import { JsonScan, type LeakedCall, type Roster } from './leaked-json.ts'
import { MarkdownLines } from './leaked-lines.ts'
import { type Marks, marksFor } from './leaked-marks.ts'
import { Prose } from './leaked-prose.ts'

/** A call whose end is being waited for. */
interface Block {
  readonly opening: Opening
  /** Everything since the mark: joined, never read, until the end has come. */
  source: string
  readonly scan: JsonScan
  /** The end of what came, where it may hold the beginning of `until`. */
  tail: string
}

/** Calls that count only if the answer ends with them. */
interface Trail {
  source: string
  readonly calls: LeakedCall[]
  readonly isFenced: boolean
  /** Whether a line was broken since the last call. */
  isFreshLine: boolean
}

/** An answer may hold so many calls without an end; further ones are text, or a hostile answer could make each cost as much as all. */
const MOST_UNENDED = 32

/**
 * Lifts the tool calls that a model leaks into its text out of it: Llama, Hermes, Qwen, Mistral, DeepSeek, Functionary, Gemma,
 * Granite, Phi, Kimi and GLM each have their own marks. Fed pieces cut anywhere; what cannot become a call is passed on at once.
 * A call of a tool that does not exist, and any mark inside a code block or code span, stays text. A tagged call of a tool that
 * exists is lifted even if its arguments are no JSON: they are kept raw, so that the model is told what was wrong.
 */
export class LeakedCalls {
  /** How many calls were lifted. */
  lifted = 0
  readonly #roster: Roster
  readonly #marks: Marks
  readonly #lines = new MarkdownLines()
  readonly #prose = new Prose()
  #pending = ''
  #isStart = true
  #block: Block | undefined
  #trail: Trail | undefined
  /** Set right after a lifted call: whether another may follow without a mark. */
  #after: { readonly isRun: boolean; isSpaced?: boolean } | undefined
  #unended = 0

  /** @param specs the tools' schemas, which tell a number from a text where a form writes both alike */
  constructor(toolNames: ReadonlySet<string>, specs: readonly ToolSpec[] = []) {
    this.#roster = { names: toolNames, specs }
    this.#marks = marksFor(this.#roster)
  }

  /** Adds the news of the next piece of text to `out`. */
  push(text: string, out: Delta[]): void {
    const pending = this.#pending
    this.#pending = ''
    this.#run(pending + text, out, false)
  }

  /** Adds what was held back until the end of the answer. */
  end(out: Delta[]): void {
    let rest = this.#pending
    this.#pending = ''
    for (;;) {
      this.#run(rest, out, true)
      if (!this.#block) break
      rest = this.#endBlock(this.#block, out)
    }
    if (this.#trail) this.#lift(this.#trail.calls, false, out)
    this.#trail = undefined
    this.#prose.end(out)
  }

  #run(text: string, out: Delta[], isEnd: boolean): void {
    for (let at = 0; at < text.length && at >= 0;) {
      if (this.#block) at = this.#inBlock(this.#block, text, at, out)
      else if (this.#trail) at = this.#afterLast(this.#trail, text, at, out, isEnd)
      else if (this.#after) at = this.#afterCall(this.#after, text, at, isEnd)
      else if (this.#isStart) at = this.#atStart(text, at, out, isEnd)
      else at = this.#inText(text, at, out, isEnd)
    }
  }

  /** Holds the rest of a text back until more has come. */
  #hold(text: string, from: number): -1 {
    this.#pending = text.slice(from)
    return -1
  }

  /** What a mark at this place opens. */
  #judge(judge: Judge, mark: string, text: string, at: number, isEnd: boolean): Opening | 'wait' | undefined {
    const rest = text.slice(at, at + mark.length + LOOKAHEAD)
    const found = judge(rest.slice(mark.length), this.#roster)
    if (found !== 'wait') return found && { ...found, body: found.body + mark.length }
    return isEnd || rest.length === mark.length + LOOKAHEAD ? undefined : 'wait'
  }

  #open(opening: Opening, text: string, at: number): number {
    this.#isStart = false
    this.#after = undefined
    const body = at + opening.body
    this.#block = { opening, source: text.slice(at, body), scan: new JsonScan(), tail: '' }
    return body
  }

  #atStart(text: string, from: number, out: Delta[], isEnd: boolean): number {
    const at = skipSpace(text, from)
    this.#lines.advance(text, from, at)
    this.#prose.say(text.slice(from, at), out)
    if (at === text.length) return -1
    const rest = text.slice(at, at + this.#marks.longest)
    if (!isEnd && this.#marks.begins(rest, true)) return this.#hold(text, at)
    const isJson = /^[[{]/.test(rest) && !rest.startsWith('[TOOL_CALLS]')
    const start = this.#marks.recipient(text, at) ?? (isJson ? { mark: '', judge: bare } : undefined)
    const opening = start && this.#judge(start.judge, start.mark, text, at, isEnd)
    if (opening === 'wait') return this.#hold(text, at)
    if (opening) return this.#open(opening, text, at)
    this.#isStart = false
    return at
  }

  #inText(text: string, from: number, out: Delta[], isEnd: boolean): number {
    let read = from // how far the lines have been followed
    const stop = (at: number): void => this.#prose.say(text.slice(from, at), out)
    for (let found = this.#marks.find(text, from); found; found = this.#marks.find(text, read + 1)) {
      const { at, mark } = found
      this.#lines.advance(text, read, at)
      read = at
      const judge = this.#isLive(mark) ? this.#marks.judge(mark) : undefined
      const opening = judge && this.#judge(judge, mark, text, at, isEnd)
      if (opening === undefined) continue
      stop(at)
      return opening === 'wait' ? this.#hold(text, at) : this.#open(opening, text, at)
    }
    if (!isEnd) {
      for (let at = Math.max(read, text.length - this.#marks.longest + 1); at < text.length; at++) {
        const beginning = text.slice(at)
        if (!this.#marks.begins(beginning, false)) continue
        this.#lines.advance(text, read, at)
        read = at
        if (!this.#isLive(beginning)) continue
        stop(at)
        return this.#hold(text, at)
      }
    }
    this.#lines.advance(text, read, text.length)
    stop(text.length)
    return -1
  }

  #isLive(mark: string): boolean {
    return mark.startsWith('`') ? this.#lines.isFreshLine : this.#lines.isProse
  }

  #inBlock(block: Block, text: string, from: number, out: Delta[]): number {
    const { until } = block.opening
    let end: number
    if (until === undefined) end = block.scan.feed(text, from)
    else {
      const tail = block.tail
      const seen = tail + text.slice(from)
      const at = seen.indexOf(until)
      end = at < 0 ? -1 : from + at + until.length - tail.length
      block.tail = seen.slice(Math.max(0, seen.length - until.length + 1))
    }
    block.source += end < 0 ? text.slice(from) : text.slice(from, end)
    if (end < 0) return -1
    this.#close(block, block.scan.isBroken, out)
    return end
  }

  /** Settles what a block is, now that its end has come. */
  #close({ opening, source }: Block, isBroken: boolean, out: Delta[]): void {
    this.#block = undefined
    const until = opening.until !== undefined && source.endsWith(opening.until) ? opening.until : ''
    const calls = opening.parse(source.slice(opening.body, source.length - until.length), isBroken)
    if (calls && opening.isLast) {
      const trail = this.#trail ?? {
        source: '',
        calls: [],
        isFenced: opening.until !== undefined,
        isFreshLine: false,
      }
      trail.source += source
      trail.isFreshLine = false
      trail.calls.push(...calls)
      this.#trail = trail
    } else if (calls) this.#lift(calls, opening.isRun === true, out)
    else this.#give(source, out)
  }

  /** The answer ended inside a block: what is left after the first thing that looks like its end is read anew. */
  #endBlock(block: Block, out: Delta[]): string {
    const { opening, source } = block
    if (opening.isLast || opening.until !== undefined) {
      this.#close(block, false, out)
      return ''
    }
    this.#unended++
    const at = this.#unended > MOST_UNENDED ? -1 : firstOf(CLOSERS, source, opening.body)
    if (at >= 0) block.source = source.slice(0, at)
    this.#close(block, true, out)
    return at < 0 ? '' : source.slice(at)
  }

  #lift(calls: readonly LeakedCall[], isRun: boolean, out: Delta[]): void {
    this.#prose.cut()
    this.#lines.restart()
    this.#after = { isRun }
    for (const { name, arguments: args, id } of calls)
      out.push({
        type: 'tool-call',
        index: this.lifted++,
        ...(id && { id }),
        name,
        ...(args && { arguments: args }),
      })
  }

  /** Gives text back that was no call after all. */
  #give(source: string, out: Delta[]): void {
    const text = (this.#trail?.source ?? '') + source
    this.#trail = undefined
    this.#lines.advance(text, 0, text.length)
    this.#prose.say(text, out)
  }

  #afterCall(
    after: { readonly isRun: boolean; isSpaced?: boolean },
    text: string,
    from: number,
    isEnd: boolean,
  ): number {
    const { isRun } = after
    const at = skipSpace(text, from)
    this.#prose.space(text.slice(from, at))
    after.isSpaced ||= at > from
    if (at === text.length) return -1
    const closer = CLOSERS.find((mark) => text.startsWith(mark, at))
    if (closer) return at + closer.length
    const rest = text.slice(at, at + LOOKAHEAD)
    if (!isEnd && CLOSERS.some((mark) => mark.startsWith(rest))) return this.#hold(text, at)
    // One brace too many is a common slip.
    if (!after.isSpaced && /[}\]]/.test(rest[0] as string)) return at + 1
    const separator = isRun ? (/^(?:[;,]\s{0,64})?(?=[[{]|$)/.exec(rest)?.[0] ?? '') : ''
    if (isRun && (separator !== '' || /^[[{]/.test(rest)) && !this.#startsMark(rest)) {
      const opening = this.#judge(again, separator, text, at, isEnd)
      if (opening === 'wait') return this.#hold(text, at)
      if (opening) return this.#open(opening, text, at)
    }
    this.#after = undefined
    return at
  }

  #startsMark(rest: string): boolean {
    return rest.startsWith('[TOOL_CALLS]') || (rest.startsWith('[T') && '[TOOL_CALLS]'.startsWith(rest))
  }

  /** After a call that counts only at the end of the answer: more such calls may follow, and white space. */
  #afterLast(trail: Trail, text: string, from: number, out: Delta[], isEnd: boolean): number {
    const at = skipSpace(text, from)
    const space = text.slice(from, at)
    trail.source += space
    trail.isFreshLine ||= space.includes('\n')
    if (at === text.length) return -1
    const rest = text.slice(at, at + LOOKAHEAD)
    const marks = trail.isFenced ? this.#marks.fences : CLOSERS
    if (!isEnd && marks.some((mark) => mark.length > rest.length && mark.startsWith(rest)))
      return this.#hold(text, at)
    const mark = marks.find((one) => rest.startsWith(one)) ?? ''
    if (mark !== '' && !trail.isFenced) {
      trail.source += mark
      return at + mark.length
    }
    const separator = trail.isFenced ? mark : (/^[;,]\s{0,64}(?=[[{]|$)/.exec(rest)?.[0] ?? '')
    const judge = trail.isFenced ? (trail.isFreshLine ? this.#marks.judge(mark) : undefined) : bare
    const opening = judge && this.#judge(judge, separator, text, at, isEnd)
    if (opening === 'wait') return this.#hold(text, at)
    if (opening) return this.#open(opening, text, at)
    this.#give('', out)
    return at
  }
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \n\t\r'.includes(text[at] as string)) at++
  return at
}

function firstOf(marks: readonly string[], text: string, from: number): number {
  const places = marks.map((mark) => text.indexOf(mark, from)).filter((at) => at >= 0)
  return places.length > 0 ? Math.min(...places) : -1
}
