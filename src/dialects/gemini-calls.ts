import type { Delta } from '../core/delta.ts'
import { GeminiArguments } from './gemini-arguments.ts'
import { marked } from './gemini-opaque.ts'

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Numbers the calls of an answer. They come whole, or, where `streamFunctionCallArguments` was asked for, as a name, pieces of
 * arguments, and an empty call that ends them.
 */
export class GeminiCalls {
  #count = 0
  #open: GeminiArguments | undefined

  /** How many calls there are. */
  get count(): number {
    return this.#count
  }

  /** Takes in the `functionCall` of a part. */
  push(call: JsonObject, thoughtSignature: unknown, out: Delta[]): void {
    const name = typeof call.name === 'string' ? call.name : ''
    if (name === '') {
      this.#goOn(call, out)
      return
    }
    this.close(out)
    const id = typeof call.id === 'string' ? call.id : ''
    const isPartial =
      call.args === undefined && (call.willContinue === true || call.partialArgs !== undefined)
    out.push({
      type: 'tool-call',
      index: this.#count++,
      ...(id && { id }),
      name,
      // Half an object is no JSON: a call that breaks off here is never taken for one without arguments.
      arguments: isPartial ? '{' : spelled(call.args),
      opaque: marked({
        ...(id && { id }),
        ...(typeof thoughtSignature === 'string' && { thoughtSignature }),
      }),
    })
    if (!isPartial) return
    this.#open = new GeminiArguments()
    this.#goOn(call, out)
  }

  /** Ends a call that is still open. */
  close(out: Delta[]): void {
    if (!this.#open) return
    out.push({ type: 'tool-call', index: this.#count - 1, arguments: this.#open.json.slice(1) })
    this.#open = undefined
  }

  #goOn(call: JsonObject, out: Delta[]): void {
    if (Array.isArray(call.partialArgs)) for (const piece of call.partialArgs) this.#open?.push(piece)
    if (call.willContinue !== true) this.close(out)
  }
}

/** Arguments as JSON text; text that a model wrote instead of an object stays as it is. */
const spelled = (args: unknown): string =>
  args === undefined ? '' : typeof args === 'string' ? args : JSON.stringify(args)
