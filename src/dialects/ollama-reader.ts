import type { Delta, FinishReason } from '../core/delta.ts'
import type { Usage } from '../core/usage.ts'
import { isObject } from '../lib/merge.ts'
import { type Reader, WireError } from './dialect.ts'
import { ThinkTags } from './think-tags.ts'

type JsonObject = Readonly<Record<string, unknown>>

const FINISH: Readonly<Record<string, FinishReason>> = { stop: 'stop', length: 'length' }

/** Reads an answer of Ollama's own API: a line of a stream is shaped like a whole answer. Only the fields named here are read. */
export class OllamaReader implements Reader {
  readonly #tags = new ThinkTags()
  #model = ''
  #calls = 0
  #isDone = false

  get isComplete(): boolean {
    return this.#isDone
  }

  get isOver(): boolean {
    return this.#isDone
  }

  read(payload: string, out: Delta[]): void {
    if (this.#isDone) return
    const chunk: unknown = JSON.parse(payload)
    if (!isObject(chunk)) return
    if (typeof chunk.model === 'string' && chunk.model !== '' && chunk.model !== this.#model) {
      this.#model = chunk.model
      out.push({ type: 'model', model: chunk.model })
    }
    if (isObject(chunk.message)) this.#message(chunk.message, out)
    const usage = readUsage(chunk)
    if (usage) out.push({ type: 'usage', usage })
    // With status 200, in the middle of a stream: the model's process died, or a call could not be parsed.
    if (chunk.error) throw new WireError(chunk)
    if (chunk.done === true && isObject(chunk.message)) this.#finish(chunk.done_reason, out)
  }

  end(out: Delta[]): void {
    this.#tags.end(out)
  }

  #message({ thinking, content, tool_calls: calls }: JsonObject, out: Delta[]): void {
    if (typeof thinking === 'string' && thinking !== '') out.push({ type: 'thinking', text: thinking })
    if (typeof content === 'string' && content !== '') this.#tags.push(content, out)
    if (Array.isArray(calls)) for (const call of calls) this.#call(call, out)
  }

  /** A call comes whole. Its own `index` is left out of the first, and begins anew in each message of old servers. */
  #call(call: unknown, out: Delta[]): void {
    if (!isObject(call) || !isObject(call.function)) return
    const { name, arguments: args } = call.function
    if (typeof name !== 'string' || name === '') return
    out.push({
      type: 'tool-call',
      index: this.#calls++,
      name,
      arguments: typeof args === 'string' ? args : (JSON.stringify(args) ?? ''),
      ...(typeof call.id === 'string' && call.id !== '' && { id: call.id }),
    })
  }

  #finish(raw: unknown, out: Delta[]): void {
    this.#isDone = true
    this.#tags.end(out)
    if (typeof raw === 'string' && raw !== '') out.push({ type: 'finish', reason: FINISH[raw] ?? raw, raw })
  }
}

/** The count of the prompt is left out where all of it was in the cache of an old server. */
function readUsage({ prompt_eval_count: input, eval_count: output }: JsonObject): Usage | undefined {
  if (typeof input !== 'number' && typeof output !== 'number') return undefined
  return {
    ...(typeof input === 'number' && { input }),
    ...(typeof output === 'number' && { output }),
  }
}
