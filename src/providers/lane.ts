import type { Usage } from '../core/usage.ts'
import { type Pace, pauseOf } from './pace.ts'
import { pauseAfter } from './pause-after.ts'
import { type Answer, type Call, Sending } from './sending.ts'
import type { Entry } from './tempo.ts'
import type { HttpReply } from './transport.ts'
import { Watch, stopped } from './watch.ts'

/** A token is about four characters of a request's body. */
const CHARACTERS = 4
/** How often one request may be refused for coming too early. */
const MOST_REFUSALS = 100

/** Who lets requests through: the pace of this process, or one that asks others too. */
export type Turnstile = Pick<Pace, 'countsTokens' | 'enter' | 'heard' | 'leave' | 'correct'>

/** The way of one conversation through a pace: its requests go one after another. */
export class Lane {
  readonly #pace: Turnstile
  readonly #outputs: { readonly expected: number }
  #entry: Entry | undefined
  #promised = 0
  #count = 0

  /** `outputs.expected` is how many tokens an answer takes, as far as that is known. */
  constructor(pace: Turnstile, outputs: { readonly expected: number }) {
    this.#pace = pace
    this.#outputs = outputs
  }

  /** How many requests were sent. */
  get count(): number {
    return this.#count
  }

  /** Hears of an answer when its head has come. */
  heard(reply: HttpReply): void {
    if (this.#entry) this.#pace.heard(this.#entry, (name) => reply.header(name))
  }

  /** What the last answer took indeed. */
  book(usage: Usage | undefined): void {
    if (this.#promised === 0 || usage?.input === undefined || usage.output === undefined) return
    this.#pace.correct(usage.input + usage.output - this.#promised)
    this.#promised = 0
  }

  /**
   * Sends when it is its turn, and again as `send` does. What came too early waits with all others, which is no failure of this request.
   * @throws ChatError
   */
  async send(call: Call): Promise<Answer> {
    // Before the clock starts: how long one waits for a turn is nobody's fault.
    await this.#enter(call)
    const watch = new Watch(call)
    try {
      if (call.delay) await watch.halt.sleep(call.delay)
      for (let attempt = 1, refusals = 1; ;) {
        const sending = new Sending(call, watch)
        try {
          await sending.begin()
          return this.#watched(sending)
        } catch (error) {
          this.#leave(error)
          const isEarly = pauseOf(error) !== undefined && refusals++ < MOST_REFUSALS
          if (!isEarly) await watch.halt.sleep(await pauseAfter(error, attempt++, call))
          await this.#enter(call)
        }
      }
    } catch (error) {
      watch.end()
      this.#leave(error)
      throw error
    }
  }

  async #enter({ line, wire, signal }: Call): Promise<void> {
    this.#promised = this.#pace.countsTokens
      ? Math.ceil(JSON.stringify(wire.body).length / CHARACTERS + this.#outputs.expected)
      : 0
    try {
      this.#entry = await this.#pace.enter(this.#promised, signal)
    } catch (error) {
      throw signal?.aborted ? stopped(line, signal.reason) : error
    }
    this.#count++
  }

  /** An answer that makes room for another at its end. */
  #watched(answer: Answer): Answer {
    const next = async (): ReturnType<Answer['next']> => {
      try {
        const batch = await answer.next()
        if (!batch) this.#leave(undefined)
        return batch
      } catch (error) {
        this.#leave(error)
        throw error
      }
    }
    const close = (): void => {
      answer.close()
      this.#leave(undefined)
    }
    const { status, servedBy, requestId } = answer
    return { status, servedBy, requestId, next, close }
  }

  #leave(error: unknown): void {
    if (this.#entry) this.#pace.leave(this.#entry, error)
    this.#entry = undefined
  }
}
