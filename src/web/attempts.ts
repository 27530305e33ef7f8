/** How many wrong words one address may say in a while, and all of them together. */
const MOST = 10
const MOST_OF_ALL = 100
/** How long a while is, in milliseconds. */
const WHILE = 60_000

/** Wrong tokens and passwords of late, so that nobody can guess at them for long. */
export class Attempts {
  #failures: { readonly from: string; readonly at: number }[] = []
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** How long an address must wait before it may try again, in milliseconds; 0 for not at all. */
  wait(from: string): number {
    const since = this.#now() - WHILE
    this.#failures = this.#failures.filter(({ at }) => at > since)
    const own = this.#failures.filter((failure) => failure.from === from)
    const oldest =
      own.length >= MOST ? own[0] : this.#failures.length >= MOST_OF_ALL ? this.#failures[0] : undefined
    return oldest ? oldest.at - since : 0
  }

  fail(from: string): void {
    this.#failures.push({ from, at: this.#now() })
  }
}
