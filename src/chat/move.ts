import { type Params, isStandardParam } from '../core/params.ts'
import type { Session } from './session.ts'

/**
 * What of a session changes when its conversation goes on with the partner of another one: who is asked, and how. Parameters stay where
 * the other has none of its own, but for those that only the server of before has a name for.
 */
export function movedTo(session: Session, other: Session): Partial<Session> {
  const { line, model, extra, cache, stream, routing, coldStart, onWait, price, fallbacks } = other
  const { id } = session.line.provider
  const stay = Object.entries(session.params).filter(
    ([name]) => id === line.provider.id || isStandardParam(name),
  )
  return {
    line,
    model,
    extra,
    cache,
    stream,
    routing: routing && { ...routing },
    coldStart,
    onWait,
    price,
    params: { ...(Object.fromEntries(stay) as Params), ...other.params },
    fallbacks: fallbacks ?? session.fallbacks,
    others: new Map(session.others).set(id, { line: session.line, model: session.model }),
  }
}

/** A session with another one asked in its place; what is learned of that one's backends stays with it. */
export const inPlace = (session: Session, other: Session): Session =>
  Object.defineProperty({ ...session, ...movedTo(session, other), fallbacks: session.fallbacks }, 'routing', {
    get: () => other.routing,
    set(routing: Session['routing']) {
      other.routing = routing
    },
    enumerable: true,
  })
