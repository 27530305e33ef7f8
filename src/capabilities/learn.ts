import type { ChatError, ChatErrorCode } from '../core/errors.ts'
import { type StandardParam, isStandardParam } from '../core/params.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Capabilities } from './capabilities.ts'
import type { Fitted } from './fits.ts'
import type { Lesson } from './lesson.ts'
import { COMPLAINT, type Refused, placeOf, wordsOf } from './refused.ts'
import { shapeLesson } from './learn-shape.ts'
import { valueLesson } from './learn-value.ts'
import { wayLesson } from './learn-way.ts'

/** The fields without which there is no chat: a complaint about their content is no lesson about the field. */
const ESSENTIAL = new Set([
  'model',
  'messages',
  'input',
  'contents',
  'system',
  'systemInstruction',
  'instructions',
  'tools',
  'tool_choice',
  'response_format',
  'text',
  'format',
  'stream',
])

/** Refusals of what was sent: llama-server says 500 or 501 for what it cannot do. */
const STATUSES = new Set([400, 404, 415, 422, 424, 500, 501])

/** Refusals that are not about how something was asked. */
const FINAL = new Set<ChatErrorCode>(['context-overflow', 'credits', 'model-not-supported'])
/**
 * These only look so. OpenRouter: "No endpoints found that support tool use"; Groq: "`max_tokens` must be less than or equal to `8192`,
 * the maximum value for `max_tokens` is less than the `context_window`".
 */
const NOT_FINAL = /no endpoints found that support|^[^+]*max_\w*tokens\W{1,3}must be less than or equal to/i

/**
 * Learns from a refusal that names what was wrong with a request: how to send it instead. Undefined where it names nothing that
 * can be changed.
 */
export function learn(
  error: ChatError,
  sent: Readonly<Record<string, unknown>>,
  fitted: Fitted,
  dialect: Dialect,
): Lesson | undefined {
  if (!STATUSES.has(error.status ?? 0) || (FINAL.has(error.code) && !NOT_FINAL.test(error.message)))
    return undefined
  const text = wordsOf(error.message, error.body)
  const refused: Refused = { text, sent, fitted, said: said(error) }
  const lesson = wayLesson(refused) ?? shapeLesson(refused) ?? valueLesson(refused)
  if (lesson) return lesson
  return error.status === 400 || error.status === 422 ? fieldLesson(refused, dialect) : undefined
}

/** A field that is refused: sent under the name the server asks for, or not at all. */
function fieldLesson({ text, sent, fitted, said: why }: Refused, dialect: Dialect): Lesson | undefined {
  if (!COMPLAINT.test(text)) return undefined
  const standardOf = new Map(
    Object.entries({ ...dialect.paramNames, ...fitted.quirks.paramNames }).flatMap(([name, wire]) =>
      wire && isStandardParam(name) ? [[wire, name]] : [],
    ),
  ) as Map<string, StandardParam>
  // What the caller put into the body by hand is not taken out again: the refusal is for them to read.
  const insisted = fitted.request.extra ?? {}
  // Some dialects keep their parameters in an object within the body.
  const used = [...standardOf].flatMap(([wire, name]) => (name in fitted.request.params ? [wire] : []))
  const named = [...new Set([...Object.keys(sent), ...used])]
    .filter((name) => !ESSENTIAL.has(name) && !Object.hasOwn(insisted, name) && placeOf(text, name) >= 0)
    // The one named first is the one complained about: "max_tokens is unsupported, use max_completion_tokens".
    .toSorted((a, b) => placeOf(text, a) - placeOf(text, b))
  const [field] = named
  if (field === undefined) return undefined
  const param = standardOf.get(field)
  const other =
    field === 'max_tokens'
      ? 'max_completion_tokens'
      : field === 'max_completion_tokens'
        ? 'max_tokens'
        : undefined
  // Every server that refuses the newer name (old vLLM, TGI) takes the older one.
  if (param === 'maxTokens' && other && (placeOf(text, other) >= 0 || other === 'max_tokens'))
    return lessonOf(
      { paramNames: { [param]: other } },
      param,
      `${param} was sent as ${other}: the server refuses ${field}`,
    )
  // transformers serve names all at once: "Unexpected fields in the request: {'min_p', 'top_k'}".
  const all =
    /[{[][^{}[\]]*['"`]\w+['"`]\s*,[^{}[\]]*[}\]]/.test(text) && /fields?|param/i.test(text) ? named : [field]
  const params = all.flatMap((name) => standardOf.get(name) ?? [])
  const omit = all.filter((name) => !standardOf.has(name))
  return lessonOf(
    {
      ...(params.length > 0 && { paramNames: Object.fromEntries(params.map((name) => [name, null])) }),
      ...(omit.length > 0 && { omit }),
    },
    param ?? field,
    `${[...params, ...omit].join(', ')} ${all.length > 1 ? 'were' : 'was'} left out: ${why}`,
  )
}

const lessonOf = (capabilities: Capabilities, name: string, message: string): Lesson => ({
  capabilities,
  adjustment: { type: capabilities.paramNames ? 'parameter' : 'field', name, message },
})

const said = (error: ChatError): string =>
  `the server said "${error.message.length > 160 ? `${error.message.slice(0, 160)}…` : error.message}"`
