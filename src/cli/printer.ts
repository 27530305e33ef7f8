import type { ChatEvent } from '../chat/events.ts'
import { describe } from '../chat/inspect.ts'
import type { AssistantTurn } from '../core/turn.ts'
import { aside, dim, harmless, note, streamsInUse, write } from './io.ts'

/** What a printer shows. */
export interface PrinterOptions {
  /** Nothing; the answer; or everything that comes. */
  readonly echo: 'none' | 'output' | 'all'
  /** Whether the answer itself is left to somebody else. */
  readonly isSilent?: boolean
}

/** Shows one answer as it comes. */
export interface AnswerPrinter {
  event(event: ChatEvent): void
  /** Ends what was begun, whatever became of the answer. */
  end(): void
}

/** Shows one answer as it comes: its text on standard output, all the rest on standard error. */
export class Printer implements AnswerPrinter {
  readonly #options: PrinterOptions
  /** The stream with an unfinished line, where both are the same screen. */
  #open: 'answer' | 'aside' | undefined

  constructor(options: PrinterOptions) {
    this.#options = options
  }

  /** Shows what came. */
  event(event: ChatEvent): void {
    const { echo, isSilent } = this.#options
    if (echo === 'none') return
    if (event.type === 'text' || event.type === 'refusal') {
      if (!isSilent && event.text) this.#answer(event.text)
    } else if (event.type === 'thinking') {
      if (echo === 'all' || streamsInUse().stderr.isTTY) this.#aside(event.text)
    } else if (event.type === 'media') {
      this.#line(describe(event.media))
    } else if (event.type === 'citation') {
      if (echo === 'all' || streamsInUse().stderr.isTTY) this.#line(describe(event.citation))
    } else if (event.type === 'server-tool') {
      if (event.tool.input !== undefined) this.#line(describe(event.tool))
    } else if (event.type === 'tool-call') {
      this.#line(describe(event.call))
    } else if (event.type === 'finish') {
      this.end()
      const why = UNFINISHED[event.reason]
      if (why) note(`the answer is not whole: ${why}`)
      if (echo === 'all') this.#line(summary(event.turn))
    }
  }

  /** Ends a line that was begun, whatever became of the answer. */
  end(): void {
    if (this.#open === 'answer') write('\n')
    if (this.#open === 'aside') aside('\n')
    this.#open = undefined
  }

  #answer(text: string): void {
    if (this.#open === 'aside') this.end()
    write(text)
    this.#open = text.endsWith('\n') ? undefined : 'answer'
  }

  #aside(text: string): void {
    if (text === '') return
    // On a terminal both streams are one screen; elsewhere a line break would end up in the answer.
    if (this.#open === 'answer' && streamsInUse().stdout.isTTY) this.end()
    aside(dim(harmless(text)))
    this.#open = text.endsWith('\n') ? undefined : 'aside'
  }

  #line(text: string): void {
    this.#aside(`${text}\n`)
  }
}

/** Why an answer is not whole, by its finish. */
export const UNFINISHED: Readonly<Record<string, string>> = {
  length: 'it reached its token limit (--param maxTokens=… raises it)',
  'context-window': "the conversation reached the model's context window",
  'content-filter': "it was stopped by the provider's content filter",
}

/** What one answer took, in one line. */
export function summary({ model, servedBy, usage, cost, duration }: AssistantTurn): string {
  const words = [
    model,
    servedBy && `by ${servedBy}`,
    usage?.input !== undefined && `${usage.input} tokens in`,
    usage?.output !== undefined && `${usage.output} out`,
    cost !== undefined && `$${cost.toFixed(6)}`,
    duration !== undefined && `${(duration / 1000).toFixed(1)} s`,
  ]
  return `[${words.filter(Boolean).join(', ')}]`
}
