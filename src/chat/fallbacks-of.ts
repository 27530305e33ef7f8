import { Conversation, sessionOf } from './conversation.ts'
import { type Fallbacks, type Session, fork } from './session.ts'

/**
 * Who is asked where a chat fails: other chats, or names that `resolve` makes chats of when they are first needed.
 * @throws TypeError for anything else
 */
export function fallbacksOf(
  list: readonly (Conversation | string)[],
  resolve: (name: string) => Conversation | Promise<Conversation>,
): Fallbacks {
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string' || one instanceof Conversation))
    throw new TypeError("fallbacks must be chats, or names of them such as ['groq', 'openai/gpt-5-mini']")
  const made: Session[] = []
  const choices = list.map((one, i) => async (): Promise<Session> => {
    // A copy of its own: what is learned of its backends must not change the chat that was given.
    made[i] ??= fork(sessionOf(typeof one === 'string' ? await resolve(one) : one))
    return made[i]
  })
  return { choices, gone: new Map() }
}
