import type { Delta, FinishReason } from '../core/delta.ts'
import { isObject } from '../lib/merge.ts'
import { AnswerBlocks } from './anthropic-messages-blocks.ts'
import { readUsage } from './anthropic-messages-usage.ts'
import { type Reader, WireError } from './dialect.ts'
import { usageDelta } from './reported-cost.ts'

type JsonObject = Readonly<Record<string, unknown>>

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  tool_use: 'tool-calls',
  stop_sequence: 'stop-sequence',
  refusal: 'content-filter',
  model_context_window_exceeded: 'context-window',
}

/**
 * Reads an answer of the Messages API, streamed or whole. Only the events and fields named here are read; all others are ignored.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class AnthropicMessagesReader implements Reader {
  readonly #blocks = new AnswerBlocks()
  #usage: JsonObject = {}
  #isDone = false

  get isComplete(): boolean {
    return this.#isDone
  }

  get isOver(): boolean {
    return this.#isDone
  }

  read(payload: string, out: Delta[]): void {
    // OpenRouter ends with one that is no JSON.
    if (this.#isDone || payload === '' || payload === '[DONE]') return
    const event: unknown = JSON.parse(payload)
    if (!isObject(event)) return
    switch (event.type) {
      case 'message_start':
        if (isObject(event.message)) this.#message(event.message, out)
        break
      case 'content_block_start':
        this.#blocks.start(event.index, event.content_block, out)
        break
      case 'content_block_delta':
        this.#blocks.delta(event.index, event.delta, out)
        break
      case 'content_block_stop':
        this.#blocks.stop(event.index, out)
        break
      case 'message_delta':
        this.#count(event.usage, out)
        if (isObject(event.delta)) this.#finish(event.delta, out)
        break
      case 'message_stop':
        this.#isDone = true
        break
      case 'message':
        this.#message(event, out)
        this.#finish(event, out)
        this.#isDone = true
        break
    }
    if (event.type === 'error' || event.error) throw new WireError(event)
  }

  end(): void {
    // Nothing is held back: a block that was not closed is not whole.
  }

  #message({ model, usage, content }: JsonObject, out: Delta[]): void {
    if (typeof model === 'string' && model !== '') out.push({ type: 'model', model })
    if (Array.isArray(content))
      for (const [index, block] of content.entries()) this.#blocks.read(index, block, out)
    this.#count(usage, out)
  }

  /** Later counts replace earlier ones; what a later event does not count stays. */
  #count(usage: unknown, out: Delta[]): void {
    if (!isObject(usage)) return
    const known = Object.entries(usage).filter(([, value]) => value !== null)
    this.#usage = { ...this.#usage, ...Object.fromEntries(known) }
    const counted = readUsage(this.#usage)
    if (counted) out.push(usageDelta(counted, this.#usage))
  }

  #finish({ stop_reason: raw, stop_sequence, stop_details }: JsonObject, out: Delta[]): void {
    if (
      isObject(stop_details) &&
      typeof stop_details.explanation === 'string' &&
      stop_details.explanation !== ''
    )
      out.push({ type: 'refusal', text: stop_details.explanation })
    if (typeof raw !== 'string' || raw === '') return
    out.push({ type: 'finish', reason: this.#reason(raw, stop_sequence), raw })
  }

  #reason(raw: string, stopSequence: unknown): FinishReason {
    // llama-server says that a sequence stopped it by naming the sequence only.
    if (raw === 'end_turn' && typeof stopSequence === 'string') return 'stop-sequence'
    // Data that came as a call is an answer, and calls nothing.
    if (raw === 'tool_use' && this.#blocks.hasData && !this.#blocks.hasCalls) return 'stop'
    return FINISH[raw] ?? raw
  }
}
