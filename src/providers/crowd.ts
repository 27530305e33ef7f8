/** How many are under way at once where nobody has said. */
const START = 10
const MOST = 512
/** An answer that takes so many times as long as the best did is a slow one. */
const SLOW = 2

/**
 * How many requests may be under way at once: more while answers take no longer than they did, at first twice as many each time, later a
 * few; fewer when the server refuses. Times are milliseconds.
 */
export class Crowd {
  #limit = START
  #active = 0
  /** Those of the window: how many it is of, how many have left, the time they took in sum, and whether there were ever as many as may be. */
  #size = START
  #left = 0
  #time = 0
  #wasFull = false
  /** The shortest mean time of a window so far. */
  #best = Infinity
  #isStarting = true
  /** How many a millisecond the server says that it takes; 0 where it does not say. */
  #rate = 0
  #lastCut = -Infinity

  /** How many may be under way at once. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  /** Whether one more would be too many. */
  get isFull(): boolean {
    return this.#active >= this.limit
  }

  /** At least so many from now on, as the caller knows that they may. */
  welcome(count = 0): void {
    this.#limit = Math.max(this.#limit, count)
  }

  /** The server has told how many a millisecond it takes. */
  hear(rate: number): void {
    this.#rate = rate
  }

  /** One more is under way. */
  enter(): void {
    this.#active++
    // Some are always between two requests.
    this.#wasFull ||= this.#active >= this.#limit * 0.75
  }

  /** One has left, after this time if its answer is whole. */
  leave(took: number | undefined): void {
    this.#active--
    if (took === undefined) return
    this.#left++
    this.#time += took
    // With each answer: whoever waited for the last of a window would wait for one that failed and was asked again.
    if (this.#isStarting && this.#wasFull && took < this.#best * SLOW) {
      // Fewer at once than come and go in the time of an answer cannot use what they may.
      const needed = this.#rate * Math.min(this.#best, this.#time / this.#left)
      this.#grow(Math.max(1, needed - this.#limit))
    }
    if (this.#left >= this.#size) this.#judge()
  }

  /** Fewer at once; only for what was sent since the last time, as what was under way then says nothing new. False for that. */
  cut(entered: number, now: number, share: number): boolean {
    if (entered < this.#lastCut) return false
    this.#lastCut = now
    this.#isStarting = false
    this.#limit = Math.max(1, this.#limit * share)
    return true
  }

  #grow(count: number): void {
    this.#limit = Math.min(MOST, this.#limit + count)
  }

  /** Looks back at a window, and begins the next. */
  #judge(): void {
    const mean = this.#time / this.#left
    this.#best = Math.min(this.#best, mean)
    if (this.#wasFull) this.#heed(mean / this.#best)
    this.#size = this.limit
    this.#left = 0
    this.#time = 0
    this.#wasFull = false
  }

  /** Answers that take longer wait in a queue of the server: more at once would only make it longer. */
  #heed(slower: number): void {
    if (slower > SLOW) this.#isStarting = false
    if (!this.#isStarting) {
      if (slower < 3) this.#grow(Math.max(1, this.#limit / 10))
      else if (slower > 6) this.#limit = Math.max(START, this.#limit * 0.9)
    }
    // What was fastest once may have been a happy day.
    this.#best *= 1.01
  }
}
