import { ChatError } from '../core/errors.ts'
import type { Input } from '../core/turn.ts'
import { Chat } from './chat.ts'
import type { ParallelResult } from './parallel-result.ts'
import { type Session, fork } from './session.ts'

/** The result of a prompt that was never asked. */
export function unasked<T>(
  session: Session,
  index: number,
  prompt: Input,
  why: Error | undefined,
): ParallelResult<T> {
  const code = ChatError.is(why) ? why.code : 'aborted'
  return {
    index,
    prompt,
    value: undefined,
    text: '',
    chat: new Chat(fork(session), 'none'),
    usage: {},
    cost: 0,
    error: new ChatError(`It was not asked, because the run ended before: ${why?.message ?? 'it was left'}`, {
      code,
      cause: why,
    }),
    attempts: 0,
    isResumed: false,
  }
}
