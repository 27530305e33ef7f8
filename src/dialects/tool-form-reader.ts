import type { Delta } from '../core/delta.ts'
import type { ToolSpec } from '../core/request.ts'
import { IncrementalJson } from '../lib/incremental-json.ts'
import { isObject } from '../lib/merge.ts'
import type { Reader } from './dialect.ts'
import { ReaderOver } from './reader-over.ts'
import { unstrict } from './schema-unstrict.ts'

/**
 * Reads an answer whose text is a form: `{"tool_calls": [{"name", "arguments"}], "answer"}`. The calls become calls, and the answer is
 * handed on as it grows. Text that is no such form is handed on as it is, at the end.
 */
export class ToolFormReader extends ReaderOver {
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
    super(reader)
    this.#tools = tools
  }

  override end(out: Delta[]): void {
    super.end(out)
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

  protected pass(delta: Delta, out: Delta[]): void {
    if (delta.type !== 'text') {
      out.push(delta)
      return
    }
    if (delta.opaque) out.push({ type: 'text', text: '', opaque: delta.opaque })
    this.#text += delta.text
    this.#json.push(delta.text)
    // Not cut out of the answer so far: that would copy all of it for each piece.
    const text = this.#answer.join('')
    if (text === '') return
    out.push({ type: 'text', text })
    this.#answer = []
    this.#hasSaid = true
  }

  get #form(): Readonly<Record<string, unknown>> | undefined {
    const { value } = this.#json
    return isObject(value) && ('tool_calls' in value || 'answer' in value) ? value : undefined
  }
}
