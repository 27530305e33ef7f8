import { ignoredTools } from '../capabilities/learn-way.ts'
import type { Capabilities } from '../capabilities/capabilities.ts'
import type { Fitted } from '../capabilities/fits.ts'
import { historyLesson } from '../capabilities/learn-history.ts'
import { learn } from '../capabilities/learn.ts'
import type { ChatError } from '../core/errors.ts'
import type { Adjustment } from '../core/turn.ts'
import type { Wire } from '../dialects/dialect.ts'
import { backoff } from '../lib/backoff.ts'
import { remember } from '../providers/knowledge-store.ts'
import type { Subject } from '../providers/knowledge.ts'
import { mayPass } from '../providers/pause-after.ts'
import type { Asked, Attempt } from './ask.ts'
import { isStarting, waitForStart } from './cold-start.ts'
import { blind, failOver, reroute, withAlternatives } from './route.ts'
import { at } from './target.ts'

/** How often one request may be mended, and how often mended or sent elsewhere. */
const MOST_LESSONS = 8
const MOST_CHANGES = 16

/**
 * Changes a refused request so that it may be taken: by what the refusal teaches, by asking another backend, by waiting for a server
 * that is starting.
 * @throws ChatError the refusal itself, with what more there is to say of it, where nothing can be done
 */
export async function remedy(attempt: Attempt, error: ChatError, wire: Wire, fitted: Fitted): Promise<void> {
  const { session, target, lessons } = attempt
  attempt.delay = undefined
  if (error.code === 'aborted' || ++attempt.changes > MOST_CHANGES) throw error
  const mayLearn = session.adjust !== 'error' && attempt.learned < MOST_LESSONS
  const history = mayLearn && historyLesson(error, attempt.request)
  if (history) {
    attempt.learned++
    attempt.request = history.request
    attempt.isUnsealed ||= history.isForGood
    lessons.push(history.adjustment)
    return
  }
  const lesson = mayLearn && learn(error, wire.body, fitted, attempt.dialect)
  if (lesson) {
    const { capabilities, adjustment } = lesson
    attempt.learned++
    // Whoever refused has told how it wants to be asked: another one might want it otherwise.
    if (target.isFree && target.backend === undefined && error.servedBy !== undefined)
      attempt.target = at(target.id, error.servedBy)
    remember(subjectOf(attempt), capabilities)
    if (capabilities.images === false) throw await blind(attempt, error)
    if (adjustment) lessons.push(adjustment)
    if (target.isFree && (capabilities.toolsRefused || capabilities.schemaRefused))
      await reroute(attempt, error)
    return
  }
  if (await failOver(attempt, error)) return
  if (isStarting(attempt, error)) return waitForStart(attempt, error)
  if (attempt.retries === 0 && attempt.failed.size === 0 && mayPass(error) && session.line.retries > 0) {
    // It was to go elsewhere at once, and there is nowhere else.
    attempt.retries = session.line.retries - 1
    attempt.delay = error.retryAfter ?? backoff(1)
    return
  }
  throw await withAlternatives(attempt, error)
}

/** What an answer teaches in which tools were offered or demanded and not heeded; undefined where nothing is left to try. */
export function lessonOfIgnored(
  { known, target, reply }: Asked,
  { baseUrl }: { readonly baseUrl: string },
): Capabilities | undefined {
  const lesson = ignoredTools(known)
  if (lesson) remember({ baseUrl, model: target.id, backend: target.backend ?? reply.servedBy }, lesson)
  return lesson
}

/** What is noted where a call was demanded, and every way to get one was tried. */
export const NOT_CALLED: Adjustment = {
  type: 'tool-calls',
  name: 'not-called',
  message: 'a tool had to be called, and the model called none',
}

const subjectOf = ({ session, target }: Attempt): Subject => ({
  baseUrl: session.line.baseUrl,
  model: target.id,
  backend: target.backend,
})
