import { type Params, isStandardParam } from '../core/params.ts'
import type { Adjustment } from '../core/turn.ts'
import type { Quirks } from '../dialects/dialect.ts'
import type { Capabilities } from './capabilities.ts'

/** Parameters as a model takes them: those it refuses are left out, those it takes within limits are brought there. */
export function fitParams(
  params: Params,
  {
    names,
    omit,
    model,
  }: { names: NonNullable<Quirks['paramNames']>; omit: readonly string[]; model: string },
  known: Capabilities,
  notes: Adjustment[],
): Params {
  const fitted: Record<string, unknown> = {}
  const tell = (name: string, message: string): void => void notes.push({ type: 'parameter', name, message })
  for (const [name, value] of Object.entries<unknown>(params)) {
    const isTaken = isStandardParam(name) ? Boolean(names[name]) : !omit.includes(name)
    if (!isTaken) {
      tell(name, `${name} was left out: ${model} takes no such parameter here`)
      continue
    }
    const limited = within(name, value, known)
    if (limited === value) fitted[name] = value
    else if (limited === undefined) tell(name, `${name} was left out: ${model} takes none of its values here`)
    else {
      fitted[name] = limited
      tell(
        name,
        `${name} was sent as ${JSON.stringify(limited)}: the server takes no ${JSON.stringify(value)}`,
      )
    }
  }
  return fitted
}

/** From the hardest to the least: what is refused is tried one step lower. The words in use are those of many servers. */
const EFFORTS = ['max', 'xhigh', 'high', 'medium', 'low', 'minimal', 'none']

/** A value brought to what is taken; undefined where nothing like it is. */
function within(name: string, value: unknown, known: Capabilities): unknown {
  const { minTemperature, maxStops, maxTokensLimit, effortsRefused } = known
  switch (name) {
    case 'temperature':
      return minTemperature === undefined ? value : Math.max(value as number, minTemperature)
    case 'maxTokens':
      return maxTokensLimit === undefined ? value : Math.min(value as number, maxTokensLimit)
    case 'stopSequences': {
      const stops = value as readonly string[]
      return maxStops === undefined || stops.length <= maxStops ? stops : stops.slice(0, maxStops)
    }
    case 'reasoningEffort':
      return effortsRefused?.includes(value as string) ? lower(value as string, effortsRefused) : value
    default:
      return value
  }
}

function lower(effort: string, refused: readonly string[]): string | undefined {
  const at = EFFORTS.indexOf(effort)
  if (at < 0) return undefined
  const isTaken = (word: string): boolean => !refused.includes(word)
  // Nothing lower is left: a little more than was asked for is nearer than not to think at all about it.
  return EFFORTS.slice(at + 1).find(isTaken) ?? EFFORTS.slice(0, at).toReversed().find(isTaken)
}
