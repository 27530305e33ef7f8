import type { Delta } from '../core/delta.ts'
import type { Reader } from './dialect.ts'

/** A reader that reads with another one, and hands on what it makes of its news. */
export abstract class ReaderOver implements Reader {
  readonly #reader: Reader

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
      // What came before an error in the same payload is news too.
      for (const delta of news) this.pass(delta, out)
    }
  }

  end(out: Delta[]): void {
    const news: Delta[] = []
    this.#reader.end(news)
    for (const delta of news) this.pass(delta, out)
  }

  /** Hands on what becomes of one delta. */
  protected abstract pass(delta: Delta, out: Delta[]): void
}
