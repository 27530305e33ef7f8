import type { Usage } from '../core/usage.ts'

/** What one more prompt is expected to take. */
export interface Expected {
  readonly tokens: number
  /** In US dollars; undefined as long as no price is known. */
  readonly dollars: number | undefined
}

/** What prompts take, learned from those that have been answered. */
export class Forecast {
  readonly #maxTokens: number | undefined
  #seen = 0
  #estimated = 0
  #input = 0
  #output = 0
  #dollars = 0
  #priced = 0
  #mostOutput = 0
  #mostRatio = 0
  #mostPrice = 0

  /** `maxTokens` is the limit of one answer, where there is one. */
  constructor(maxTokens: number | undefined) {
    this.#maxTokens = maxTokens
  }

  /** How many answers it has learned from. */
  get seen(): number {
    return this.#seen
  }

  /** How many tokens an answer takes on average; before the first one a guess. */
  get expected(): number {
    return this.#seen === 0 ? Math.min(this.#maxTokens ?? GUESS, GUESS) : this.#output / this.#seen
  }

  /** Learns from an answer; `estimated` is what its prompt was thought to take. */
  learn(estimated: number, { input, output }: Usage, cost: number | undefined): void {
    if (input === undefined || output === undefined) return
    this.#seen++
    this.#estimated += estimated
    this.#input += input
    this.#output += output
    this.#mostOutput = Math.max(this.#mostOutput, output)
    this.#mostRatio = Math.max(this.#mostRatio, input / Math.max(1, estimated))
    if (cost === undefined) return
    this.#priced++
    this.#dollars += cost
    this.#mostPrice = Math.max(this.#mostPrice, cost / Math.max(1, input + output))
  }

  /** The most that a prompt will take, judged by the dearest so far. */
  most(estimated: number): Expected {
    const output = Math.max(this.#mostOutput, this.#maxTokens ?? 0)
    const tokens = Math.ceil(estimated * this.#mostRatio + output)
    return { tokens, dollars: this.#priced > 0 ? tokens * this.#mostPrice : undefined }
  }

  /** What prompts will take together, judged by the average; undefined before there is one. */
  sum(
    estimated: number,
    prompts: number,
  ): { readonly input: number; readonly output: number; readonly dollars: number | undefined } | undefined {
    if (this.#seen === 0) return undefined
    const input = (estimated * this.#input) / Math.max(1, this.#estimated)
    const output = (prompts * this.#output) / this.#seen
    const perToken =
      this.#priced === this.#seen ? this.#dollars / Math.max(1, this.#input + this.#output) : undefined
    return {
      input: Math.round(input),
      output: Math.round(output),
      dollars: perToken === undefined ? undefined : perToken * (input + output),
    }
  }
}

/** The tokens of an answer nobody knows anything about. */
const GUESS = 300
