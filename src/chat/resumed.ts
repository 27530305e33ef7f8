import type { AssistantTurn } from '../core/turn.ts'
import { addUsage } from '../core/usage.ts'

/** A turn that was paused, and what came when it was let go on, as the one turn that they are. */
export function resumed(paused: AssistantTurn, rest: AssistantTurn): AssistantTurn {
  const usage = addUsage([paused.usage, rest.usage])
  const cost = paused.cost === undefined || rest.cost === undefined ? undefined : paused.cost + rest.cost
  const { cost: _unknown, ...facts } = rest
  return {
    ...facts,
    contents: [...paused.contents, ...rest.contents],
    ...(Object.keys(usage).length > 0 && { usage }),
    ...(cost !== undefined && { cost }),
    duration: (paused.duration ?? 0) + (rest.duration ?? 0),
  }
}
