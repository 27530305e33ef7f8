import type { ChatRequest } from '../core/request.ts'
import type { Attempt } from './ask.ts'

/** A longer conversation may not fit into every backend's context, in characters. */
const LONG = 24_000

/** Finds who can answer a request, where not everybody may: what finds it is loaded for that alone, and so is what waits for a start. */
export async function prepareWhere(attempt: Attempt): Promise<void> {
  attempt.isForCaller = async (error) => (await import('./cold-start.ts')).isStarting(attempt, error)
  if (isDemanding(attempt.request)) await (await import('./route.ts')).prepare(attempt)
}

/** Whether not every backend may be able to answer, or not every model understands. */
const isDemanding = ({ system, tools, schema, turns }: ChatRequest): boolean =>
  system !== undefined ||
  tools !== undefined ||
  schema !== undefined ||
  turns.some(({ contents }) => contents.some(({ type }) => type === 'media' || type === 'tool-result')) ||
  turns.reduce(
    (sum, { contents }) => contents.reduce((all, it) => all + (it.type === 'text' ? it.text.length : 0), sum),
    0,
  ) > LONG
