import { type Body, type Json, type Message, isJson, objectsIn, textOf } from './wire.ts'

/** A schema that an answer is to fit. */
export interface SeenSchema {
  readonly schema: Json
  /** Whether the server holds the model to it; otherwise it is a wish in the prompt. */
  readonly isEnforced: boolean
}

const ANY_OBJECT: Json = { type: 'object', properties: { answer: { type: 'string' } } }

/** The schema that a model is asked to fit: of `response_format` in any spelling, or written in the prompt. */
export function schemaOf(body: Body): SeenSchema | undefined {
  const { response_format: format } = body
  const prompted = promptedSchema(body.messages)
  if (isJson(format) && format.type !== 'text') {
    const spelled = schemaIn(format)
    if (spelled) return { schema: spelled, isEnforced: true }
    // JSON mode: some object, and the prompt may say which.
    return { schema: prompted ?? ANY_OBJECT, isEnforced: true }
  }
  return prompted && { schema: prompted, isEnforced: false }
}

/** The schema in a `response_format`: OpenAI's, Together's, Fireworks', llama-server's or TGI's. */
export function schemaIn(format: Json): Json | undefined {
  const { json_schema: named, schema, value } = format
  const candidates = [isJson(named) ? named.schema : undefined, schema, value]
  return candidates.find(isJson)
}

/** A schema in the newest words of the user or in the system prompt, with a wish for JSON before or after it. */
function promptedSchema(messages: readonly Message[]): Json | undefined {
  const newest = messages.findLast(({ role }) => role === 'user')
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer')
  // A system prompt that was folded stands in the first turn of the user.
  const first = messages.find(({ role }) => role === 'user')
  for (const message of [newest, ...system, first]) {
    const text = message ? textOf(message) : ''
    const found = objectsIn(text).find(({ value, at, end }) => isSchema(value) && isWished(text, at, end))
    if (found) return found.value
  }
  return undefined
}

const isSchema = (value: Json): boolean =>
  (typeof value.type === 'string' && (isJson(value.properties) || isJson(value.items))) ||
  Array.isArray(value.anyOf) ||
  typeof value.$ref === 'string'

/** Whether the words around a schema ask to answer in it: the arguments of a tool have one too. */
function isWished(text: string, at: number, end: number): boolean {
  const before = text.slice(Math.max(0, at - 400), at)
  const after = text.slice(end, end + 200)
  const isOfTool = /\b(?:arguments?|parameters?|tool|function)\b[^.\n]{0,80}$/i.test(before)
  return !isOfTool && /\b(?:json|schema)\b/i.test(before + after)
}
