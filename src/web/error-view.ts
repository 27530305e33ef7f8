import { ChatError } from '../core/errors.ts'
import type { ErrorView } from './protocol.ts'

/** What may be otherwise when it is asked again. */
const PASSING = new Set([
  'rate-limited',
  'server-error',
  'overloaded',
  'connection',
  'timeout',
  'cut',
  'bad-reply',
  'busy',
])

/** An error of the web's own: a status, and what a person is told. */
export class WebError extends Error {
  override readonly name = 'WebError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** An error as a person reads it. Messages of natter say what to do, and hold no key. */
export function errorView(error: unknown): ErrorView {
  const message = error instanceof Error ? error.message : String(error)
  if (ChatError.is(error)) return { code: error.code, message, mayPass: PASSING.has(error.code) }
  if (error instanceof WebError) return { code: error.code, message, mayPass: error.status === 429 }
  // An option or a file that is not right: the caller's to mend.
  const code = error instanceof TypeError || error instanceof RangeError ? 'bad-request' : 'internal'
  return { code, message, mayPass: false }
}

/** The status of an answer that tells an error. */
export function statusOf(error: unknown): number {
  if (error instanceof WebError) return error.status
  if (ChatError.is(error, 'not-found')) return 404
  if (ChatError.is(error, 'busy')) return 409
  if (error instanceof TypeError || error instanceof RangeError || ChatError.is(error)) return 400
  return 500
}

/** An answer that tells an error. */
export const errorResponse = (error: unknown): Response =>
  Response.json(errorView(error), {
    status: statusOf(error),
    headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  })
