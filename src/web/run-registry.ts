import { Run } from './run.ts'

/** How runs are kept. */
export interface RegistryOptions {
  /** The most that may be under way at once. */
  readonly maxRuns: number
  /** How long one is kept after its end, in milliseconds. */
  readonly keepFor: number
  /** How long one goes on with nobody watching, in milliseconds. */
  readonly linger: number
}

/** The runs under way, and for a while those that have ended; no more of them than may be under way. */
export class RunRegistry {
  readonly #options: RegistryOptions
  readonly #runs = new Map<string, Run>()

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  /** A new run under an id that nobody can guess; undefined where there are too many. */
  begin(): Run | undefined {
    this.#prune()
    const { maxRuns, linger } = this.#options
    const isUnderWay = [...this.#runs.values()].filter((run) => !run.isOver).length
    if (isUnderWay >= maxRuns) return undefined
    const run = new Run(crypto.randomUUID(), linger)
    this.#runs.set(run.id, run)
    return run
  }

  get(id: string): Run | undefined {
    this.#prune()
    return this.#runs.get(id)
  }

  /** Stops all that are under way; resolves when they have ended. */
  async stopAll(): Promise<void> {
    await Promise.all(
      [...this.#runs.values()].map((run) => {
        run.stop()
        return new Promise<void>((resolve) => run.whenOver(resolve))
      }),
    )
  }

  #prune(): void {
    const { keepFor, maxRuns } = this.#options
    const over = [...this.#runs.values()].filter(({ isOver }) => isOver)
    const tooMany = over.length - maxRuns
    for (const [at, { id, endedAt = 0 }] of over.entries())
      if (at < tooMany || Date.now() - endedAt > keepFor) this.#runs.delete(id)
  }
}
