import { type Capabilities, learned as merged } from '../capabilities/capabilities.ts'
import { type Fitted, asItIs } from '../capabilities/fits.ts'
import { ChatError } from '../core/errors.ts'
import type { ChatRequest, ToolSpec } from '../core/request.ts'
import type { Adjustment, Turn } from '../core/turn.ts'
import type { Dialect, Wire } from '../dialects/dialect.ts'
import { dialectOf } from '../dialects/lazy-dialects.ts'
import type { LeakReader } from '../dialects/leaked-reader.ts'
import type { ToolFormReader } from '../dialects/tool-form-reader.ts'
import { knownOf, recall } from '../providers/knowledge.ts'
import { quirksOf } from '../providers/provider.ts'
import type { Answer, Call } from '../providers/sending.ts'
import type { Leash } from '../providers/line.ts'
import { send } from '../providers/send.ts'
import type { Readers } from './readers.ts'
import type { Session } from './session.ts'
import { type Target, targetOf } from './target.ts'

/** One request on its way to an answer: what is asked, whom, and what has come of it so far. What mends it changes it. */
export interface Attempt {
  readonly session: Session
  readonly dialect: Dialect
  request: ChatRequest
  target: Target
  /** Known of the model before it was ever asked, as its chat template tells it. */
  hints: Capabilities | undefined
  /** What refusals taught. */
  readonly lessons: Adjustment[]
  /** Backends that failed, and how. */
  readonly failed: Map<string, ChatError>
  /** How often it was mended or sent elsewhere, and how often because of a lesson. */
  changes: number
  learned: number
  /** How often it has waited for a server to start. */
  waits: number
  /** Whether some of the conversation was left out that nobody can read any more. */
  isUnsealed: boolean
  retries: number | undefined
  delay: number | undefined
  /** Which errors are to be dealt with before any retry. */
  isForCaller: Call['isForCaller']
  /** When it was first sent, in milliseconds of `performance.now()`. */
  readonly began: number
}

/** An answer that has begun, and how it was asked for. */
export interface Asked {
  readonly reply: Answer
  /** Who looks for calls in its text. */
  readonly leaks: LeakReader | undefined
  /** Who reads a form in its text. */
  readonly form: ToolFormReader | undefined
  readonly target: Target
  readonly known: Capabilities
  /** The turns as they are to be remembered, where some of what they held is of no use any more. */
  readonly turns: readonly Turn[] | undefined
}

/** How a request is sent. */
export interface Sent {
  readonly signal: AbortSignal | undefined
  readonly leash?: Leash | undefined
  /** The tools that may be called, as they are known here. */
  readonly tools: readonly ToolSpec[] | undefined
}

/**
 * One request: sent where it can be answered, and when refused for something that can be mended, mended and sent again.
 * @param adjustments are replaced by what was changed, `notes` first
 */
export async function ask(
  session: Session,
  request: ChatRequest,
  { signal, leash, tools }: Sent,
  adjustments: Adjustment[],
  notes: readonly Adjustment[],
): Promise<Asked> {
  const { line } = session
  const dialect = await dialectOf(line.provider.dialect)
  const plain: Readers = { next: () => dialect.reader(), leaks: () => undefined, form: () => undefined }
  const budget = await session.budget
  budget?.check()
  for (const listen of session.listeners.onRequestStart) await listen(request)
  await recall()
  const attempt: Attempt = {
    session,
    dialect,
    request,
    target: targetOf(session),
    hints: undefined,
    lessons: [...notes],
    failed: new Map(),
    changes: 0,
    learned: 0,
    waits: 0,
    isUnsealed: false,
    retries: undefined,
    delay: undefined,
    isForCaller: undefined,
    began: performance.now(),
  }
  if (session.routing) await (await import('./demanding.ts')).prepareWhere(attempt)
  for (;;) {
    const { fitted, known: capabilities, ...wire } = await spell(attempt)
    adjustments.length = 0
    if (attempt.lessons.length + fitted.adjustments.length > 0) {
      const { report, toldOf } = await import('./report.ts')
      adjustments.push(...toldOf(fitted, attempt.lessons))
      report(session, adjustments)
    }
    const readers =
      tools || fitted.reading
        ? await (await import('./readers.ts')).readersFor(dialect, fitted, tools)
        : plain
    try {
      const { retries, delay, isForCaller, target, isUnsealed } = attempt
      const { framer } = dialect
      const call = { line, wire, signal, leash, reader: readers.next, framer, retries, delay, isForCaller }
      const reply = await (session.send ?? send)(call)
      settle(attempt, reply)
      const turns = isUnsealed ? attempt.request.turns : undefined
      return { reply, leaks: readers.leaks(), form: readers.form(), target, known: capabilities, turns }
    } catch (error) {
      if (!(error instanceof ChatError)) throw error
      await (await import('./remedy.ts')).remedy(attempt, error, wire, fitted)
    }
  }
}

/** The chat stays with who has answered it. */
function settle({ session, target }: Attempt, { servedBy }: Answer): void {
  const backend = servedBy ?? target.backend
  if (session.routing && target.isFree && backend !== undefined)
    session.routing = { ...session.routing, pinned: { id: target.id, backend } }
}

/** A request as it would be sent by what is known of the model. */
export async function spell({
  session,
  dialect,
  request,
  target,
  hints,
}: Pick<Attempt, 'session' | 'dialect' | 'request' | 'target' | 'hints'>): Promise<
  Wire & { readonly fitted: Fitted; readonly known: Capabilities }
> {
  const { provider, baseUrl } = session.line
  const quirks = quirksOf(provider, target.id)
  const learned = knownOf({ baseUrl, model: target.id, backend: target.backend })
  const known = hints && learned ? merged(hints, learned) : (learned ?? hints)
  const asked = request.model === target.model ? request : { ...request, model: target.model }
  const fitted =
    asItIs(asked, dialect, quirks, known, baseUrl) ??
    (await (await import('./mended.ts')).mended({ session, dialect, quirks }, target, asked, known ?? {}))
  return { ...dialect.encode(fitted.request, fitted.quirks), fitted, known: known ?? {} }
}
