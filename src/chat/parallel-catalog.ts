import { catalogOf } from '../providers/catalog.ts'
import type { Line } from '../providers/line.ts'

/** The router's catalogue for a run; one that could not be had is not asked for again with each prompt. */
export function catalogFor(line: Line): () => Promise<unknown> {
  let isMissing = false
  return async () => {
    if (isMissing) return undefined
    const catalog = await catalogOf(line)
    isMissing = catalog === undefined
    return catalog?.body
  }
}
