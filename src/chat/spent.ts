import type { AssistantTurn } from '../core/turn.ts'
import { addUsage } from '../core/usage.ts'

/** An answer with what those before it took that led to nothing: they were paid for all the same. */
export function withSpent(turn: AssistantTurn, spent: readonly AssistantTurn[]): AssistantTurn {
  const all = [...spent, turn]
  const usage = addUsage(all.map((one) => one.usage))
  const isCostKnown = all.every(({ cost }) => cost !== undefined)
  const { cost: _cost, ...rest } = turn
  return {
    ...rest,
    ...(Object.keys(usage).length > 0 && { usage }),
    ...(isCostKnown && { cost: all.reduce((sum, { cost = 0 }) => sum + cost, 0) }),
  }
}
