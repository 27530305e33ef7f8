import { ChatError } from '../core/errors.ts'
import { LONGEST_WAIT, backoff } from '../lib/backoff.ts'
import type { Call } from './sending.ts'

/**
 * How long to wait after a failed try before the next, in milliseconds.
 * @throws the error where it was the last one
 */
export async function pauseAfter(error: unknown, attempt: number, call: Call): Promise<number> {
  const isLast = attempt > (call.retries ?? call.line.retries)
  if (isLast || !(error instanceof ChatError) || !mayPass(error) || (await call.isForCaller?.(error)))
    throw error
  return error.retryAfter ?? backoff(attempt)
}

/** Whether asking again may help. A server that asks for a longer wait than we are ready for has refused. */
export function mayPass({ code, status = 0, retryAfter: wait }: ChatError): boolean {
  if (wait !== undefined && wait > LONGEST_WAIT) return false
  if (code === 'connection' || status === 408 || status === 409) return true
  return code === 'rate-limited' || code === 'overloaded' || (code === 'server-error' && status !== 501)
}
