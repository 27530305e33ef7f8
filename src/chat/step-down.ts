import { type Capabilities, schemaWay } from '../capabilities/capabilities.ts'
import { ignoredSchema } from '../capabilities/learn-way.ts'
import { jsonSchemaCheck } from '../core/json-schema-check.ts'
import type { OutputSchema } from '../core/request.ts'
import { type AssistantTurn, textOf } from '../core/turn.ts'
import { spellingsOf } from '../capabilities/fits.ts'
import type { SchemaSpelling } from '../dialects/dialect.ts'
import { dialectOf } from '../dialects/lazy-dialects.ts'
import { REWRITES } from '../dialects/schema-rewrites.ts'
import { remember } from '../providers/knowledge-store.ts'
import { knownOf } from '../providers/knowledge.ts'
import { quirksOf } from '../providers/provider.ts'
import type { Session } from './session.ts'
import { targetOf } from './target.ts'

/**
 * Where a server took a form for the answer and did not heed it, it will be asked for in another way from here on. False where the
 * form was heeded as far as the server can, or no other way is left.
 * @param value the JSON that came; undefined where none did
 */
export async function stepDown(
  session: Session,
  turn: AssistantTurn,
  { schema }: OutputSchema,
  value: unknown,
): Promise<boolean> {
  const { line } = session
  const dialect = await dialectOf(line.provider.dialect)
  const target = targetOf(session)
  const spellings = spellingsOf(dialect, quirksOf(line.provider, target.id))
  // Where there is one spelling only, its servers heed it.
  if (session.adjust === 'error' || spellings === undefined) return false
  const subject = { baseUrl: line.baseUrl, model: target.id, backend: target.backend ?? turn.servedBy }
  const known = knownOf(subject) ?? {}
  // Nothing, or JSON that breaks off, may happen to every model; prose does not where a form is heeded.
  if (value === undefined && !/^\s*[^\s{[`"]/.test(textOf(turn))) return false
  if (
    value !== undefined &&
    (isTold(known, spellings) || isHeeded(schema, value, dialect.schemaForms.output))
  )
    return false
  const lesson = ignoredSchema(known, spellings)
  if (!lesson) return false
  remember(subject, lesson)
  return true
}

/** Whether the model itself was shown the form, so that what is wrong with its JSON is the model's mistake. */
const isTold = (known: Capabilities, spellings: readonly SchemaSpelling[]): boolean =>
  !['json-schema', 'top-level'].includes(schemaWay(known, spellings))

/** Whether a value fits what the server was sent: that is less than what the caller wants. */
function isHeeded(schema: OutputSchema['schema'], value: unknown, form: keyof typeof REWRITES): boolean {
  return jsonSchemaCheck(REWRITES[form](schema))(value).isValid
}
