/** Longer than this it is no call that went wrong but an answer that speaks of one, in characters. */
const LONGEST = 4000

/**
 * Looks in a text, piece by piece, for what only looks like a call of a known tool: `get_weather(city=`, `"name": "get_weather"`. From
 * there on the text is held back until it is known whether the answer ends with it.
 */
export class Suspicion {
  readonly #start: RegExp
  readonly #alone: RegExp
  /** How much of the text before must be seen again to find a start that was cut. */
  readonly #reach: number
  #tail = ''
  /** The beginning of the call, where it was shown before it could be told that it is one. */
  #shown = ''
  #held: string | undefined
  #isOver = false

  constructor(names: readonly string[]) {
    const any = names.map((name) => name.replaceAll(/[^\w]/g, '\\$&')).join('|')
    const call = `(?<![\\w.])(?:${any})\\s?\\(\\s?(?:\\{|['"]|\\w{1,40}\\s?[=:])`
    const json = `"(?:name|tool|function)"\\s?:\\s?"(?:${any})"`
    this.#start = new RegExp(`${call}|${json}|<function=(?:${any})`)
    // A call and nothing said after it; it may lack its end.
    const inside = `(?:[^()"']|"[^"]*(?:"|$)|'[^']*(?:'|$)|\\([^()]*\\))*`
    this.#alone = new RegExp(
      `^(?:(?:${any})\\s?\\(${inside}\\)?[\\s\`)}\\]>;.]*|["<][^]*["'}\\]>]\\s*\`*\\s*)$`,
    )
    // As long as the longest start.
    this.#reach = Math.max(0, ...names.map(({ length }) => length)) + 48
    this.#isOver = names.length === 0
  }

  /** The part of a piece that can be shown. */
  pass(text: string): string {
    if (this.#isOver) return text
    if (this.#held !== undefined) {
      this.#held += text
      return this.#unlessLong('')
    }
    const seen = this.#tail + text
    const found = this.#start.exec(seen)
    // The dot stands for what was cut off: a start is no start behind another word.
    this.#tail = seen.length > this.#reach ? `.${seen.slice(-this.#reach)}` : seen
    if (!found) return text
    // What was shown already stays shown.
    const at = Math.max(0, found.index - (seen.length - text.length))
    this.#held = text.slice(at)
    this.#shown =
      found.index < seen.length - text.length ? seen.slice(found.index, seen.length - text.length) : ''
    return this.#unlessLong(text.slice(0, at))
  }

  #unlessLong(shown: string): string {
    const held = this.#held ?? ''
    if (this.#shown.length + held.length <= LONGEST) return shown
    this.#isOver = true
    return shown + held
  }

  /** What was held back, and whether it is a call and nothing else; undefined where nothing was. */
  end(): { readonly text: string; readonly isCall: boolean } | undefined {
    const text = this.#held
    if (text === undefined || this.#isOver) return undefined
    this.#isOver = true
    return { text, isCall: this.#alone.test(this.#shown + text) }
  }
}
