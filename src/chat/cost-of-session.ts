import { catalogOf } from '../providers/catalog.ts'
import { type Cost, costOf } from './cost.ts'
import type { Session } from './session.ts'

/** What the answers of a conversation cost, each by the prices of who gave it. */
export async function costOfSession(session: Session, include: 'all' | 'last' = 'all'): Promise<Cost> {
  const others = await Promise.all(
    [...(session.others ?? [])].map(
      async ([id, { line, model }]) => [id, { model, catalog: (await catalogOf(line))?.body }] as const,
    ),
  )
  const catalog = (await catalogOf(session.line))?.body
  return costOf({ ...session, catalog, others: new Map(others) }, include)
}
