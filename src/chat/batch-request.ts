import type { Fitted } from '../capabilities/fits.ts'
import { learn } from '../capabilities/learn.ts'
import type { ChatError } from '../core/errors.ts'
import type { Schema } from '../core/schema.ts'
import type { UserTurn } from '../core/turn.ts'
import type { Wire } from '../dialects/dialect.ts'
import { dialectOf } from '../dialects/lazy-dialects.ts'
import { remember } from '../providers/knowledge-store.ts'
import { requestFor } from './answer.ts'
import { spell } from './ask.ts'
import type { BatchWay } from './batch-file.ts'
import { follow } from './follow.ts'
import { report, toldOf } from './report.ts'
import type { Session } from './session.ts'
import { formOf } from './structured.ts'
import { targetOf } from './target.ts'

/** A prompt as it is handed in. */
export interface BatchRequest {
  readonly wire: Wire
  readonly way: BatchWay
}

/**
 * The request for a prompt, mended by what is known of the model.
 * @param before how the provider has refused it the last time, which may teach how it wants to be asked
 * @throws ChatError where it would have to be changed and may not be
 */
export async function batchRequest(
  session: Session,
  input: UserTurn,
  schema: Schema | undefined,
  before?: ChatError,
): Promise<BatchRequest> {
  const dialect = await dialectOf(session.line.provider.dialect)
  const request = await requestFor({ ...session, stream: false }, follow(session.turns, input), {
    signal: undefined,
    stream: false,
    builtins: session.toolbox.builtinsFor(undefined),
    schema: schema && formOf(schema).output,
  })
  const target = targetOf(session)
  const again = (): ReturnType<typeof spell> => spell({ session, dialect, request, target, hints: undefined })
  let spelled = await again()
  const lesson =
    before?.status !== undefined && session.adjust !== 'error'
      ? learn(before, spelled.body, spelled.fitted, dialect)
      : undefined
  if (lesson) {
    remember(
      { baseUrl: session.line.baseUrl, model: target.id, backend: target.backend },
      lesson.capabilities,
    )
    spelled = await again()
  }
  for (const listen of session.listeners.onRequestStart) await listen(request)
  const { fitted, known: _, ...wire } = spelled
  const adjustments = toldOf(fitted, lesson?.adjustment ? [lesson.adjustment] : [])
  report(session, adjustments)
  return { wire, way: { adjustments, ...readingOf(fitted) } }
}

const readingOf = ({ reading }: Fitted): Pick<Fitted, 'reading'> => (reading ? { reading } : {})
