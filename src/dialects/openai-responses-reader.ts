import type { Delta, FinishReason } from '../core/delta.ts'
import { isObject } from '../lib/merge.ts'
import { type Reader, WireError } from './dialect.ts'
import {
  type Item,
  callState,
  partsOf,
  readAnnotation,
  readServerTool,
  readUsage,
  replayable,
  sealed,
} from './openai-responses-items.ts'
import { OutputSlots, type Slot, newSlot } from './openai-responses-slots.ts'
import { usageDelta } from './reported-cost.ts'
import { ThinkTags } from './think-tags.ts'

const REASONS: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: 'length',
  content_filter: 'content-filter',
}

/** Members one of which an error has that comes as a whole body. */
const ERROR_MEMBERS = ['error', 'errors', 'detail', 'title', 'message', 'msg', 'html-message']

/**
 * Reads an answer of the openai-responses dialect, streamed or whole. Events are known by their type, items by their id or their place;
 * all that is not named here is ignored.
 */
export class OpenAIResponsesReader implements Reader {
  readonly #tags = new ThinkTags()
  readonly #slots = new OutputSlots()
  #calls = 0
  #model = ''
  /** Items of reasoning with nothing between them: they are one content, and go back together. */
  #reasoning: Item[] = []
  #isThinking = false
  #isDone = false
  #isComplete = false

  get isComplete(): boolean {
    return this.#isComplete
  }

  get isOver(): boolean {
    return this.#isDone
  }

  read(payload: string, out: Delta[], name?: string): void {
    if (this.#isDone || payload === '') return
    // OpenRouter ends its streams as those of chat completions end.
    if (payload.trim() === '[DONE]') {
      this.#isDone = this.#isComplete = true
      return
    }
    const event: unknown = JSON.parse(payload)
    if (!isObject(event)) return
    const type = typeof event.type === 'string' ? event.type : (name ?? '')
    if (type.startsWith('response.')) this.#event(type.slice('response.'.length), event, out)
    else if (Array.isArray(event.output)) this.#whole(event, out)
    else if (ERROR_MEMBERS.some((member) => event[member])) throw new WireError(event)
  }

  end(out: Delta[]): void {
    this.#tags.end(out)
  }

  #event(type: string, event: Item, out: Delta[]): void {
    const { item, response, delta } = event
    switch (type) {
      case 'output_item.added':
        if (isObject(item)) this.#begin(this.#slots.open(event.output_index, item.id), item, out)
        break
      case 'output_item.done':
        if (isObject(item)) this.#close(this.#slots.find(event.output_index, item.id), item, out)
        break
      case 'completed':
      case 'incomplete':
      case 'failed':
      case 'cancelled':
        if (isObject(response)) this.#finish({ status: type, ...response }, out)
        break
      default:
        if (isObject(response)) this.#name(response, out)
        else if (typeof delta === 'string' && delta !== '') this.#piece(type, event, delta, out)
    }
  }

  #piece(type: string, event: Item, delta: string, out: Delta[]): void {
    const slot = (): Slot => this.#slots.find(event.output_index, event.item_id)
    switch (type) {
      case 'output_text.delta':
        slot().streamed.add(`text ${at(event.content_index)}`)
        this.#say(delta, out)
        break
      case 'refusal.delta':
        slot().streamed.add(`refusal ${at(event.content_index)}`)
        out.push({ type: 'refusal', text: delta })
        break
      case 'reasoning_summary_text.delta':
        this.#think(slot(), 'summary', event.summary_index, delta, out)
        break
      case 'reasoning_text.delta':
        this.#think(slot(), 'content', event.content_index, delta, out)
        break
      case 'function_call_arguments.delta':
      case 'custom_tool_call_input.delta': {
        const { call, streamed } = slot()
        if (call === undefined) break
        streamed.add('arguments')
        out.push({ type: 'tool-call', index: call, arguments: delta })
      }
    }
  }

  /** The first news of an item: only of a call there is something to tell. */
  #begin(slot: Slot, { type, call_id, id, name }: Item, out: Delta[]): void {
    if ((type !== 'function_call' && type !== 'custom_tool_call') || slot.call !== undefined) return
    slot.call = this.#calls++
    this.#part()
    const given = call_id || id
    out.push({
      type: 'tool-call',
      index: slot.call,
      ...(typeof given === 'string' && given !== '' && { id: given }),
      ...(typeof name === 'string' && { name }),
    })
  }

  /** A whole item: adds what did not come in pieces before. */
  #close(slot: Slot, item: Item, out: Delta[]): void {
    if (slot.isDone) return
    slot.isDone = true
    switch (item.type) {
      case 'message':
        this.#message(slot, item, out)
        break
      case 'reasoning':
        this.#reason(slot, item, out)
        break
      case 'function_call':
      case 'custom_tool_call': {
        this.#begin(slot, item, out)
        const state = callState(item)
        const given = slot.streamed.has('arguments') ? undefined : (item.arguments ?? item.input)
        const text = given === undefined || typeof given === 'string' ? given : JSON.stringify(given)
        if (slot.call !== undefined && (text || state))
          out.push({
            type: 'tool-call',
            index: slot.call,
            ...(text && { arguments: text }),
            ...(state && { opaque: sealed(state) }),
          })
        break
      }
      default:
        this.#part()
        readServerTool(item, out)
    }
  }

  #message({ streamed }: Slot, { content, phase }: Item, out: Delta[]): void {
    const parts = partsOf(content)
    for (const [i, { type, text, refusal }] of parts.entries()) {
      if (type === 'refusal') {
        if (!streamed.has(`refusal ${i}`) && typeof refusal === 'string' && refusal !== '')
          out.push({ type: 'refusal', text: refusal })
      } else if (!streamed.has(`text ${i}`) && typeof text === 'string' && text !== '') this.#say(text, out)
    }
    // "Preserve and resend phase on all assistant messages": without it a later model takes a remark for the answer.
    if (typeof phase === 'string' && parts.some(({ text }) => text))
      out.push({ type: 'text', text: '', opaque: sealed({ phase }) })
    for (const note of parts.flatMap(({ annotations }) => (Array.isArray(annotations) ? annotations : []))) {
      const citation = isObject(note) ? readAnnotation(note) : undefined
      if (!citation) continue
      this.#part()
      out.push({ type: 'citation', citation })
    }
  }

  #reason(slot: Slot, item: Item, out: Delta[]): void {
    if (!slot.thinking) {
      const content = partsOf(item.content)
      const kind = content.some(({ text }) => text) ? 'content' : 'summary'
      for (const [i, { text }] of (kind === 'content' ? content : partsOf(item.summary)).entries())
        if (typeof text === 'string' && text !== '') this.#think(slot, kind, i, text, out)
    }
    const again = replayable(item)
    if (!again) return
    this.#reasoning = [...this.#reasoning, again]
    out.push({ type: 'thinking', text: '', opaque: sealed(this.#reasoning) })
  }

  #say(text: string, out: Delta[]): void {
    const before = out.length
    this.#tags.push(text, out)
    if (out.length > before) this.#part()
  }

  #think(slot: Slot, kind: 'content' | 'summary', part: unknown, text: string, out: Delta[]): void {
    // Where a server sends both, the one that comes first is told.
    slot.thinking ??= kind
    if (slot.thinking !== kind) return
    const isNew = !slot.streamed.has('thinking') || slot.thought !== part
    slot.streamed.add('thinking')
    slot.thought = part
    // Each part of a summary is a paragraph with a heading of its own.
    out.push({ type: 'thinking', text: isNew && this.#isThinking ? `\n\n${text}` : text })
    this.#isThinking = true
  }

  /** Something else comes than thinking. */
  #part(): void {
    this.#reasoning = []
    this.#isThinking = false
  }

  #whole(response: Item, out: Delta[]): void {
    // mistral.rs has its thinking beside the output, as a text; everybody else's `reasoning` is a setting.
    if (typeof response.reasoning === 'string' && response.reasoning !== '')
      this.#think(newSlot(), 'content', 0, response.reasoning, out)
    this.#finish(response, out)
  }

  /** The response with all its items, as whole answers and the last event of a stream bring it. */
  #finish(response: Item, out: Delta[]): void {
    this.#name(response, out)
    const isWhole = this.#slots.isEmpty
    // Codex sends an empty output: all its items came before.
    for (const [i, item] of (Array.isArray(response.output) ? response.output : []).entries())
      if (isObject(item)) this.#close(isWhole ? newSlot() : this.#slots.find(i, item.id), item, out)
    const usage = readUsage(response.usage)
    if (usage) out.push(usageDelta(usage, response.usage, response.service_tier))
    const { status = 'completed', error, incomplete_details: details } = response
    switch (status) {
      case 'completed':
      case 'complete':
        out.push({ type: 'finish', reason: 'stop', raw: status })
        break
      case 'incomplete': {
        const reason = isObject(details) && typeof details.reason === 'string' ? details.reason : status
        out.push({ type: 'finish', reason: REASONS[reason] ?? reason, raw: reason })
        break
      }
      case 'queued':
      case 'in_progress':
        throw new WireError({ message: `the answer is only ${status}: leave out \`background\`` })
      default:
        throw new WireError(error ? { error } : { message: `the response ended as ${String(status)}` })
    }
    this.#isDone = this.#isComplete = true
  }

  #name({ model }: Item, out: Delta[]): void {
    if (typeof model !== 'string' || model === '' || model === this.#model) return
    this.#model = model
    out.push({ type: 'model', model })
  }
}

const at = (index: unknown): number => (typeof index === 'number' ? index : 0)
