/** So much of something for each minute, growing back steadily. All times are milliseconds of one clock. */
export class Allowance {
  #left: number
  #perMs: number
  /** What is not used is not saved beyond this. */
  #most: number
  #at: number

  /** What may be used at once is that of a tenth of a second: no minute sees more than its share. */
  constructor(perMinute: number, now: number) {
    this.#perMs = perMinute / 60_000
    this.#most = Math.max(1, perMinute / 600)
    this.#left = this.#most
    this.#at = now
  }

  /** How much there is in a minute. */
  get perMinute(): number {
    return this.#perMs * 60_000
  }

  /** What somebody else's count says: so much is left, it grows by this for each millisecond, and never beyond `most`. */
  set(left: number, perMs: number, most: number, now: number): void {
    this.#left = left
    this.#perMs = perMs
    this.#most = most
    this.#at = now
  }

  /** How long to wait until so much may be used; one that is larger than all there can be waits for that. */
  wait(amount: number, now: number): number {
    const missing = Math.min(amount, this.#most) - this.#now(now)
    return missing <= 0 ? 0 : this.#perMs > 0 ? missing / this.#perMs : Infinity
  }

  /** Uses so much; less than nothing may be left. A negative amount gives back what was not used after all. */
  take(amount: number, now: number): void {
    this.#left = Math.min(this.#most, this.#now(now) - amount)
    this.#at = now
  }

  #now(now: number): number {
    return Math.min(this.#most, this.#left + Math.max(0, now - this.#at) * this.#perMs)
  }
}
