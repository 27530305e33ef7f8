import type { Delta, FinishReason } from '../core/delta.ts'
import { isObject } from '../lib/merge.ts'
import { type Reader, WireError } from './dialect.ts'
import { Envelope } from './envelope.ts'
import { readCitation, readParts, readThinking } from './openai-chat-parts.ts'
import { readUsage } from './openai-usage.ts'
import { usageDelta } from './reported-cost.ts'
import { ThinkTags } from './think-tags.ts'
import { ToolSlots } from './tool-slots.ts'
import { jsonValues } from './json-values.ts'

type JsonObject = Readonly<Record<string, unknown>>

const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'context-window',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  stop_sequence: 'stop-sequence',
}

/** Members one of which an error has, in any of its shapes. */
const ERROR_MEMBERS = ['error', 'errors', 'detail', 'title', 'message', 'msg', 'html-message']

/** Reads an answer of the openai-chat dialect, streamed or whole. Only the fields named here are read; all others are ignored. */
export class OpenAIChatReader implements Reader {
  readonly #envelope = new Envelope()
  readonly #tags = new ThinkTags()
  readonly #tools = new ToolSlots()
  readonly #citations = new Map<string, Delta>()
  #model = ''
  #choice: number | undefined
  #hasDelta = false
  #isDone = false
  #hasFinish = false
  #audio: { data: string; transcript: string } | undefined

  get isComplete(): boolean {
    return this.#isDone || this.#hasFinish
  }

  get isOver(): boolean {
    return this.#isDone
  }

  read(payload: string, out: Delta[]): void {
    if (this.#isDone) return
    const text = this.#envelope.open(payload)
    if (text !== undefined) {
      if (text !== '') this.#tags.push(text, out)
      return
    }
    if (payload === '[DONE]' || payload.trim() === '[DONE]') {
      this.#isDone = true
      return
    }
    if (payload === '') return
    const before = out.length
    for (const chunk of jsonValues(payload, '[DONE]')) this.#chunk(chunk, out)
    const news = out[before]
    if (out.length === before + 1 && news?.type === 'text' && this.#hasDelta)
      this.#envelope.learn(payload, news.text)
  }

  end(out: Delta[]): void {
    this.#tags.end(out)
    out.push(...this.#citations.values())
    // A recording comes in pieces of base64 that mean nothing alone.
    if (this.#audio?.data)
      out.push({
        type: 'media',
        media: { type: 'media', kind: 'audio', mimeType: 'audio/*', ...this.#audio },
      })
  }

  #chunk(chunk: unknown, out: Delta[]): void {
    if (!isObject(chunk)) return
    if (typeof chunk.model === 'string' && chunk.model !== '' && chunk.model !== this.#model) {
      this.#model = chunk.model
      out.push({ type: 'model', model: chunk.model })
    }
    if (Array.isArray(chunk.choices)) {
      for (const choice of chunk.choices) if (isObject(choice)) this.#readChoice(choice, chunk, out)
    }
    // Groq's first streams had it only in here.
    const usage = readUsage(chunk.usage ?? (isObject(chunk.x_groq) ? chunk.x_groq.usage : undefined))
    if (usage) out.push(usageDelta(usage, chunk.usage, chunk.service_tier))
    const sources = chunk.search_results ?? chunk.citations
    if (Array.isArray(sources)) for (const source of sources) this.#cite(source)
    const isError = Array.isArray(chunk.choices) ? chunk.error : ERROR_MEMBERS.some((name) => chunk[name])
    if (isError) throw new WireError(chunk)
  }

  #readChoice(choice: JsonObject, chunk: JsonObject, out: Delta[]): void {
    const index = typeof choice.index === 'number' ? choice.index : 0
    this.#choice ??= index
    // Only the first choice is the answer. Where the first is not number 0, TGI 1.4 is counting tokens in it.
    if (this.#choice === 0 && index !== 0) return
    const isChunk = typeof chunk.object === 'string' && chunk.object.endsWith('.chunk')
    if (isObject(choice.delta) && (isChunk || !isObject(choice.message))) {
      this.#hasDelta = true
      this.#message(choice.delta, chunk, out)
    } else if (isObject(choice.message) && !this.#hasDelta) this.#message(choice.message, chunk, out)
    const raw = choice.finish_reason
    if (typeof raw === 'string' && raw !== '') {
      this.#hasFinish = true
      out.push({ type: 'finish', reason: FINISH[raw] ?? raw, raw })
    }
    // A whole answer may lack its reason (Snowflake): it is whole all the same.
    if (!isChunk && isObject(choice.message)) this.#hasFinish = true
  }

  #message(message: JsonObject, chunk: JsonObject, out: Delta[]): void {
    const thinking = readThinking(message, chunk)
    if (thinking) out.push({ type: 'thinking', text: thinking })
    const { content } = message
    if (typeof content === 'string') {
      if (content !== '') this.#tags.push(content, out)
    } else if (content !== null && content !== undefined)
      readParts(content, (text) => this.#tags.push(text, out), out)
    if (typeof message.refusal === 'string' && message.refusal !== '')
      out.push({ type: 'refusal', text: message.refusal })
    if (Array.isArray(message.tool_calls)) for (const call of message.tool_calls) this.#tools.push(call, out)
    // The name for it of 2023, still sent by some.
    else if (isObject(message.function_call))
      this.#tools.push({ index: 0, function: message.function_call }, out)
    if (Array.isArray(message.annotations)) for (const note of message.annotations) this.#cite(note)
    if (isObject(message.audio)) this.#hear(message.audio)
    if (Array.isArray(message.images)) readParts(message.images, () => undefined, out)
  }

  #hear({ data, transcript }: JsonObject): void {
    this.#audio ??= { data: '', transcript: '' }
    if (typeof data === 'string') this.#audio.data += data
    if (typeof transcript === 'string') this.#audio.transcript += transcript
  }

  #cite(source: unknown): void {
    const citation = readCitation(source)
    // Perplexity repeats all of them in every chunk.
    if (citation)
      this.#citations.set(`${citation.url} ${citation.title ?? ''}`, { type: 'citation', citation })
  }
}
