import type { AssistantTurn, Turn } from '../core/turn.ts'
import { bareUrl } from '../lib/bare-url.ts'
import type { Question } from './answer.ts'
import { located } from './located.ts'
import { withSpent } from './spent.ts'

/** The history after an answer, and the answer; what only its server can read bears that one's address. */
export function kept(
  { turns, input, begun }: Question,
  answer: AssistantTurn,
  baseUrl: string,
): { readonly history: readonly Turn[]; readonly turn: AssistantTurn } {
  const server = bareUrl(baseUrl)
  const turn = located(answer, server)
  return { turn, history: [...turns, located(input, server), begun ? goneOn(begun, turn) : turn] }
}

/** An answer that was given in two parts, as one. */
function goneOn(begun: AssistantTurn, turn: AssistantTurn): AssistantTurn {
  const { adjustments: before = [], duration = 0 } = begun
  const { adjustments: later = [] } = turn
  const adjustments = [
    ...before,
    ...later.filter(({ name }) => !before.some((adjustment) => adjustment.name === name)),
  ]
  const { cost: _cost, ...first } = begun
  return {
    ...first,
    ...withSpent(turn, [begun]),
    contents: [...begun.contents, ...turn.contents],
    duration: duration + (turn.duration ?? 0),
    ...(adjustments.length > 0 && { adjustments }),
  }
}
