import { ChatError } from '../core/errors.ts'
import { Halt } from '../lib/halt.ts'
import type { Leash, Line } from './line.ts'

/** What may be stopped. */
export interface Watched {
  readonly line: Line
  readonly signal?: AbortSignal | undefined
  /** Lets the reader of the answer give it up while a piece of it is awaited. */
  readonly leash?: Leash | undefined
}

/** Those who may stop a request in any of its tries: the caller's signal, whoever holds the leash, the total limit. */
export class Watch {
  readonly halt = new Halt()
  readonly #signal: AbortSignal | undefined
  readonly #abort: () => void
  readonly #timer: ReturnType<typeof setTimeout> | undefined

  constructor({ line, signal, leash }: Watched) {
    const { halt } = this
    const { total } = line.timeouts
    this.#signal = signal
    this.#abort = () => halt.stop(stopped(line, signal?.reason))
    signal?.addEventListener('abort', this.#abort, { once: true })
    if (leash) leash.pull = () => halt.stop(stopped(line, undefined))
    if (total > 0) this.#timer = setTimeout(() => tooLate(halt, 'total', total, line.provider.name), total)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#abort)
  }
}

/** The error for what the caller has stopped. */
export const stopped = ({ provider }: Line, cause: unknown): ChatError =>
  new ChatError('The request was aborted by the caller.', { code: 'aborted', provider: provider.name, cause })

/** Stops what took too long; the words for it are loaded then. */
export const tooLate = (halt: Halt, ...facts: Parameters<typeof import('./timed-out.ts').timedOut>): void =>
  void import('./timed-out.ts').then(({ timedOut }) => halt.stop(timedOut(...facts)))
