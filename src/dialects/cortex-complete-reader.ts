import type { Delta, FinishReason } from '../core/delta.ts'
import type { Usage } from '../core/usage.ts'
import { isObject } from '../lib/merge.ts'
import { type Reader, WireError } from './dialect.ts'
import { ThinkTags } from './think-tags.ts'

type JsonObject = Readonly<Record<string, unknown>>

const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool-calls',
  tool_use: 'tool-calls',
  content_filter: 'content-filter',
  prohibited_content: 'content-filter',
}

/**
 * Reads an answer of Snowflake's `inference:complete`, streamed or whole. Most streams give no reason and have no end mark but
 * a last event that says nothing and counts the tokens; some count in every event, and for these only a connection that breaks
 * tells an answer that is cut. Only the fields named here are read.
 */
export class CortexCompleteReader implements Reader {
  readonly #tags = new ThinkTags()
  /** The number of each call by its id. */
  readonly #calls = new Map<string, number>()
  #call = -1
  #model = ''
  #isWhole = false
  #isComplete = false
  #isDone = false
  #isCounted = false

  get isComplete(): boolean {
    return this.#isComplete
  }

  get isOver(): boolean {
    return this.#isDone
  }

  read(payload: string, out: Delta[]): void {
    if (this.#isDone) return
    if (payload.trim() === '[DONE]') {
      this.#isDone = this.#isComplete = true
      return
    }
    const chunk: unknown = JSON.parse(payload)
    if (!isObject(chunk)) return
    if (typeof chunk.model === 'string' && chunk.model !== '' && chunk.model !== this.#model) {
      this.#model = chunk.model
      out.push({ type: 'model', model: chunk.model })
    }
    const [choice] = Array.isArray(chunk.choices) ? chunk.choices : []
    const isSilent = isObject(choice) && !this.#choice(choice, out)
    const usage = readUsage(chunk.usage)
    this.#isCounted = usage !== undefined
    if (usage) out.push({ type: 'usage', usage })
    const hasFailed = Array.isArray(chunk.choices)
      ? chunk.error
      : (chunk.error ?? chunk.message ?? chunk.error_code)
    if (hasFailed) throw new WireError(chunk)
    if (isSilent && usage) this.#isComplete = true
    this.#finish((isObject(choice) ? choice.finish_reason : undefined) ?? chunk.finish_reason, out)
  }

  end(out: Delta[]): void {
    this.#tags.end(out)
    if (this.#isCounted) this.#isComplete = true
  }

  /** Whether the choice brought anything. */
  #choice({ delta, message }: JsonObject, out: Delta[]): boolean {
    if (isObject(delta)) return this.#said(delta, out)
    if (!isObject(message)) return false
    this.#isComplete = this.#isWhole = true
    this.#said(message, out)
    return true
  }

  /** The same words stand in `content`, in `text` and in `content_list`; calls stand in the list, or in the open. */
  #said(said: JsonObject, out: Delta[]): boolean {
    const before = out.length
    const list = Array.isArray(said.content_list) ? said.content_list.filter(isObject) : []
    const text = typeof said.content === 'string' ? said.content : said.text
    const hasWords = typeof text === 'string' && text !== ''
    if (hasWords && !list.some((part) => typeof part.text === 'string')) this.#tags.push(text, out)
    for (const part of list) this.#part(part, out)
    if (list.length === 0) this.#part({ ...said, text: undefined }, out)
    return hasWords || out.length > before
  }

  #part(part: JsonObject, out: Delta[]): void {
    if (typeof part.text === 'string' && part.text !== '') this.#tags.push(part.text, out)
    const { thinking } = isObject(part.anthropic) ? part.anthropic : part
    if (isObject(thinking)) think(out, thinking.thinking, 'signature', thinking.signature)
    const { reasoning } = isObject(part.openai) ? part.openai : part
    if (isObject(reasoning)) think(out, reasoning.summary, 'encrypted', reasoning.encrypted_content)
    this.#tool(isObject(part.tool_use) ? part.tool_use : part, out)
  }

  /** Pieces of the input carry no id: they belong to the call that was named last. */
  #tool({ tool_use_id: id, name, input }: JsonObject, out: Delta[]): void {
    const hasId = typeof id === 'string' && id !== ''
    const hasName = typeof name === 'string' && name !== ''
    if (!hasId && !hasName && input === undefined) return
    // A whole answer may hold two calls of one id; in a stream the same id is the same call.
    const known = hasId && !this.#isWhole ? this.#calls.get(id) : undefined
    if (known !== undefined) this.#call = known
    else if (hasId || hasName) this.#call++
    if (this.#call < 0) return
    if (hasId) this.#calls.set(id, this.#call)
    out.push({
      type: 'tool-call',
      index: this.#call,
      ...(hasId && { id }),
      ...(hasName && { name }),
      ...(input !== undefined &&
        input !== null && { arguments: typeof input === 'string' ? input : JSON.stringify(input) }),
    })
  }

  #finish(raw: unknown, out: Delta[]): void {
    if (typeof raw !== 'string' || raw === '') return
    this.#isComplete = true
    out.push({ type: 'finish', reason: FINISH[raw] ?? raw, raw })
  }
}

/** A piece of thinking, and what proves it, which comes after it in a stream. */
function think(out: Delta[], text: unknown, member: string, proof: unknown): void {
  const hasProof = typeof proof === 'string' && proof !== ''
  if (!hasProof && (typeof text !== 'string' || text === '')) return
  out.push({
    type: 'thinking',
    text: typeof text === 'string' ? text : '',
    ...(hasProof && { opaque: { dialect: 'cortex-complete', value: { [member]: proof } } }),
  })
}

function readUsage(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined
  const count = (name: string): number | undefined => {
    const value = usage[name]
    return typeof value === 'number' && value >= 0 ? value : undefined
  }
  const prompt = count('prompt_tokens')
  const output = count('completion_tokens')
  const cachedInput = count('cache_read_input_tokens')
  const cacheWrite = count('cache_write_input_tokens')
  if (prompt === undefined && output === undefined) return undefined
  const cached = (cachedInput ?? 0) + (cacheWrite ?? 0)
  // Whether the prompt's count has the cached tokens in it, only the sum tells.
  const isApart =
    cached > 0 &&
    count('total_tokens') === (prompt ?? 0) + (output ?? 0) + (count('guard_tokens') ?? 0) + cached
  const input = isApart ? (prompt ?? 0) + cached : prompt
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(cachedInput !== undefined && { cachedInput }),
    ...(cacheWrite !== undefined && { cacheWrite }),
  }
}
