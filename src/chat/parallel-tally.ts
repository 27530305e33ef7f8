import { type Usage, addUsage } from '../core/usage.ts'
import type { ParallelProgress } from './parallel-progress.ts'
import type { ParallelFacts } from './parallel-result.ts'

/** What is counted of a result. */
type Counted = Pick<ParallelFacts, 'isResumed' | 'usage' | 'cost' | 'attempts'> & { readonly error: unknown }

/** The sums of a run. */
export class ParallelTally {
  readonly total: number | undefined
  readonly #began = performance.now()
  #done = 0
  #failed = 0
  #resumed = 0
  #unpriced = 0
  #dollars = 0
  #usage: Usage = {}

  constructor(total: number | undefined) {
    this.total = total
  }

  /** Counts a result. What an earlier run has paid for is not paid again. */
  add({ error, isResumed, usage, cost, attempts }: Counted): void {
    this.#done++
    if (error) this.#failed++
    if (isResumed) this.#resumed++
    else if (attempts > 0) {
      this.#usage = addUsage([this.#usage, usage])
      if (cost === undefined) this.#unpriced++
      else this.#dollars += cost
    }
  }

  /** How far it is, with so many under way. */
  state(active: number): ParallelProgress {
    const asked = this.#done - this.#resumed
    const elapsed = performance.now() - this.#began
    const rate = elapsed > 0 ? (asked * 1000) / elapsed : 0
    return {
      done: this.#done,
      failed: this.#failed,
      resumed: this.#resumed,
      active,
      total: this.total,
      usage: this.#usage,
      dollars: this.#unpriced > 0 ? undefined : this.#dollars,
      rate,
      left: this.total === undefined || rate === 0 ? undefined : ((this.total - this.#done) * 1000) / rate,
    }
  }
}
