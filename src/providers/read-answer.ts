import type { Delta } from '../core/delta.ts'
import { type Reader, WireError } from '../dialects/dialect.ts'
import type { Frames, OnPayload } from '../lib/framing.ts'
import { WholeJson, isJson } from '../lib/whole-json.ts'
import type { Watchdog } from '../lib/watchdog.ts'
import type { HttpReply } from './transport.ts'

/** What is wrong with an answer. */
export type Flaw =
  /** The connection was closed before it was whole. */
  | { readonly type: 'cut' }
  /** It is no chat answer. */
  | { readonly type: 'unreadable'; readonly text: string }
  /** Its status is none of success. */
  | {
      readonly type: 'refused'
      readonly text: string
      readonly location: string | undefined
      readonly retryAfter: number | undefined
      /** The error's type, where a header tells it. */
      readonly errorType?: string | undefined
    }

/** An answer that is none; failure.ts finds the words for it. */
export class FlawedAnswer extends Error {
  override readonly name = 'FlawedAnswer'
  readonly flaw: Flaw

  constructor(flaw: Flaw) {
    super(flaw.type)
    this.flaw = flaw
  }
}

/** The news of an answer, piece by piece. */
export class AnswerBody {
  readonly #reply: HttpReply
  readonly #reader: Reader
  readonly #watchdog: Watchdog
  readonly #idle: number
  readonly #onPayload: OnPayload = (payload, event) => this.#take(payload, event)
  #framer: Frames | undefined
  #batch: Delta[] = []
  #garbage: string | undefined
  #failure: { readonly error: unknown } | undefined
  #hasBegun = false
  #isOver = false

  constructor(
    reply: HttpReply,
    reader: Reader,
    watchdog: Watchdog,
    idle: number,
    framer?: (onPayload: OnPayload) => Frames,
  ) {
    this.#reply = reply
    this.#reader = reader
    this.#watchdog = watchdog
    this.#idle = idle
    this.#framer = framer?.(this.#onPayload)
  }

  /** All the news of the next piece that brings any; undefined at the end. */
  async next(): Promise<readonly Delta[] | undefined> {
    const reply = this.#reply
    while (!this.#isOver) {
      try {
        if (this.#hasBegun) this.#watchdog.watch('idle', this.#idle)
        const bytes = await reply.read()
        this.#hasBegun = true
        // Who reads slowly is not to blame the server for it.
        this.#watchdog.rest()
        if (bytes) (this.#framer ??= await framerFor(bytes, this.#onPayload)).feed(bytes)
        if (this.#garbage !== undefined) throw new FlawedAnswer({ type: 'unreadable', text: this.#garbage })
        if (!bytes || this.#reader.isOver) this.#finish()
      } catch (error) {
        this.#break(error)
      }
      if (this.#batch.length > 0) {
        const batch = this.#batch
        this.#batch = []
        return batch
      }
    }
    if (this.#failure) throw this.#failure.error
    return undefined
  }

  #take(payload: string, event?: string): void {
    if (this.#garbage !== undefined) return // the answer has a hole: what follows it is no part of it
    try {
      this.#reader.read(payload, this.#batch, event)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      this.#garbage = payload
    }
  }

  /** The body has ended, or nothing more of it matters. */
  #finish(): void {
    this.#isOver = true
    const { framing, text } = this.#framer?.end() ?? NOTHING
    this.#reader.end(this.#batch)
    if (this.#reader.isComplete) return
    const isCut = framing === 'events' || (framing === 'json' && this.#garbage !== undefined)
    throw new FlawedAnswer(isCut ? { type: 'cut' } : { type: 'unreadable', text })
  }

  /** What came before an error in the same piece is news too; the error follows it. */
  #break(error: unknown): void {
    const isOfServer = error instanceof WireError || error instanceof FlawedAnswer
    if (this.#isOver || isOfServer || !this.#reader.isComplete) {
      this.#isOver = true
      this.#failure = { error }
      return
    }
    // A server that has said all and then drops the connection has still said all.
    this.#finish()
  }
}

const NOTHING = { framing: 'empty', text: '' } as const

let framing: typeof import('../lib/framing.ts') | undefined

/** What cuts a body that begins so; whoever never streams never loads what reads streams. */
async function framerFor(bytes: Uint8Array, onPayload: OnPayload): Promise<Frames> {
  if (isJson(bytes)) return new WholeJson(onPayload)
  framing ??= await import('../lib/framing.ts')
  return new framing.Framer(onPayload)
}
