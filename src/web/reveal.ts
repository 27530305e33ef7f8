import type { ChatEvent } from '../chat/events.ts'
import type { Content } from '../core/content.ts'
import type { Turn } from '../core/turn.ts'
import { eventView, turnView } from './views.ts'

/**
 * What a client is told besides what the model says: its thinking, its calls of tools with their inputs and results, who answered with what
 * tokens, cost and changes, the words of errors.
 */
export type Revealed = 'thinking' | 'tools' | 'usage' | 'errors'

type Event = Exclude<ChatEvent, { type: 'finish' }>

const OF_EVENTS: Readonly<Partial<Record<Event['type'], Revealed>>> = {
  thinking: 'thinking',
  'tool-call': 'tools',
  'tool-progress': 'tools',
  'tool-result': 'tools',
  'server-tool': 'tools',
  usage: 'usage',
  adjustment: 'usage',
}
const OF_CONTENTS: Readonly<Partial<Record<Content['type'], Revealed>>> = {
  thinking: 'thinking',
  'tool-call': 'tools',
  'tool-result': 'tools',
  'server-tool': 'tools',
}

/** An event for a client; undefined for one it is not told. */
export function revealedEvent(event: Event, all: ReadonlySet<Revealed>): Event | undefined {
  const kind = OF_EVENTS[event.type]
  return kind === undefined || all.has(kind) ? eventView(event) : undefined
}

/** A turn for a client; undefined where it holds nothing that it is told. */
export function revealedTurn(turn: Turn, all: ReadonlySet<Revealed>): Turn | undefined {
  const shown = turnView(turn)
  const contents = shown.contents.filter(({ type }) => {
    const kind = OF_CONTENTS[type]
    return kind === undefined || all.has(kind)
  })
  const isHidden = contents.length === 0 && turn.contents.length > 0
  if (shown.role === 'user') return isHidden ? undefined : { ...shown, contents }
  if (isHidden && shown.refusal === undefined) return undefined
  const { role, finish, refusal } = shown
  if (all.has('usage')) return { ...shown, contents }
  return { role, contents, finish, ...(refusal !== undefined && { refusal }) }
}
