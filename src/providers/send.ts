import { ChatError } from '../core/errors.ts'
import { LONGEST_WAIT, backoff } from '../lib/backoff.ts'
import { type Answer, type Call, Sending } from './sending.ts'
import { Watch, stopped } from './watch.ts'

/**
 * Sends a request and gives its answer once the first news of it has come. Until then it tries again by itself: on 408, 409, 429,
 * 5xx and lost connections.
 * @throws ChatError
 */
export async function send(call: Call): Promise<Answer> {
  const { line, signal } = call
  if (signal?.aborted || call.leash?.isPulled) throw stopped(line, signal?.reason)
  const watch = new Watch(call)
  try {
    if (call.delay) await watch.halt.sleep(call.delay)
    for (let attempt = 1; ; attempt++) {
      const sending = new Sending(call, watch)
      try {
        await sending.begin()
        return sending
      } catch (error) {
        await watch.halt.sleep(await pauseAfter(error, attempt, call))
      }
    }
  } catch (error) {
    watch.end()
    throw error
  }
}

/**
 * How long to wait after a failed try before the next, in milliseconds.
 * @throws the error where it was the last one
 */
export async function pauseAfter(error: unknown, attempt: number, call: Call): Promise<number> {
  const isLast = attempt > (call.retries ?? call.line.retries)
  if (isLast || !(error instanceof ChatError) || !mayPass(error) || (await call.isMine?.(error))) throw error
  return error.retryAfter ?? backoff(attempt)
}

/** Whether asking again may help. A server that asks for a longer wait than we are ready for has refused. */
export function mayPass({ code, status = 0, retryAfter: wait }: ChatError): boolean {
  if (wait !== undefined && wait > LONGEST_WAIT) return false
  if (code === 'connection' || status === 408 || status === 409) return true
  return code === 'rate-limited' || code === 'overloaded' || (code === 'server-error' && status !== 501)
}
