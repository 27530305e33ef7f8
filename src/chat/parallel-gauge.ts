import { type Input, type UserTurn, userTurn } from '../core/turn.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { type ParallelEstimate, estimateOf } from './parallel-estimate.ts'
import type { Forecast } from './parallel-forecast.ts'
import type { Session } from './session.ts'

/** Measures prompts before they are asked, each with all that goes with it. */
export class Gauge {
  readonly #session: Session
  #tokens = 0
  #prompts = 0

  constructor(session: Session) {
    this.#session = session
  }

  /** About how many tokens a prompt takes, to be remembered for the average. */
  add(input: UserTurn): number {
    const tokens = this.#measure(input)
    this.#tokens += tokens
    this.#prompts++
    return tokens
  }

  /** What all prompts will take: those of text are measured each, others by the average of those seen. */
  estimate(
    forecast: Forecast,
    all: readonly Input[] | undefined,
    total = all?.length,
  ): ParallelEstimate | undefined {
    const isText = all !== undefined && all.every((it) => typeof it === 'string' && it !== '')
    const tokens = isText
      ? all.reduce<number>((sum, it) => sum + this.#measure(userTurn(it as string)), 0)
      : (this.#tokens / Math.max(1, this.#prompts)) * (total ?? 1)
    return estimateOf(forecast, tokens, total)
  }

  #measure(input: UserTurn): number {
    const { systemPrompt, turns, toolbox } = this.#session
    return estimateTokens([...turns, input], systemPrompt, toolbox.specs())
  }
}
