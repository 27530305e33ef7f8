import type { ChatEvent } from '../../chat/events.ts'
import { describe } from '../../chat/inspect.ts'
import type { AssistantTurn } from '../../core/turn.ts'
import { beforeAsides, harmless, note, streamsInUse } from '../io.ts'
import { type AnswerPrinter, UNFINISHED, summary } from '../printer.ts'
import { hasLinks } from './has-links.ts'
import { LiveArea } from './live-area.ts'
import { MarkdownWriter } from './markdown-writer.ts'
import { type Span, type Style, painted, span } from './span.ts'
import { clipped } from './text-width.ts'
import { wrap } from './wrap.ts'

/** What a live printer shows besides the answer. */
export interface LivePrinterOptions {
  /** A line under the answer with who gave it, its tokens and cost, and what was changed about the request. */
  readonly footer?: boolean
  /** Whether thinking is shown whole as it comes, rather than counted in one line. */
  readonly showsThinking?: boolean
}

/** How often the line that counts is drawn, in milliseconds. */
const TICK = 200
/** How many rows of thinking are shown as it comes. */
const THINKING_ROWS = 8
const DIM: Style = { dim: true }

/** Shows one answer on a terminal as it comes: its Markdown drawn, thinking in one line, tool calls in one line each. */
export class LivePrinter implements AnswerPrinter {
  readonly #options: LivePrinterOptions
  readonly #stdout = streamsInUse().stdout
  readonly #area = new LiveArea(this.#stdout)
  #markdown: MarkdownWriter | undefined
  #thinking: { text: string; readonly since: number } | undefined
  #showsThinking: boolean
  #timer: NodeJS.Timeout | undefined
  /** What the model thought before this answer, whole. */
  thoughts = ''

  constructor(options: LivePrinterOptions = {}) {
    this.#options = options
    this.#showsThinking = options.showsThinking ?? false
    beforeAsides(() => this.#area.clear())
    this.#stdout.on('resize', this.#resized)
  }

  readonly #resized = (): void => {
    this.#markdown?.draw()
    this.#drawThinking()
  }

  event(event: ChatEvent): void {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return event.text ? this.#text(event.text) : undefined
      case 'thinking':
        return event.text ? this.#think(event.text) : undefined
      case 'media':
        return this.#line(describe(event.media), DIM)
      case 'citation':
        return this.#line(describe(event.citation), DIM)
      case 'server-tool':
        return event.tool.input === undefined ? undefined : this.#line(describe(event.tool), DIM)
      case 'tool-call':
        return this.#line(`⚙ ${event.call.name}(${inputOf(event.call)})`, { colour: 'cyan' })
      case 'tool-progress':
        this.#settle()
        return this.#area.update([], [this.#row(`  … ${String(event.value)}`, DIM)])
      case 'tool-result':
        return this.#line(
          `  ↳ ${event.call.name}: ${event.result.content}`,
          event.result.isError ? { colour: 'red' } : DIM,
        )
      case 'finish':
        return this.#finish(event.turn)
    }
  }

  /** Shows thinking whole from now on, or no more. */
  toggleThinking(): void {
    this.#showsThinking = !this.#showsThinking
    this.#drawThinking()
  }

  /** Makes room for somebody else who writes, such as a question. */
  settle(): void {
    this.#settle()
  }

  end(): void {
    this.#settle()
    beforeAsides(undefined)
    this.#stdout.off('resize', this.#resized)
  }

  #text(text: string): void {
    if (!this.#markdown) {
      this.#settle()
      this.#markdown = new MarkdownWriter(this.#area, { hasLinks: hasLinks() })
    }
    this.#markdown.add(text)
  }

  #think(text: string): void {
    if (!this.#thinking) {
      this.#settle()
      this.#thinking = { text: '', since: performance.now() }
      this.#timer = setInterval(() => this.#drawThinking(), TICK)
      this.#timer.unref()
    }
    this.#thinking.text += text
    this.thoughts += text
  }

  #drawThinking(): void {
    if (!this.#thinking) return
    const { text, since } = this.#thinking
    const columns = this.#area.columns
    const rows = this.#showsThinking
      ? wrap([span(harmless(text.slice(-columns * THINKING_ROWS * 2)), DIM)], columns).slice(-THINKING_ROWS)
      : []
    const count = `thinking, ${seconds(since)}, ${text.length} characters${this.#showsThinking ? '' : ' (Ctrl-O shows it)'}`
    this.#area.update([], [...rows.map(painted), this.#row(count, { dim: true, italic: true })])
  }

  #finish(turn: AssistantTurn): void {
    this.#settle()
    const why = UNFINISHED[turn.finish]
    if (why) note(`the answer is not whole: ${why}`)
    if (!this.#options.footer) return
    for (const { message } of turn.adjustments ?? []) this.#rows(message)
    this.#rows(summary(turn))
  }

  /** Ends what is being drawn. */
  #settle(): void {
    this.#markdown?.end()
    this.#markdown = undefined
    if (!this.#thinking) return this.#area.update([], [])
    clearInterval(this.#timer)
    const { since } = this.#thinking
    this.#thinking = undefined
    this.#area.update(
      [this.#row(`thought for ${seconds(since)}; /think shows it`, { dim: true, italic: true })],
      [],
    )
  }

  #line(text: string, style: Style): void {
    this.#settle()
    this.#area.update([this.#row(text, style)], [])
  }

  #rows(text: string): void {
    this.#area.update(wrap([span(harmless(text), DIM)], this.#area.columns).map(painted), [])
  }

  #row(text: string, style: Style): string {
    const row: readonly Span[] = [
      span(clipped(harmless(text).replaceAll(/\s+/g, ' ').trimEnd(), this.#area.columns), style),
    ]
    return painted(row)
  }
}

const inputOf = (call: { readonly input: unknown; readonly raw?: string }): string =>
  call.input === undefined ? (call.raw ?? '') : JSON.stringify(call.input)

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`
