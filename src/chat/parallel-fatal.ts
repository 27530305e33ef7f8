import { ChatError } from '../core/errors.ts'
import { LONGEST_WAIT } from '../lib/backoff.ts'

const FATAL = new Set(['no-key', 'unauthorized', 'credits', 'budget', 'missing-package', 'resume'])

/** Whether an error meets every prompt alike: there is no sense in asking the others. */
export const isFatal = (error: Error): boolean =>
  ChatError.is(error) &&
  (FATAL.has(error.code) || (error.code === 'rate-limited' && (error.retryAfter ?? 0) > LONGEST_WAIT))
