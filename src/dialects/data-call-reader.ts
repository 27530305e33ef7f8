import type { Delta } from '../core/delta.ts'
import { ReaderOver } from './reader-over.ts'

/** Reads an answer whose data comes as the arguments of a call: they are handed on as its text. */
export class DataCallReader extends ReaderOver {
  #index: number | undefined

  protected pass(delta: Delta, out: Delta[]): void {
    if (delta.type === 'tool-call') {
      this.#index ??= delta.index
      if (delta.index === this.#index && delta.arguments) out.push({ type: 'text', text: delta.arguments })
    } else if (delta.type === 'finish' && delta.reason === 'tool-calls')
      out.push({ ...delta, reason: 'stop' })
    else out.push(delta)
  }
}
