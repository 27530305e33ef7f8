import { ChatError } from '../core/errors.ts'
import { backoff } from '../lib/backoff.ts'
import type { Attempt } from './ask.ts'

/** TGI and Endpoints: 503 "Service Temporarily Unavailable", "Model … is currently loading"; llama-server: "Loading model". */
const STARTING =
  /loading|starting|initiali[sz]ing|scal(?:ed|ing)|not ready|temporarily unavailable|wak(?:e|ing)/i

/** Whether a server of one's own is asleep or loading. A backend behind a router that says 503 is overloaded, not asleep. */
export function isStarting({ session, target }: Attempt, error: ChatError): boolean {
  const { baseUrl, provider } = session.line
  const isOfRouter =
    baseUrl === provider.baseUrl || target.backend !== undefined || error.servedBy !== undefined
  return (
    error.status === 503 &&
    !isOfRouter &&
    session.routing !== undefined &&
    STARTING.test(`${error.message} ${JSON.stringify(error.body) ?? ''}`)
  )
}

/**
 * Has the next try wait for a server that is starting, and tells that it does.
 * @throws ChatError the refusal, once it has lasted for `coldStart`
 */
export function waitForStart(attempt: Attempt, error: ChatError): void {
  const { coldStart: limit, onWait } = attempt.session
  const waited = performance.now() - attempt.began
  if (waited >= limit)
    throw new ChatError(
      `${error.message} It was not ready after ${Math.round(waited / 1000)} s. The limit is coldStart.`,
      {
        ...error,
        code: error.code,
        cause: error,
      },
    )
  attempt.waits++
  // The estimate of a server is for its slowest start: looking more often costs nothing.
  const pause = Math.min(backoff(attempt.waits), estimateOf(error) ?? Infinity, limit - waited)
  attempt.delay = Math.max(1, pause)
  attempt.changes--
  onWait?.({ message: 'the server is starting', waited, limit })
}

/** `estimated_time`, in seconds, until a model is loaded; what is asked sooner is refused again. */
function estimateOf({ body }: ChatError): number | undefined {
  const seconds =
    typeof body === 'object' && body !== null && 'estimated_time' in body ? body.estimated_time : undefined
  return typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : undefined
}
