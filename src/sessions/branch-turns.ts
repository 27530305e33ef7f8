import { follow } from '../chat/follow.ts'
import type { Turn } from '../core/turn.ts'

/**
 * A branch as turns that can be sent: results that were never told and a question that was never answered go out with the next
 * question, and calls that were not run are answered so.
 */
export function branchTurns(branch: readonly Turn[]): readonly Turn[] {
  let turns: Turn[] = []
  for (const turn of branch) {
    const before = turns.at(-1)
    if (turn.role === 'assistant') turns.push(turn)
    else if (before?.role === 'user')
      turns[turns.length - 1] = { ...before, contents: [...before.contents, ...turn.contents] }
    else {
      const { turns: rest, input } = follow(turns, turn)
      if (rest !== turns) turns = [...rest]
      turns.push(input)
    }
  }
  return turns
}
