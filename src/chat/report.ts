import { warn } from '#platform'
import type { Fitted } from '../capabilities/fits.ts'
import { ChatError } from '../core/errors.ts'
import type { Adjustment, AssistantTurn } from '../core/turn.ts'
import type { Session } from './session.ts'

/**
 * What was changed, each thing once and warned of: what a refusal taught says more than that it was left out.
 * @throws ChatError where nothing may be changed
 */
export function told(
  session: Session,
  fitted: Fitted,
  lessons: readonly Adjustment[],
): readonly Adjustment[] {
  const all = [
    ...lessons,
    ...fitted.adjustments.filter(({ name }) => !lessons.some((lesson) => lesson.name === name)),
  ]
  for (const adjustment of all) report(session, adjustment)
  return all
}

/** These change what was asked of whom, not the request. */
const HARMLESS = new Set<Adjustment['type']>(['tool-calls', 'route'])

/** Warns of an adjustment once per model, or refuses to make it. */
export function report({ adjust, line, model, warned }: Session, { type, name, message }: Adjustment): void {
  if (adjust === 'error' && !HARMLESS.has(type))
    throw new ChatError(`The request would have to be changed, which adjust: 'error' forbids: ${message}.`, {
      code: 'bad-request',
      provider: line.provider.name,
    })
  const key = `${model} ${name}`
  if (adjust === 'silent' || warned.has(key)) return
  warned.add(key)
  warn(`${line.provider.name}/${model}: ${message}`)
}

const CUT: Readonly<Record<string, string>> = {
  length: 'it reached its token limit (params.maxTokens raises it)',
  'context-window': "it reached the model's context window",
  'content-filter': "it was stopped by the provider's content filter",
}

/** Warns of an answer that is less than the model had to say. */
export function warnUnlessWhole({ line, model }: Session, { finish }: AssistantTurn): void {
  const why = CUT[finish]
  if (why) warn(`${line.provider.name}/${model}: the answer is not whole, ${why}`)
}
