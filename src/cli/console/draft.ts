const FENCE = '"""'

/** A prompt that is being written, line by line: text between `"""` may have many lines, and so may what is pasted. */
export class Draft {
  #lines: string[] = []
  #isFenced = false
  #isPasted = false

  /** Whether more lines are to come. */
  get isOpen(): boolean {
    return this.#isFenced || this.#isPasted
  }

  /** Whether nothing was written yet. */
  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  /** Takes a line that was typed, or one that is part of a paste and so does not end the prompt. */
  add(line: string, isPasted = false): void {
    this.#isPasted = isPasted
    const wasFenced = this.#isFenced
    let text = line
    if (this.isEmpty && !wasFenced && text.trimStart().startsWith(FENCE)) {
      this.#isFenced = true
      text = text.trimStart().slice(FENCE.length)
    }
    if (this.#isFenced && text.trimEnd().endsWith(FENCE)) {
      this.#isFenced = false
      text = text.trimEnd().slice(0, -FENCE.length)
      // A fence on a line of its own is no line of the prompt.
      if (text === '' && wasFenced) return
    }
    if (text !== '' || wasFenced || !this.#isFenced) this.#lines.push(text)
  }

  /** The prompt, and a new start. */
  take(): string {
    const text = this.#lines.join('\n').trim()
    this.clear()
    return text
  }

  /** Forgets what was written. */
  clear(): void {
    this.#lines = []
    this.#isFenced = this.#isPasted = false
  }
}
