import type { Delta } from '../core/delta.ts'
import { isObject } from '../lib/merge.ts'
import { type Reader, WireError } from './dialect.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** A block of the answer, as far as it has come. */
interface Block {
  readonly type: string
  readonly index: unknown
  /** The words, or the statement. */
  readonly pieces: string[]
  readonly suggestions: Map<number, string[]>
  /** What else the server says of it. */
  more: JsonObject
}

/**
 * Reads an answer of Cortex Analyst, streamed or whole. Words are handed on as they come; a statement and a list of questions
 * when they are whole. The last text holds all blocks as they came, for the next request.
 */
export class CortexAnalystReader implements Reader {
  readonly #blocks: JsonObject[] = []
  /** The places of the blocks that came in pieces. */
  readonly #begun = new Set<unknown>()
  #open: Block | undefined
  #hasSaid = false
  #isComplete = false
  #isOver = false

  get isComplete(): boolean {
    return this.#isComplete
  }

  get isOver(): boolean {
    return this.#isOver
  }

  read(payload: string, out: Delta[], event?: string): void {
    if (event === 'done') {
      this.#finish(out)
      this.#isOver = true // its data is a word
      return
    }
    const data: unknown = JSON.parse(payload)
    if (!isObject(data)) return
    switch (event ?? '') {
      case 'message.content.delta':
        this.#delta(data, out)
        break
      case 'message.content': {
        this.#close(out)
        const { index, ...block } = data
        if (index === undefined || !this.#begun.has(index)) this.#whole(block, out)
        break
      }
      case 'status':
        if (data.status === 'done') this.#finish(out)
        break
      case 'response_metadata':
        readModel(data, out)
        break
      case 'error':
        this.#close(out)
        throw new WireError(data)
      case '':
        this.#answer(data, out)
    }
  }

  end(out: Delta[]): void {
    this.#close(out)
  }

  /** A whole answer. Errors have their words where an answer has its message. */
  #answer({ message, response_metadata: metadata, ...rest }: JsonObject, out: Delta[]): void {
    if (isObject(metadata)) readModel(metadata, out)
    if (isObject(message) && Array.isArray(message.content)) {
      for (const block of message.content) if (isObject(block)) this.#whole(block, out)
      this.#finish(out)
    } else if (typeof message === 'string' || rest.error || rest.error_code)
      throw new WireError({ message, ...rest })
  }

  #delta(data: JsonObject, out: Delta[]): void {
    const { type, index, text_delta: text, think_delta: thinking, statement_delta: statement } = data
    if (typeof type !== 'string') return
    this.#begun.add(index)
    if (this.#open?.type !== type || this.#open.index !== index) this.#close(out)
    this.#open ??= { type, index, pieces: [], suggestions: new Map(), more: {} }
    const { pieces, suggestions } = this.#open
    if (typeof text === 'string') {
      pieces.push(text)
      this.#say(text, out)
    } else if (typeof thinking === 'string') {
      if (thinking !== '') out.push({ type: 'thinking', text: thinking })
    } else if (typeof statement === 'string') {
      pieces.push(statement)
      if (isObject(data.confidence)) this.#open.more = { confidence: data.confidence }
    } else if (isObject(data.suggestions_delta)) {
      const { index: n, suggestion_delta: words } = data.suggestions_delta
      if (typeof n !== 'number' || typeof words !== 'string') return
      const one = suggestions.get(n)
      if (one) one.push(words)
      else suggestions.set(n, [words])
    } else {
      const { index: _index, ...more } = data
      this.#open.more = more
    }
  }

  /** The block that is open is whole. */
  #close(out: Delta[]): void {
    const block = this.#open
    this.#open = undefined
    if (!block) return
    const words = block.pieces.join('')
    if (block.type === 'text') this.#blocks.push({ type: 'text', text: words })
    else if (block.type === 'sql') this.#whole({ type: 'sql', statement: words, ...block.more }, out)
    else if (block.type === 'suggestions') {
      const inOrder = [...block.suggestions].toSorted(([a], [b]) => a - b)
      const suggestions = inOrder.map(([, pieces]) => pieces.join(''))
      if (suggestions.length > 0) this.#whole({ type: 'suggestions', suggestions }, out)
    } else if (block.type !== 'think') this.#whole(block.more, out)
  }

  #whole(block: JsonObject, out: Delta[]): void {
    const { type, text, think, statement, confidence, suggestions } = block
    if (type === 'think') {
      if (typeof think === 'string' && think !== '') out.push({ type: 'thinking', text: think })
      return
    }
    if (typeof type !== 'string') return
    this.#blocks.push(block)
    if (type === 'text') {
      if (typeof text === 'string') this.#say(text, out)
    } else if (type === 'sql' && typeof statement === 'string') {
      out.push({ type: 'json', value: { sql: statement, ...(isObject(confidence) && { confidence }) } })
      this.#say(`${this.#hasSaid ? '\n\n' : ''}${fenced(statement)}`, out)
    } else if (type === 'suggestions' && Array.isArray(suggestions)) {
      out.push({ type: 'json', value: { suggestions } })
      this.#say(
        `${this.#hasSaid ? '\n\n' : ''}${suggestions.map((one) => `- ${String(one)}`).join('\n')}`,
        out,
      )
    } else out.push({ type: 'json', value: block })
  }

  #say(text: string, out: Delta[]): void {
    if (text === '') return
    this.#hasSaid = true
    out.push({ type: 'text', text })
  }

  #finish(out: Delta[]): void {
    this.#close(out)
    if (this.#isComplete) return
    this.#isComplete = true
    if (this.#blocks.length > 0)
      out.push({ type: 'text', text: '', opaque: { dialect: 'cortex-analyst', value: this.#blocks } })
    out.push({ type: 'finish', reason: 'stop' })
  }
}

function readModel({ model_names: names }: JsonObject, out: Delta[]): void {
  const [model] = Array.isArray(names) ? names : []
  if (typeof model === 'string') out.push({ type: 'model', model })
}

/** A block of code that its own text cannot end. */
function fenced(sql: string): string {
  const longest = Math.max(2, ...(sql.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}sql\n${sql.trim()}\n${fence}`
}
