import type { Input } from '../core/turn.ts'
import { abortable } from '../lib/abortable.ts'

/** Prompts: all at hand, or coming one by one. */
export type Prompts = Iterable<Input> | AsyncIterable<Input>

/** A prompt and its place. */
export interface Numbered {
  readonly index: number
  readonly prompt: Input
}

/** Prompts one by one, each asked for when there is room for it. With `sample`, of an array so many from all over come first. */
export class PromptSource {
  /** The prompts that are at hand. */
  readonly all: readonly Input[] | undefined
  /** How many come first, to judge the others by. */
  readonly sample: number
  readonly #iterator: Iterator<Input> | AsyncIterator<Input> | undefined
  readonly #order: readonly number[] | undefined
  #next = 0

  /** @throws TypeError for what is no list of prompts */
  constructor(prompts: Prompts, sample = 0) {
    const isMany =
      typeof prompts === 'object' &&
      prompts !== null &&
      (Symbol.asyncIterator in prompts || Symbol.iterator in prompts)
    if (!isMany)
      throw new TypeError(
        `prompts must be an array or an iterable: got ${prompts === null ? 'null' : typeof prompts}`,
      )
    this.all = Array.isArray(prompts) ? (prompts as readonly Input[]) : undefined
    this.sample = Math.min(sample, this.all?.length ?? sample)
    this.#order = this.all && this.sample > 0 ? spread(this.all.length, this.sample) : undefined
    if (this.all === undefined)
      this.#iterator =
        Symbol.asyncIterator in prompts ? prompts[Symbol.asyncIterator]() : prompts[Symbol.iterator]()
  }

  /** The next prompt; undefined at the end. */
  async next(signal: AbortSignal): Promise<Numbered | undefined> {
    const at = this.#next++
    if (this.all) {
      const index = this.#order?.[at] ?? at
      return at < this.all.length ? { index, prompt: this.all[index] as Input } : undefined
    }
    const step = await abortable(this.#iterator!.next(), signal)
    return step.done ? undefined : { index: at, prompt: step.value }
  }

  /** Nothing more is wanted. */
  close(): void {
    // One that waits for something that never comes is not waited for.
    Promise.resolve(this.#iterator?.return?.()).catch(() => undefined)
  }
}

/** All places, with `first` of them from all over in front. */
function spread(length: number, first: number): readonly number[] {
  const chosen = Array.from({ length: first }, (_, at) => Math.floor(((at + 0.5) * length) / first))
  const isChosen = new Set(chosen)
  const rest = Array.from({ length }, (_, at) => at).filter((at) => !isChosen.has(at))
  return [...chosen, ...rest]
}
