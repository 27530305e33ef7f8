import type { Delta, ToolCallDelta } from '../core/delta.ts'
import type { Adjustment } from '../core/turn.ts'
import type { ToolSpec } from '../core/request.ts'
import { isObject } from '../lib/merge.ts'
import type { Reader } from './dialect.ts'
import { LeakedCalls } from './leaked-calls.ts'
import { ReaderOver } from './reader-over.ts'
import { Suspicion } from './suspicion.ts'

const LIFTED: Adjustment = {
  type: 'tool-calls',
  name: 'leaked',
  message: 'the model wrote its tool call as text; it was taken out of the text and run as a call',
}

/**
 * Reads an answer of any dialect and lifts the tool calls that leaked into its text. They are reported at the end, numbered
 * after those the server reported itself: some servers send a call both ways, and it must run once.
 */
export class LeakReader extends ReaderOver {
  /** What is told of lifted calls. */
  readonly adjustment = LIFTED
  /** How many calls were lifted out of the text. */
  lifted = 0
  /** What the answer ends with, where that is a call that nobody can read; it was not handed on. Known at the end. */
  suspect = ''
  readonly #calls: LeakedCalls
  readonly #leaked: ToolCallDelta[] = []
  readonly #reported = new Map<number, { name: string; arguments: string }>()
  readonly #suspicion: Suspicion
  #isCut = false

  constructor(reader: Reader, tools: readonly ToolSpec[]) {
    super(reader)
    this.#calls = new LeakedCalls(new Set(tools.map(({ name }) => name)), tools)
    this.#suspicion = new Suspicion(tools.map(({ name }) => name))
  }

  override end(out: Delta[]): void {
    super.end(out)
    this.#settle(out)
    const held = this.#suspicion.end()
    if (held === undefined) return
    if (held.isCall && this.#reported.size === 0 && this.lifted === 0) this.suspect = held.text
    else out.push({ type: 'text', text: held.text })
  }

  /** Adds what was held back of an answer that breaks off here. */
  cut(out: Delta[]): void {
    this.#settle(out)
    const held = this.#suspicion.end()
    if (held) out.push({ type: 'text', text: held.text })
  }

  #settle(out: Delta[]): void {
    if (this.#isCut) return
    this.#isCut = true
    const rest: Delta[] = []
    this.#calls.end(rest)
    this.#sort(rest, out)
    let index = Math.max(-1, ...this.#reported.keys())
    const told = new Set([...this.#reported.values()].map(fingerprint))
    for (const call of this.#leaked) {
      if (told.has(fingerprint(call))) continue
      this.lifted++
      out.push({ ...call, index: ++index })
    }
  }

  protected pass(delta: Delta, out: Delta[]): void {
    if (delta.type === 'text') {
      const news: Delta[] = []
      this.#calls.push(delta.text, news)
      this.#sort(news, out)
      // What belongs to the text as a whole, such as a signature, must not be lost with its pieces.
      if (delta.opaque) out.push({ type: 'text', text: '', opaque: delta.opaque })
      return
    }
    if (delta.type === 'tool-call') {
      const call = this.#reported.get(delta.index) ?? { name: '', arguments: '' }
      call.name ||= delta.name ?? ''
      call.arguments += delta.arguments ?? ''
      this.#reported.set(delta.index, call)
    }
    out.push(delta)
  }

  #sort(news: readonly Delta[], out: Delta[]): void {
    for (const delta of news) {
      if (delta.type === 'tool-call') this.#leaked.push(delta)
      else if (delta.type === 'text') {
        const text = this.#suspicion.pass(delta.text)
        if (text !== '') out.push({ type: 'text', text })
      } else out.push(delta)
    }
  }
}

/** The same for two calls that ask for the same, however their JSON is written. */
function fingerprint({
  name = '',
  arguments: text = '',
}: {
  readonly name?: string
  readonly arguments?: string
}): string {
  try {
    return `${name} ${JSON.stringify(JSON.parse(text || '{}'), sorted)}`
  } catch {
    return `${name} ${text}`
  }
}

const sorted = (_key: string, value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value
