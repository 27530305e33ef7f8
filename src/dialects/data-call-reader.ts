import type { Delta } from '../core/delta.ts'
import type { Reader } from './dialect.ts'

/** Reads an answer whose data comes as the arguments of a call: they are handed on as its text. */
export class DataCallReader implements Reader {
  readonly #reader: Reader
  #index: number | undefined

  constructor(reader: Reader) {
    this.#reader = reader
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
  }

  #pass(news: readonly Delta[], out: Delta[]): void {
    for (const delta of news) {
      if (delta.type === 'tool-call') {
        this.#index ??= delta.index
        if (delta.index === this.#index && delta.arguments) out.push({ type: 'text', text: delta.arguments })
      } else if (delta.type === 'finish' && delta.reason === 'tool-calls')
        out.push({ ...delta, reason: 'stop' })
      else out.push(delta)
    }
  }
}
