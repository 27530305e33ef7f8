/** Wakes those who wait for something to change. */
export class Bell {
  #waiting: (() => void)[] = []

  /** Wakes all who wait now. */
  ring(): void {
    if (this.#waiting.length === 0) return
    const woken = this.#waiting
    this.#waiting = []
    for (const wake of woken) wake()
  }

  /** Waits for the next ring. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
