import type { Line } from '../providers/line.ts'
import type { Catalogs } from './cost-of-session.ts'

/** Catalogues for a run; one that could not be had is not asked for again with each prompt. */
export function catalogsForRun(): Catalogs {
  const missing = new Set<Line>()
  return async (line) => {
    if (missing.has(line)) return undefined
    const { catalogOf } = await import('../providers/catalog.ts')
    const catalog = await catalogOf(line)
    if (!catalog) missing.add(line)
    return catalog?.body
  }
}
