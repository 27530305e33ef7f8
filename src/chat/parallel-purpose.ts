import type { Schema } from '../core/schema.ts'
import { type AssistantTurn, textOf } from '../core/turn.ts'
import { Chat } from './chat.ts'
import { sessionOf } from './conversation.ts'
import type { Purpose } from './parallel-item.ts'
import type { Session } from './session.ts'

/** The answers themselves. */
export const ofTurn: Purpose<AssistantTurn> = { repair: 0, valueOf: (turn) => turn }

/** The answers' texts. */
export const ofText: Purpose<string> = {
  repair: 0,
  valueOf: (turn) => textOf(turn) || (turn.refusal ?? ''),
}

/** Data in a form, that the model may mend so often. */
export const ofData = <T>(schema: Schema<T>, repair: number): Purpose<T> => ({
  schema,
  repair,
  valueOf: () => {
    throw new TypeError('data has a schema')
  },
})

/** The session of what was passed as a chat. @throws TypeError where it is none */
export function sessionFor(chat: Chat): Session {
  if (chat instanceof Chat) return sessionOf(chat)
  throw new TypeError(`the first argument must be a chat: got ${chat === null ? 'null' : typeof chat}`)
}
