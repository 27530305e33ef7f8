/** A set of whole numbers from 0, a bit for each up to the largest. */
export class BitSet {
  #bytes = new Uint8Array(64)

  /** Adds a number; false where it was there already. */
  add(number: number): boolean {
    const at = number >>> 3
    const bit = 1 << (number & 7)
    if (at >= this.#bytes.length) {
      const larger = new Uint8Array(Math.max(at + 1, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    const before = this.#bytes[at] ?? 0
    this.#bytes[at] = before | bit
    return (before & bit) === 0
  }

  has(number: number): boolean {
    return ((this.#bytes[number >>> 3] ?? 0) & (1 << (number & 7))) !== 0
  }
}
