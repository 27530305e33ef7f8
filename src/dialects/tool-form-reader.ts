import type { Delta } from '../core/delta.ts'
import type { ToolSpec } from '../core/request.ts'
import { IncrementalJson } from '../lib/incremental-json.ts'
import { isObject } from '../lib/merge.ts'
import type { Reader } from './dialect.ts'
import { unstrict } from './schema-unstrict.ts'

/**
 * Reads an answer whose text is a form: `{"tool_calls": [{"name", "arguments"}], "answer"}`. The calls become calls, and the answer is
 * handed on as it grows. Text that is no such form is handed on as it is, at the end.
 */
export class ToolFormReader implements Reader {
  readonly #reader: Reader
  readonly #tools: readonly ToolSpec[]
  readonly #json = new IncrementalJson({
    lenient: 'object',
    onPiece: (name, piece) => void (name === 'answer' && this.#answer.push(piece)),
  })
  /** Whether the answer is no form at all: the server did not hold the model to it. Known at the end. */
  isIgnored = false
  #text = ''
  /** What came of the answer and was not handed on. */
  #answer: string[] = []
  #hasSaid = false

  constructor(reader: Reader, tools: readonly ToolSpec[]) {
    this.#reader = reader
    this.#tools = tools
  }

  get isComplete(): boolean {
    return this.#reader.isComplete
  }

  get isOver(): boolean {
    return this.#reader.isOver
  }

  read(payload: string, out: Delta[], event?: string): void {
    const news: Delta[] = []
    try {
      this.#reader.read(payload, news, event)
    } finally {
      this.#pass(news, out)
    }
  }

  end(out: Delta[]): void {
    const news: Delta[] = []
    this.#reader.end(news)
    this.#pass(news, out)
    const form = this.#form
    if (!form || !this.#json.isComplete) {
      this.isIgnored = form === undefined && this.#text.trim() !== ''
      // Whatever was said is better than nothing.
      if (!this.#hasSaid && this.#text !== '') out.push({ type: 'text', text: this.#text })
      return
    }
    const calls = Array.isArray(form.tool_calls) ? form.tool_calls.filter(isObject) : []
    for (const [index, { name, arguments: input }] of calls.entries()) {
      if (typeof name !== 'string') continue
      const tool = this.#tools.find((one) => one.name === name)
      const meant = tool ? unstrict(input, tool.inputSchema) : input
      out.push({ type: 'tool-call', index, name, arguments: JSON.stringify(meant ?? {}) })
    }
  }

  #pass(news: readonly Delta[], out: Delta[]): void {
    for (const delta of news) {
      if (delta.type !== 'text') {
        out.push(delta)
        continue
      }
      if (delta.opaque) out.push({ type: 'text', text: '', opaque: delta.opaque })
      this.#text += delta.text
      this.#json.push(delta.text)
      // Not cut out of the answer so far: that would copy all of it for each piece.
      const text = this.#answer.join('')
      if (text === '') continue
      out.push({ type: 'text', text })
      this.#answer = []
      this.#hasSaid = true
    }
  }

  get #form(): Readonly<Record<string, unknown>> | undefined {
    const { value } = this.#json
    return isObject(value) && ('tool_calls' in value || 'answer' in value) ? value : undefined
  }
}
