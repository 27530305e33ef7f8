import { ChatError } from '../core/errors.ts'
import { Allowance } from '../lib/allowance.ts'
import { backoff } from '../lib/backoff.ts'
import { Crowd } from './crowd.ts'
import { type Refill, type Room, refillOf, roomsOf } from './rate-headers.ts'
import { type Entry, Tempo } from './tempo.ts'

/** What the caller knows of its limits. */
export interface PaceLimits {
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
  /** So many may be under way at once, from the beginning. */
  readonly maxActive?: number | undefined
}

/** One who waits to send. */
interface Waiter {
  readonly tokens: number
  readonly enter: (entry: Entry) => void
  hasLeft: boolean
}

/** The longest wait for all: a server that wants a longer one has refused. Hugging Face counts by five minutes. In milliseconds. */
const LONGEST_PAUSE = 10 * 60_000

/** A request may take so long to be counted, in milliseconds. */
const TRAVEL = 100

/** For how long nobody is to ask again after an error, 0 where it does not say; undefined where it does not ask for that. */
export function pauseOf(error: unknown): number | undefined {
  if (!ChatError.is(error, 'rate-limited')) return undefined
  const { retryAfter = 0 } = error
  return retryAfter > LONGEST_PAUSE ? undefined : retryAfter
}

type Kind = 'requests' | 'tokens'
const KINDS = ['requests', 'tokens'] as const

/**
 * How fast one account may ask one model, for all of this process: as many at once as go well, no more for each minute than the caller and
 * the server's headers allow, and nobody while the server has told one to wait.
 */
export class Pace {
  readonly #crowd = new Crowd()
  readonly #tempo = new Tempo()
  readonly #wishes = new Set<PaceLimits>()
  readonly #asked: Partial<Record<Kind, Allowance>> = {}
  readonly #told: Partial<Record<Kind, Allowance>> = {}
  readonly #refills: Partial<Record<Kind, Refill | undefined>> = {}
  #queue: Waiter[] = []
  /** Until when nobody sends. */
  #until = 0
  /** How often in a row the server refused without saying for how long. */
  #refusals = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** How many may be under way at once. */
  get limit(): number {
    return this.#crowd.limit
  }

  /** For how long nobody sends, in milliseconds. */
  get pause(): number {
    return Math.max(0, this.#until - performance.now())
  }

  /** Whether it matters how many tokens a request takes. */
  get countsTokens(): boolean {
    return this.#asked.tokens !== undefined || this.#told.tokens !== undefined
  }

  /** Keeps to these limits too, the strictest of all who ask; until the function it gives is called. */
  join(limits: PaceLimits): () => void {
    this.#wishes.add(limits)
    this.#crowd.welcome(limits.maxActive)
    this.#settle()
    return () => {
      this.#wishes.delete(limits)
      this.#settle()
    }
  }

  /** Waits for a turn; whoever has had one must `leave`. */
  async enter(tokens: number, signal: AbortSignal | undefined): Promise<Entry> {
    const now = performance.now()
    if (this.#queue.length === 0 && this.#wait(tokens, now) === 0) return this.#admit(tokens, now)
    return new Promise<Entry>((resolve, reject) => {
      const abort = (): void => {
        waiter.hasLeft = true
        reject(signal?.reason)
        this.#pump()
      }
      const enter = (entry: Entry): void => {
        signal?.removeEventListener('abort', abort)
        resolve(entry)
      }
      const waiter: Waiter = { tokens, enter, hasLeft: false }
      if (signal?.aborted) return abort()
      signal?.addEventListener('abort', abort, { once: true })
      this.#queue.push(waiter)
      this.#pump()
    })
  }

  /** Hears what the headers of the answer to a request say. */
  heard(entry: Entry, header: (name: string) => string | undefined): void {
    const rooms = roomsOf(header, Date.now())
    const later = this.#tempo.after(entry)
    for (const kind of KINDS) {
      const room = rooms[kind]
      // It was counted when the request came, so it knows nothing of those that came later.
      if (room) this.#learn(kind, room, later[kind], entry.at)
    }
  }

  /** A request that was let in is over, with this error if it failed. */
  leave(entry: Entry, error: unknown): void {
    const now = performance.now()
    const pause = pauseOf(error)
    if (pause !== undefined) this.#slow(entry, pause, now)
    else if (ChatError.is(error, 'overloaded')) this.#crowd.cut(entry.at, now, 0.5)
    else if (error === undefined) this.#refusals = 0
    this.#crowd.leave(error === undefined ? now - entry.at : undefined)
    this.#pump()
  }

  /** A request took so many tokens more than was said, or fewer. */
  correct(tokens: number): void {
    // What the server counts it tells by itself.
    this.#asked.tokens?.take(tokens, performance.now())
  }

  #slow(entry: Entry, pause: number, now: number): void {
    const isNews = this.#crowd.cut(entry.at, now, 0.8)
    if (isNews) this.#refusals++
    this.#tempo.refuse(entry, isNews)
    // Where the server does not say for how long, each wait is longer than the one before.
    this.#until = Math.max(this.#until, now + (pause || backoff(Math.max(1, this.#refusals))))
  }

  #learn(kind: Kind, room: Room, later: number, at: number): void {
    const { left, reset, isWindow } = room
    const now = performance.now()
    const allowance = (this.#told[kind] ??= new Allowance(0, now))
    // One that comes back at once is waited for; until then there is what is left, and afterwards nobody knows before the next answer.
    if (isWindow && left === 0 && reset <= LONGEST_PAUSE) this.#until = Math.max(this.#until, now + reset)
    const known = isWindow ? undefined : (this.#refills[kind] = refillOf(room, this.#refills[kind]))
    if (known) {
      if (kind === 'requests') this.#crowd.hear(known.perMs)
      allowance.set(left - later, known.perMs, known.limit, Math.min(now, at + TRAVEL))
    } else allowance.set(Infinity, 0, Infinity, now)
  }

  #settle(): void {
    const now = performance.now()
    for (const kind of KINDS) {
      const given = [...this.#wishes].flatMap((wish) => wish[`${kind}PerMinute`] ?? [])
      const least = given.length > 0 ? Math.min(...given) : undefined
      if (least === undefined) delete this.#asked[kind]
      else if (this.#asked[kind]?.perMinute !== least) this.#asked[kind] = new Allowance(least, now)
    }
    this.#pump()
  }

  /** How long a request must wait; Infinity for one that waits for another to leave. */
  #wait(tokens: number, now: number): number {
    if (this.#crowd.isFull) return Infinity
    let wait = Math.max(this.#until - now, this.#tempo.wait(now))
    for (const allowances of [this.#asked, this.#told]) {
      wait = Math.max(wait, allowances.requests?.wait(1, now) ?? 0, allowances.tokens?.wait(tokens, now) ?? 0)
    }
    return Math.max(0, wait)
  }

  #admit(tokens: number, now: number): Entry {
    this.#crowd.enter()
    for (const allowances of [this.#asked, this.#told]) {
      allowances.requests?.take(1, now)
      allowances.tokens?.take(tokens, now)
    }
    return this.#tempo.enter(tokens, now)
  }

  /** Lets in whose turn it is. */
  #pump(): void {
    clearTimeout(this.#timer)
    const now = performance.now()
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      if (!next.hasLeft) {
        const wait = this.#wait(next.tokens, now)
        if (wait > 0) {
          if (wait < Infinity) this.#timer = setTimeout(() => this.#pump(), Math.min(wait, 60_000))
          return
        }
        next.enter(this.#admit(next.tokens, now))
      }
      this.#queue.shift()
    }
  }
}
