import type { Delta } from '../core/delta.ts'
import { isObject } from '../lib/merge.ts'
import { readCitation } from './anthropic-messages-citations.ts'
import { type Block, isBlock, sealed } from './anthropic-messages-opaque.ts'
import { parsedJson } from '../lib/parsed-json.ts'

/** The tool by which data is asked for where there is no structured output: its input is read as the text of the answer. */
export const DATA_TOOL = '_structured_data'

/** A block that is still being filled. */
interface OpenBlock {
  readonly block: Block
  /** Which call of the answer it is, where it is one. */
  readonly call: number | undefined
  /** Its text, thinking or summary so far. */
  text: string
  /** Its input so far. */
  json: string
  signature: unknown
  readonly citations: unknown[]
  /** Whether something was added to it that is not known here; then it cannot be sent back. */
  isStrange: boolean
}

/**
 * Reads the blocks of an answer. Neighbours of one kind become one content, so what must be sent back of them is collected until
 * another kind follows. Of a block that is not known, nothing is shown, but it is sent back.
 */
export class AnswerBlocks {
  readonly #open = new Map<unknown, OpenBlock>()
  readonly #names = new Map<unknown, string>()
  #calls = 0
  #hasData = false
  #kind = ''
  #run: Block[] = []

  /** Whether there are calls that are to be run here. */
  get hasCalls(): boolean {
    return this.#calls > 0
  }

  /** Whether the data that was asked for came as a call. */
  get hasData(): boolean {
    return this.#hasData
  }

  /** Reads a whole block. */
  read(at: unknown, block: unknown, out: Delta[]): void {
    this.start(at, block, out)
    this.stop(at, out)
  }

  /** Begins a block. */
  start(at: unknown, block: unknown, out: Delta[]): void {
    if (!isBlock(block)) return
    const isData = block.type === 'tool_use' && block.name === DATA_TOOL
    const isCall = block.type === 'tool_use' && !isData
    const open: OpenBlock = {
      block,
      call: isCall ? this.#calls++ : undefined,
      text: '',
      json: '',
      signature: block.signature,
      citations: Array.isArray(block.citations) ? [...(block.citations as unknown[])] : [],
      isStrange: false,
    }
    this.#open.set(at, open)
    if (isData) this.#hasData = true
    if (open.call !== undefined) out.push(callDelta(block, open.call))
    if (block.type === 'text') say(open, 'text', block.text, out)
    if (block.type === 'thinking') say(open, 'thinking', block.thinking, out)
  }

  /** Adds to a block. */
  delta(at: unknown, delta: unknown, out: Delta[]): void {
    const open = this.#open.get(at)
    if (!open || !isObject(delta)) return
    switch (delta.type) {
      case 'text_delta':
        say(open, 'text', delta.text, out)
        break
      case 'thinking_delta':
        say(open, 'thinking', delta.thinking, out)
        break
      case 'signature_delta':
        open.signature = delta.signature
        break
      case 'citations_delta':
        open.citations.push(delta.citation)
        break
      case 'compaction_delta':
        if (typeof delta.content === 'string') open.text += delta.content
        break
      case 'input_json_delta':
        if (typeof delta.partial_json === 'string') fill(open, delta.partial_json, out)
        break
      default:
        open.isStrange = true
    }
  }

  /** Ends a block. */
  stop(at: unknown, out: Delta[]): void {
    const open = this.#open.get(at)
    if (!open) return
    this.#open.delete(at)
    const { block } = open
    switch (block.type) {
      case 'text':
        this.#endText(open, out)
        break
      case 'thinking':
        this.#endThinking(open, out)
        break
      case 'redacted_thinking':
        this.#keepThinking({ type: 'redacted_thinking', data: block.data }, out)
        break
      case 'tool_use':
        // A whole answer has its input at once; a call without arguments has none, but data may be `{}`.
        if (open.json === '' && (open.call === undefined || !isEmpty(block.input)))
          fill(open, textOf(block.input ?? {}), out)
        if (open.call === undefined) this.#endText(open, out)
        else this.#collect('call')
        break
      default:
        this.#collect('server-tool')
        this.#endServerTool(open, out)
    }
  }

  /** What is collected of this kind since another. */
  #collect(kind: string): Block[] {
    if (kind !== this.#kind) {
      this.#kind = kind
      this.#run = []
    }
    return this.#run
  }

  #endText({ text, citations }: OpenBlock, out: Delta[]): void {
    if (text === '') return
    const run = this.#collect('text')
    run.push({ type: 'text', text, ...(citations.length > 0 && { citations }) })
    if (citations.length === 0) return
    // The sources follow the text that rests on them, and end it.
    out.push({ type: 'text', text: '', opaque: sealed(run) })
    for (const cited of citations) {
      const citation = readCitation(cited)
      if (citation) out.push({ type: 'citation', citation })
    }
    this.#collect('citation')
  }

  #endThinking({ text, signature }: OpenBlock, out: Delta[]): void {
    if (typeof signature === 'string' && signature !== '')
      this.#keepThinking({ type: 'thinking', thinking: text, signature }, out)
    else if (text !== '') this.#collect('thinking')
  }

  #keepThinking(block: Block, out: Delta[]): void {
    const run = this.#collect('thinking')
    run.push(block)
    out.push({ type: 'thinking', text: '', opaque: sealed(run) })
  }

  /** A call of a tool of the provider's, its result, or any other block that is to be sent back. */
  #endServerTool({ block, text, json, isStrange }: OpenBlock, out: Delta[]): void {
    const { type, id, tool_use_id: callId } = block
    const own = typeof block.name === 'string' ? block.name : undefined
    if (own !== undefined) this.#names.set(id, own)
    const name = own ?? this.#names.get(callId) ?? type.replace(/_tool_result$/, '')
    const input = json === '' ? block.input : parsedJson(json)
    const isWhole = !isStrange && (json === '' || input !== undefined)
    const whole: Block = {
      ...block,
      ...(input !== undefined && { input }),
      ...(text !== '' && { content: text }),
    }
    out.push({
      type: 'server-tool',
      tool: {
        type: 'server-tool',
        name,
        ...(input !== undefined && { input }),
        ...(isWhole && { opaque: sealed([whole]) }),
      },
    })
  }
}

function say(open: OpenBlock, type: 'text' | 'thinking', text: unknown, out: Delta[]): void {
  if (typeof text !== 'string' || text === '') return
  open.text += text
  out.push({ type, text })
}

/** Input of a call goes on at once; of the provider's own tools it is kept until it is whole. */
function fill(open: OpenBlock, json: string, out: Delta[]): void {
  if (json === '') return
  open.json += json
  if (open.call !== undefined) out.push({ type: 'tool-call', index: open.call, arguments: json })
  else if (open.block.type === 'tool_use') say(open, 'text', json, out)
}

/** Who called, where it was not the model but code that it ran, must be told when the call is sent back. */
function callDelta({ id, name, caller }: Block, index: number): Delta {
  const isByCode = isObject(caller) && caller.type !== 'direct'
  return {
    type: 'tool-call',
    index,
    ...(typeof id === 'string' && id !== '' && { id }),
    ...(typeof name === 'string' && { name }),
    ...(isByCode && { opaque: sealed({ caller }) }),
  }
}

const isEmpty = (input: unknown): boolean =>
  input == null || input === '' || (isObject(input) && Object.keys(input).length === 0)

const textOf = (input: unknown): string => (typeof input === 'string' ? input : JSON.stringify(input))
