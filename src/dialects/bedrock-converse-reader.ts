import type { Delta, FinishReason } from '../core/delta.ts'
import { isObject } from '../lib/merge.ts'
import { type Reader, WireError } from './dialect.ts'
import { readCitation, readPicture, readUsage } from './bedrock-converse-parts.ts'
import { ID, type ThinkingBlock } from './bedrock-converse-turns.ts'
import { usageDelta } from './reported-cost.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** The tool whose input is the answer in the form of a schema. */
export const DATA_TOOL = 'structured_data'

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  stop_sequence: 'stop-sequence',
  guardrail_intervened: 'content-filter',
  content_filtered: 'content-filter',
  model_context_window_exceeded: 'context-window',
}

/** The status that each exception has outside a stream. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
const STATUS: Readonly<Record<string, number>> = {
  internalServerException: 500,
  modelStreamErrorException: 500,
  serviceUnavailableException: 503,
  throttlingException: 429,
  validationException: 400,
}

/** A block of content that is being streamed. */
type Open =
  | { readonly type: 'call'; readonly index: number }
  | { readonly type: 'data'; length: number }
  | { readonly type: 'server-call'; readonly block: JsonObject; input: string }
  | { readonly type: 'server-result'; readonly block: JsonObject; readonly content: unknown[] }
  | { readonly type: 'thinking'; length: number }

/** Reads an answer of the Converse API, streamed or whole. Only the members named here are read. */
export class BedrockConverseReader implements Reader {
  readonly #open = new Map<unknown, Open>()
  /** The signed blocks of the thinking that is going on: it becomes one content, whatever its blocks. */
  #signed: ThinkingBlock[] = []
  #calls = 0
  #hasData = false
  isComplete = false
  /** The counts follow the word that all is said. */
  readonly isOver = false

  read(payload: string, out: Delta[], event?: string): void {
    const said: unknown = JSON.parse(payload)
    if (!isObject(said)) return
    if (event !== undefined) this.#event(event, said, out)
    else if (isObject(said.output) || typeof said.stopReason === 'string') this.#whole(said, out)
    else if (typeof said.message === 'string' || said.__type !== undefined) throw new WireError(said)
    else for (const [name, value] of Object.entries(said)) if (isObject(value)) this.#event(name, value, out)
  }

  end(): void {
    // Nothing is held back.
  }

  #whole({ output, stopReason, usage, serviceTier }: JsonObject, out: Delta[]): void {
    const message = isObject(output) && isObject(output.message) ? output.message : {}
    if (Array.isArray(message.content))
      for (const [i, block] of message.content.entries())
        if (isObject(block)) {
          this.#block(i, block, out)
          this.#stop(i, out)
        }
    this.#finish(stopReason, out)
    this.isComplete = true
    this.#usage(usage, serviceTier, out)
  }

  /** A block that came in one piece: what starts it, and all its deltas. */
  #block(i: number, block: JsonObject, out: Delta[]): void {
    const { toolUse, toolResult, citationsContent, reasoningContent } = block
    if (isObject(toolUse)) {
      const { input, ...start } = toolUse
      this.#start(i, { toolUse: start }, out)
      this.#delta(
        i,
        { toolUse: { input: typeof input === 'string' ? input : JSON.stringify(input ?? {}) } },
        out,
      )
    } else if (isObject(toolResult)) {
      const { content, ...start } = toolResult
      this.#start(i, { toolResult: start }, out)
      this.#delta(i, { toolResult: content }, out)
    } else if (isObject(citationsContent)) {
      const { content, citations } = citationsContent
      if (Array.isArray(content)) for (const text of content) this.#delta(i, text, out)
      if (Array.isArray(citations)) for (const citation of citations) this.#delta(i, { citation }, out)
    } else if (isObject(reasoningContent)) {
      const { reasoningText } = reasoningContent
      this.#delta(i, { reasoningContent: isObject(reasoningText) ? reasoningText : reasoningContent }, out)
    } else this.#delta(i, block, out)
  }

  #event(name: string, said: JsonObject, out: Delta[]): void {
    const { contentBlockIndex: at, start, delta } = said
    switch (name) {
      case 'contentBlockStart':
        if (isObject(start)) this.#start(at, start, out)
        break
      case 'contentBlockDelta':
        if (isObject(delta)) this.#delta(at, delta, out)
        break
      case 'contentBlockStop':
        this.#stop(at, out)
        break
      case 'messageStop':
        this.#finish(said.stopReason, out)
        this.isComplete = true
        break
      case 'metadata':
        this.#usage(said.usage, said.serviceTier, out)
        break
      default:
        if (name === 'error' || name.endsWith('Exception')) throw failure(name, said)
    }
  }

  #start(at: unknown, { toolUse, toolResult }: JsonObject, out: Delta[]): void {
    if (isObject(toolUse)) {
      const { toolUseId: id, name, type } = toolUse
      if (type === 'server_tool_use') this.#open.set(at, { type: 'server-call', block: toolUse, input: '' })
      else if (name === DATA_TOOL) {
        this.#hasData = true
        this.#open.set(at, { type: 'data', length: 0 })
      } else {
        const index = this.#calls++
        this.#open.set(at, { type: 'call', index })
        this.#signed = []
        out.push({
          type: 'tool-call',
          index,
          ...(typeof id === 'string' && { id }),
          ...(typeof name === 'string' && { name }),
        })
      }
    } else if (isObject(toolResult))
      this.#open.set(at, { type: 'server-result', block: toolResult, content: [] })
  }

  #delta(at: unknown, delta: unknown, out: Delta[]): void {
    if (!isObject(delta)) return
    const { text, toolUse, reasoningContent, citation, toolResult, image } = delta
    if (typeof text === 'string') this.#text(text, out)
    else if (isObject(toolUse)) this.#input(at, toolUse.input, out)
    else if (isObject(reasoningContent)) this.#think(at, reasoningContent, out)
    else if (isObject(citation)) out.push({ type: 'citation', citation: readCitation(citation) })
    else if (Array.isArray(toolResult)) {
      const open = this.#open.get(at)
      if (open?.type === 'server-result') open.content.push(...toolResult)
    } else if (isObject(image)) {
      const media = readPicture(image)
      if (media) out.push({ type: 'media', media })
    }
  }

  #text(text: string, out: Delta[]): void {
    if (text === '') return
    this.#signed = []
    out.push({ type: 'text', text })
  }

  #input(at: unknown, input: unknown, out: Delta[]): void {
    const open = this.#open.get(at)
    if (typeof input !== 'string' || input === '' || !open) return
    if (open.type === 'call') out.push({ type: 'tool-call', index: open.index, arguments: input })
    else if (open.type === 'server-call') open.input += input
    else if (open.type === 'data') {
      open.length += input.length
      this.#text(input, out)
    }
  }

  /** A block's signature comes after its text; encrypted thinking has no text. */
  #think(at: unknown, { text, signature, redactedContent }: JsonObject, out: Delta[]): void {
    let open = this.#open.get(at)
    if (open?.type !== 'thinking') this.#open.set(at, (open = { type: 'thinking', length: 0 }))
    if (typeof text === 'string' && text !== '') {
      open.length += text.length
      out.push({ type: 'thinking', text })
    }
    if (typeof signature === 'string' && signature !== '') this.#sign({ length: open.length, signature }, out)
    if (typeof redactedContent === 'string') this.#sign({ redactedContent }, out)
  }

  #sign(block: ThinkingBlock, out: Delta[]): void {
    this.#signed = [...this.#signed, block]
    out.push({ type: 'thinking', text: '', opaque: { dialect: ID, value: this.#signed } })
  }

  #stop(at: unknown, out: Delta[]): void {
    const open = this.#open.get(at)
    this.#open.delete(at)
    if (open?.type === 'data' && open.length === 0) this.#text('{}', out)
    if (open?.type !== 'server-call' && open?.type !== 'server-result') return
    const isCall = open.type === 'server-call'
    const block = isCall
      ? { toolUse: { ...open.block, input: parsed(open.input) } }
      : { toolResult: { ...open.block, content: open.content } }
    const { name, type } = open.block
    this.#signed = []
    out.push({
      type: 'server-tool',
      tool: {
        type: 'server-tool',
        name: typeof name === 'string' ? name : String(type ?? 'tool'),
        ...(isCall && { input: parsed(open.input) }),
        opaque: { dialect: ID, value: block },
      },
    })
  }

  #finish(stopReason: unknown, out: Delta[]): void {
    if (typeof stopReason !== 'string') return
    // The call that brings the data is no call to be run.
    const isData = stopReason === 'tool_use' && this.#hasData && this.#calls === 0
    const reason = isData ? 'stop' : (FINISH[stopReason] ?? stopReason)
    out.push({ type: 'finish', reason, raw: stopReason })
  }

  #usage(counts: unknown, tier: unknown, out: Delta[]): void {
    const usage = readUsage(counts)
    if (usage) out.push(usageDelta(usage, counts, isObject(tier) ? tier.type : tier))
  }
}

/** An exception as other errors of the API are: a message, a type and a status. */
function failure(name: string, said: JsonObject): WireError {
  if (name === 'error') return new WireError(said)
  const status = typeof said.originalStatusCode === 'number' ? said.originalStatusCode : STATUS[name]
  return new WireError({
    ...said,
    type: name.charAt(0).toUpperCase() + name.slice(1),
    ...(status !== undefined && { status }),
  })
}

function parsed(input: string): unknown {
  try {
    return input === '' ? {} : JSON.parse(input)
  } catch {
    return input
  }
}
