import { WebError } from './error-view.ts'
import type { Verdict } from './run.ts'

/** @throws WebError for what is no decision on a call */
export function verdict({ isApproved, reason }: Readonly<Record<string, unknown>>): Verdict {
  if (typeof isApproved !== 'boolean' || !['string', 'undefined'].includes(typeof reason))
    throw new WebError(400, 'bad-request', 'isApproved must be true or false, and reason a text.')
  return { isApproved, reason: reason as string | undefined }
}
