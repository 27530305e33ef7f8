import { splitModel } from '../capabilities/model-name.ts'
import { taughtBy } from '../providers/knowledge.ts'
import type { Session } from './session.ts'

/** Which model is asked, and where. */
export interface Target {
  /** The model as it is sent. */
  readonly model: string
  readonly id: string
  /** The backend behind a router, where one is named. */
  readonly backend?: string
  /** Whether another backend may be asked instead. */
  readonly isFree: boolean
}

/** Whom a session asks by what it was told and by who answered before: a chat stays with the backend that served it. */
export function targetOf({ model, routing, line }: Pick<Session, 'model' | 'routing' | 'line'>): Target {
  if (!routing) return { model, id: model, isFree: false }
  const { id, backend, policy } = splitModel(model)
  if (backend !== undefined) return { model, id, backend, isFree: false }
  const before =
    routing.pinned?.id === id ? routing.pinned.backend : taughtBy({ baseUrl: line.baseUrl, model: id })
  if (before !== undefined) return at(id, before)
  const rule = policy ?? (typeof routing.route === 'string' ? routing.route : undefined)
  // Without a rule the router chooses the fastest itself.
  return {
    model: rule === undefined || rule === 'fastest' ? (policy ? model : id) : `${id}:${rule}`,
    id,
    isFree: true,
  }
}

/** A model at one of its backends, chosen by us. */
export const at = (id: string, backend: string): Target => ({
  model: `${id}:${backend}`,
  id,
  backend,
  isFree: true,
})
