import type { Usage } from '../core/usage.ts'
import type { Gate } from './line.ts'
import { type Pace, pauseOf } from './pace.ts'
import type { Entry } from './tempo.ts'

/** A token is about four characters of a request's body. */
const CHARACTERS = 4

/** The way of one conversation through a pace: its requests go one after another. */
export class Lane implements Gate {
  readonly #pace: Pace
  readonly #outputs: { readonly expected: number }
  #entered: Entry | undefined
  #promised = 0
  #count = 0

  /** `outputs.expected` is how many tokens an answer takes, as far as that is known. */
  constructor(pace: Pace, outputs: { readonly expected: number }) {
    this.#pace = pace
    this.#outputs = outputs
  }

  /** How many requests were sent. */
  get count(): number {
    return this.#count
  }

  async enter(body: Readonly<Record<string, unknown>>, signal: AbortSignal | undefined): Promise<void> {
    this.#promised = this.#pace.countsTokens
      ? Math.ceil(JSON.stringify(body).length / CHARACTERS) + this.#outputs.expected
      : 0
    this.#entered = await this.#pace.enter(this.#promised, signal)
    this.#count++
  }

  heard(header: (name: string) => string | undefined): void {
    if (this.#entered) this.#pace.heard(this.#entered, header)
  }

  isPause(error: unknown): boolean {
    return pauseOf(error) !== undefined
  }

  leave(error?: unknown): void {
    if (this.#entered === undefined) return
    this.#pace.leave(this.#entered, error)
    this.#entered = undefined
  }

  /** What the last answer took indeed. */
  book(usage: Usage | undefined): void {
    if (this.#promised === 0 || usage?.input === undefined || usage.output === undefined) return
    this.#pace.correct(usage.input + usage.output - this.#promised)
    this.#promised = 0
  }
}
