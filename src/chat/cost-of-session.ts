import { catalogOf } from '../providers/catalog.ts'
import type { Line } from '../providers/line.ts'
import { type Cost, costOf } from './cost.ts'
import type { Session } from './session.ts'

/** The catalogue of the router behind a line; undefined where there is none. */
export type Catalogs = (line: Line) => Promise<unknown>

const current: Catalogs = async (line) => (await catalogOf(line))?.body

/** What the answers of a conversation cost, each by the prices of who gave it. */
export async function costOfSession(
  session: Session,
  include: 'all' | 'last' = 'all',
  catalogs: Catalogs = current,
): Promise<Cost> {
  const others = await Promise.all(
    [...(session.others ?? [])].map(
      async ([id, { line, model }]) => [id, { model, catalog: await catalogs(line) }] as const,
    ),
  )
  const catalog = await catalogs(session.line)
  // Since others were asked, a price of the user's own is for the answers that it was booked on when they came.
  const price = others.length > 0 ? undefined : session.price
  return costOf({ ...session, price, catalog, others: new Map(others) }, include)
}
