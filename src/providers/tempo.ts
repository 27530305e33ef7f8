/** A request that was let through. */
export interface Entry {
  /** In milliseconds of `performance.now()`. */
  readonly at: number
  /** How many were let through before it, and how many tokens they were to take with it. */
  readonly nth: number
  readonly tokens: number
}

/** How fast a rate grows that nobody has refused yet, the longer the faster, and one that was too fast somewhere above; for each second. */
const SEARCH = 0.03
const APPROACH = 0.02
/** One that is known well grows so much, the longer the faster: a limit may have been raised, or somebody else have gone. */
const LEAST = 0.0001
/** When nothing was sent for longer than that, in milliseconds, nothing was tried either. */
const STILL = 100
/** How much of what a pause has saved up is used. */
const SAVED = 0.95
/** Two measurements that agree are believed. */
const AGREEMENT = 0.1

/**
 * The rate that a server takes, learned from its refusals: between two of them it has let through what its limit allows, and the rate
 * at which it refuses is too fast. What was not used while it wanted a pause may be used at once afterwards, as most servers count so.
 */
export class Tempo {
  #count = 0
  #tokens = 0
  /** The last time it ran dry: the request that met it, and how many were refused since. */
  #mark: Entry | undefined
  #refused = 0
  #measured: number | undefined
  /** Requests a millisecond: what is let through, and what was too fast. */
  #rate: number | undefined
  #ceiling: number | undefined
  /** For how long nobody was refused, in seconds. */
  #calm = 0
  /** When the last one was let through. */
  #last = 0
  /** What may be used at once, the most that may be saved up for that, and when it was counted. */
  #credit = 0
  #most = Infinity
  #at = 0
  /** Those let through since the last pause. */
  #since = 0

  /** How long the next one must wait. */
  wait(now: number): number {
    if (this.#rate === undefined) return 0
    this.#advance(now)
    return this.#credit >= 1 ? 0 : (1 - this.#credit) / this.#rate
  }

  /** Lets one through that is to take so many tokens. */
  enter(tokens: number, now: number): Entry {
    this.#advance(now)
    this.#grow(Math.min(now - this.#last, STILL))
    this.#last = now
    this.#credit--
    this.#since++
    this.#tokens += tokens
    return { at: now, nth: this.#count++, tokens: this.#tokens }
  }

  /** What was let through after this one. */
  after(entry: Entry): { readonly requests: number; readonly tokens: number } {
    return { requests: this.#count - 1 - entry.nth, tokens: this.#tokens - entry.tokens }
  }

  /** One was refused; `isNews` where it was sent after what is known of the last refusals. */
  refuse(entry: Entry, isNews: boolean): void {
    const mark = this.#mark
    if (isNews) {
      if (mark) this.#learn(mark, entry)
      this.#mark = entry
      this.#refused = 0
      this.#since = 0
      this.#at = Math.max(this.#at, entry.at)
      this.#credit = 0
      this.#calm = 0
    } else if (mark && entry.nth > mark.nth) this.#refused++
  }

  #learn(mark: Entry, entry: Entry): void {
    const passed = entry.nth - mark.nth - this.#refused
    const span = entry.at - mark.at
    if (this.#rate !== undefined && this.#credit > Math.max(1, this.#since / 3)) {
      // It was refused though there should have been more: the server saves less than that.
      this.#most = Math.max(1, Math.min(this.#most, this.#since))
      return
    }
    if (span <= 0 || passed < 1) return
    const measured = passed / span
    const isSure = this.#measured !== undefined && Math.abs(measured / this.#measured - 1) < AGREEMENT
    this.#ceiling = this.#rate
    const least = isSure ? (measured + (this.#measured ?? measured)) / 2 : measured
    this.#rate = isSure || this.#ceiling === undefined ? least : Math.max(least, this.#ceiling * 0.9)
    this.#measured = measured
  }

  #advance(now: number): void {
    const passed = Math.max(0, now - this.#at)
    this.#at = Math.max(this.#at, now)
    if (this.#rate === undefined) return
    const most = Math.max(1, Math.min(this.#most, this.#rate * LONGEST_SAVING))
    // A little less than what a pause has saved up: who takes the last of it is refused again at once.
    const share = passed > STILL ? SAVED : 1
    this.#credit = Math.min(most, this.#credit + passed * this.#rate * share)
  }

  /** Tries a little more, after so much time in which all went well. */
  #grow(ms: number): void {
    if (this.#rate === undefined) return
    const seconds = ms / 1000
    this.#calm += seconds
    const gap =
      this.#ceiling === undefined ? this.#rate * SEARCH * this.#calm : (this.#ceiling - this.#rate) * APPROACH
    this.#rate += Math.max(this.#rate * LEAST * this.#calm, gap) * seconds
  }
}

/** More than that is not saved up, in milliseconds. */
const LONGEST_SAVING = 60_000
