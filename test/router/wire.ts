/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>

/** A call as it stands in a message. */
export interface WireCall {
  readonly id: string
  readonly function: { readonly name: string; readonly arguments: string }
}

/** A message of a conversation, as it came over the wire. */
export interface Message {
  readonly role: string
  readonly content?: unknown
  readonly tool_calls?: readonly WireCall[]
  readonly tool_call_id?: string
}

/** The body of a request for an answer. */
export interface Body extends Json {
  readonly model: string
  readonly messages: readonly Message[]
  readonly stream?: boolean
}

/** A tool as a model sees it. */
export interface SeenTool {
  readonly name: string
  /** JSON Schema of its arguments; undefined where the prompt does not tell. */
  readonly parameters?: Json | undefined
}

/** A call that a model makes. */
export interface Call {
  readonly name: string
  readonly arguments: Json
}

/** What a model says: text, calls, or both. */
export interface Answer {
  readonly text: string
  readonly calls: readonly Call[]
}

/** Whether a value is a JSON object. */
export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The parts of a message's content; a string is one part of text. */
export function partsOf({ content }: Message): readonly Json[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return Array.isArray(content) ? content.filter(isJson) : []
}

/** The text of a message. */
export const textOf = (message: Message): string =>
  partsOf(message)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .filter(Boolean)
    .join('\n')

/** The tools of a body, as the model sees them. */
export function toolsOf({ tools }: Json): readonly SeenTool[] {
  if (!Array.isArray(tools)) return []
  return tools.flatMap((tool: unknown): SeenTool[] => {
    const spec = isJson(tool) && isJson(tool.function) ? tool.function : undefined
    if (typeof spec?.name !== 'string') return []
    return [{ name: spec.name, parameters: isJson(spec.parameters) ? spec.parameters : undefined }]
  })
}

/** A body without these fields. */
export const without = (body: Body, ...fields: readonly string[]): Body =>
  Object.fromEntries(Object.entries(body).filter(([field]) => !fields.includes(field))) as Body

/** The JSON objects written in a text, outermost only, with their places. */
export function objectsIn(
  text: string,
): readonly { readonly at: number; readonly end: number; readonly value: Json }[] {
  const found: { at: number; end: number; value: Json }[] = []
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    const end = endOfObject(text, at)
    if (end === undefined) continue
    try {
      const value: unknown = JSON.parse(text.slice(at, end))
      if (!isJson(value)) continue
      found.push({ at, end, value })
      at = end - 1
    } catch {
      // Braces that hold no JSON: what is inside them may.
    }
  }
  return found
}

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0
  let isString = false
  for (let at = start; at < text.length; at++) {
    const char = text[at]
    if (isString) {
      if (char === '\\') at++
      else if (char === '"') isString = false
    } else if (char === '"') isString = true
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return at + 1
  }
  return undefined
}
