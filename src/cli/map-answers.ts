import type { ParallelResult } from '../chat/parallel-result.ts'
import type { Row } from './map-rows.ts'

/** A row with what came of it: a result, or why there is none. */
export function answeredRow(
  row: Row,
  result: Pick<ParallelResult<unknown>, 'value' | 'usage' | 'cost'> | undefined,
  error: string | undefined,
): Row {
  const facts = {
    answer: result?.value ?? null,
    error: error ?? null,
    inputTokens: result?.usage.input ?? null,
    outputTokens: result?.usage.output ?? null,
    cost: result?.cost ?? null,
  }
  return { ...row, ...free(facts, row) }
}

/** The facts under names that are no columns of the row. */
const free = (facts: Row, row: Row): Row =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      let unused = name
      while (Object.hasOwn(row, unused)) unused += '_'
      return [unused, value]
    }),
  )
