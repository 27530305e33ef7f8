import { ChatError } from '../core/errors.ts'
import type { Input } from '../core/turn.ts'
import { Chat } from './chat.ts'
import type { ParallelResult } from './parallel-result.ts'
import { type Session, fork } from './session.ts'

/** The result of a prompt that was never asked, because the run ended before. */
export function unasked<T>(
  session: Session,
  index: number,
  prompt: Input,
  why: Error | undefined,
): ParallelResult<T> {
  const code = ChatError.is(why) ? why.code : 'aborted'
  const message = `It was not asked, because the run ended before: ${why?.message ?? 'it was left'}`
  return failedUnasked(session, index, prompt, new ChatError(message, { code, cause: why }))
}

/** The result of a prompt that could not be asked. */
export const failedUnasked = <T>(
  session: Session,
  index: number,
  prompt: Input,
  error: Error,
): ParallelResult<T> => ({
  index,
  prompt,
  value: undefined,
  text: '',
  chat: new Chat(fork(session), 'none'),
  usage: {},
  cost: 0,
  error,
  attempts: 0,
  isResumed: false,
})
