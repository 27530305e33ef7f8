/** How many are under way at once where nobody has said. */
const START = 10
const MOST = 512

/**
 * How many requests may be under way at once: more while answers take no longer than they did, at first twice as many each time, later a
 * few; fewer when the server refuses. Times are milliseconds.
 */
export class Crowd {
  #limit = START
  #active = 0
  /** Those of the window: how many have left, the time they took in sum, and whether there were ever as many as may be. */
  #left = 0
  #time = 0
  #wasFull = false
  /** The shortest mean time of a window so far. */
  #best = Infinity
  #isStarting = true
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
    if (this.#left < this.limit) return
    this.#judge()
    this.#left = 0
    this.#time = 0
    this.#wasFull = false
  }

  /** Fewer at once; only for what was sent since the last time, as what was under way then says nothing new. False for that. */
  cut(entered: number, now: number, share: number): boolean {
    if (entered < this.#lastCut) return false
    this.#lastCut = now
    this.#isStarting = false
    this.#limit = Math.max(1, this.#limit * share)
    return true
  }

  #judge(): void {
    const mean = this.#time / this.#left
    this.#best = Math.min(this.#best, mean)
    if (!this.#wasFull) return
    // Answers that take longer wait in a queue of the server: more at once would only make it longer.
    const slower = mean / this.#best
    if (slower > 2) this.#isStarting = false
    if (this.#isStarting) this.#limit *= 2
    else if (slower < 3) this.#limit += Math.max(1, this.#limit / 10)
    else if (slower > 6) this.#limit = Math.max(START, this.#limit * 0.9)
    this.#limit = Math.min(MOST, this.#limit)
    // What was fastest once may have been a happy day.
    this.#best *= 1.01
  }
}
