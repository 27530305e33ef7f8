import { ChatError } from '../core/errors.ts'
import type { KeptAnswer } from './batch-file.ts'
import type { Asked } from './batch-tools.ts'
import { follow } from './follow.ts'
import { kept as joined } from './kept.ts'
import { type Purpose, type Setting, factsOf } from './parallel-item.ts'
import type { ParallelResult } from './parallel-result.ts'
import { dataIn } from './structured.ts'
import { failedUnasked } from './unasked.ts'

/** The result of a prompt for what was kept of it. */
export async function batchResult<T>(
  place: Pick<Setting<unknown>, 'session' | 'catalogs'>,
  purpose: Purpose<T>,
  asked: Asked,
  kept: KeptAnswer,
  { attempts, isResumed }: { readonly attempts: number; readonly isResumed: boolean },
): Promise<ParallelResult<T>> {
  const { session } = place
  const { index, prompt } = asked
  if (kept.error) {
    const { message, ...details } = kept.error
    return {
      ...failedUnasked<T>(session, index, prompt, new ChatError(message, details)),
      attempts,
      isResumed,
    }
  }
  const { turn } = kept
  const { history } = joined(follow(session.turns, asked.input), turn, session.line.baseUrl)
  const { facts } = await factsOf(place, { turns: history }, { index, prompt, attempts, isResumed })
  const whole = { ...facts, cost: kept.cost ?? facts.cost }
  try {
    const { schema } = purpose
    const value = schema ? await dataIn(session, turn, schema) : purpose.valueOf(turn)
    return { ...whole, value, error: undefined }
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    return { ...whole, value: undefined, error }
  }
}
