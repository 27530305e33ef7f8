import type { ChatError } from '../core/errors.ts'
import { type StandardParam, isStandardParam } from '../core/params.ts'
import type { Adjustment } from '../core/turn.ts'
import { isObject } from '../lib/merge.ts'
import type { Capabilities } from './capabilities.ts'
import type { Fitted } from './fits.ts'

/** What a refusal taught, and what will be changed because of it. */
export interface Lesson {
  readonly capabilities: Capabilities
  readonly adjustment: Adjustment
}

/** The fields without which there is no chat: a complaint about their content is not a lesson. */
const ESSENTIAL = new Set(['model', 'messages', 'tools', 'tool_choice', 'response_format', 'stream'])
const COMPLAINT =
  /unsupported|not support|unexpected|unknown|unrecognized|unrecognised|extra (?:inputs|fields)|not permitted|not allowed|not available|invalid (?:field|param|argument)|does not accept|deprecated/i

/** Mistral: "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9." */
const NINE = /tool.?call.?id.{0,120}length of 9/is

/**
 * Learns from a refusal (400, 404, 422) that names a parameter or field which was sent: to send it under the name the server
 * asks for, or not at all. Undefined where it names none.
 */
export function learn(
  error: ChatError,
  sent: Readonly<Record<string, unknown>>,
  fitted: Fitted,
): Lesson | undefined {
  if (error.status !== 400 && error.status !== 422) return undefined
  const text = `${error.message} ${isObject(error.body) || Array.isArray(error.body) ? JSON.stringify(error.body) : ''}`
  if (NINE.test(text) && fitted.quirks.toolCallIds !== 'nine')
    return {
      capabilities: { toolCallIds: 'nine' },
      adjustment: {
        type: 'field',
        name: 'tool_call_id',
        message: 'ids of tool calls were sent as nine letters and digits: the server takes no others',
      },
    }
  if (!COMPLAINT.test(text)) return undefined
  const standardOf = new Map(
    Object.entries(fitted.quirks.paramNames ?? {}).flatMap(([name, wire]) =>
      wire && isStandardParam(name) ? [[wire, name]] : [],
    ),
  ) as Map<string, StandardParam>
  // What the caller put into the body by hand is not taken out again: the refusal is for them to read.
  const insisted = fitted.request.extra ?? {}
  const field = Object.keys(sent)
    .filter((name) => !ESSENTIAL.has(name) && !Object.hasOwn(insisted, name) && placeOf(text, name) >= 0)
    // The one named first is the one complained about: "max_tokens is unsupported, use max_completion_tokens".
    .toSorted((a, b) => placeOf(text, a) - placeOf(text, b))[0]
  if (field === undefined) return undefined
  const param = standardOf.get(field)
  const other =
    param === 'maxTokens' ? (field === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens') : undefined
  // Every server that refuses the newer name (old vLLM, TGI) takes the older one.
  if (param && other && (placeOf(text, other) >= 0 || other === 'max_tokens'))
    return lesson(
      { paramNames: { [param]: other } },
      param,
      `${param} was sent as ${other}: the server refuses ${field}`,
    )
  if (param) return lesson({ paramNames: { [param]: null } }, param, `${param} was left out: ${said(error)}`)
  return lesson({ omit: [field] }, field, `${field} was left out: ${said(error)}`)
}

const lesson = (capabilities: Capabilities, name: string, message: string): Lesson => ({
  capabilities,
  adjustment: { type: capabilities.omit ? 'field' : 'parameter', name, message },
})

/** Where a text names a field; -1 where it does not. */
const placeOf = (text: string, field: string): number =>
  text.search(new RegExp(`(?<![\\w.])${field.replaceAll(/[^\w]/g, '\\$&')}(?!\\w)`))

const said = (error: ChatError): string =>
  `the server said "${error.message.length > 160 ? `${error.message.slice(0, 160)}…` : error.message}"`
