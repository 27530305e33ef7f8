import type { Usage } from '../core/usage.ts'
import { Budget, type BudgetLimits } from './budget.ts'
import type { Expected, Forecast } from './parallel-forecast.ts'

/** What a run may spend; what is absent is not limited. */
export type RunBudget = Pick<BudgetLimits, 'dollars' | 'tokens'>

/** The budget of a run: what is under way is set aside by what it may take at most, so that all of them together do not pass it. */
export class Purse {
  readonly #budget: Budget
  readonly #forecast: Forecast
  readonly #limits: RunBudget
  #aside = { tokens: 0, dollars: 0 }
  #active = 0

  constructor(limits: RunBudget, forecast: Forecast) {
    this.#budget = new Budget(limits)
    this.#limits = limits
    this.#forecast = forecast
  }

  /**
   * Sets aside what one more prompt may take; undefined where that must wait for what is under way.
   * @throws ChatError `budget` where it would pass the budget, or nobody knows
   */
  set(estimated: number): Expected | undefined {
    // What the first one takes nobody knows: it goes alone.
    if (this.#forecast.seen === 0 && this.#active > 0) return undefined
    const most = this.#forecast.most(estimated)
    const { tokens, dollars } = this.#aside
    try {
      this.#budget.check(undefined, { tokens: tokens + most.tokens, dollars: dollars + (most.dollars ?? 0) })
    } catch (error) {
      if (this.#active > 0) return undefined
      throw error
    }
    this.#active++
    this.#aside = { tokens: tokens + most.tokens, dollars: dollars + (most.dollars ?? 0) }
    return most
  }

  /** Books what a prompt has taken in place of what was set aside for it; `reason` says why its cost is unknown. */
  book(
    { tokens, dollars = 0 }: Expected,
    usage: Usage,
    cost: number | undefined,
    reason: string | undefined,
  ): void {
    this.#active--
    this.#aside =
      this.#active === 0
        ? { tokens: 0, dollars: 0 }
        : { tokens: this.#aside.tokens - tokens, dollars: this.#aside.dollars - dollars }
    const isKnown = usage.input !== undefined || usage.output !== undefined
    const price = this.#limits.dollars === undefined ? (cost ?? 0) : cost
    this.#budget.add(
      {
        role: 'assistant',
        contents: [],
        finish: isKnown ? 'stop' : 'error',
        usage,
        ...(price !== undefined && { cost: price }),
      },
      reason,
    )
  }
}
