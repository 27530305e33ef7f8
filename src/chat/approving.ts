import { Chat } from './chat.ts'
import { sessionOf } from './conversation.ts'
import { fork } from './session.ts'
import type { Approve } from './toolbox.ts'

/** A clone that prints nothing, whose calls are decided on by `approve`, unless the chat has its own way to decide. */
export function approving(chat: Chat, approve: Approve | undefined): Chat {
  const session = fork(sessionOf(chat))
  const { settings } = session.toolbox
  const toolbox = session.toolbox.clone({ ...settings, approve: settings.approve ?? approve })
  return new Chat({ ...session, toolbox }, 'none')
}
