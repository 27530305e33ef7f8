import { type Params, params } from '../core/params.ts'
import { isObject } from '../lib/merge.ts'

type JsonObject = Record<string, unknown>
type Check = (value: unknown, path: string) => void

/** Deeper nesting than any chat has; past the stack's end a reader would crash instead of saying so. */
const DEEPEST = 1000

/**
 * A copy of a saved chat, each known member of which is of its type.
 * @throws Error that names the member which is not.
 */
export function checkTranscript(file: unknown): JsonObject {
  const copy = plain(file, '', 0) as JsonObject
  transcript(copy, '')
  try {
    copy.params = params(copy.params as Params)
  } catch (cause) {
    throw new Error(
      `This saved chat is damaged: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    )
  }
  return copy
}

/** A deep copy without the members called `__proto__`: assigned elsewhere, one would become the prototype. */
function plain(value: unknown, path: string, depth: number): unknown {
  if (depth > DEEPEST)
    throw new Error(
      `This saved chat is damaged: it is nested deeper than ${DEEPEST} levels at ${path.slice(0, 60)}….`,
    )
  if (Array.isArray(value)) return value.map((item, i) => plain(item, `${path}[${i}]`, depth + 1))
  if (!isObject(value)) return value
  const copy: JsonObject = {}
  for (const [name, member] of Object.entries(value))
    if (name !== '__proto__') copy[name] = plain(member, path ? `${path}.${name}` : name, depth + 1)
  return copy
}

function must(isRight: boolean, path: string, what: string, value: unknown): asserts isRight {
  if (!isRight)
    throw new Error(`This saved chat is damaged: ${path || 'it'} must be ${what}, and is ${show(value)}.`)
}

function show(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  return Array.isArray(value) ? 'an array' : `${/^[aeiou]/.test(typeof value) ? 'an' : 'a'} ${typeof value}`
}

const text: Check = (value, path) => must(typeof value === 'string', path, 'a string', value)
const word: Check = (value, path) =>
  must(typeof value === 'string' && value.trim() !== '', path, 'a non-empty string', value)
const flag: Check = (value, path) => must(typeof value === 'boolean', path, 'true or false', value)
const amount: Check = (value, path) =>
  must(typeof value === 'number' && Number.isFinite(value) && value >= 0, path, 'a number from 0', value)
const object: Check = (value, path) => must(isObject(value), path, 'an object', value)
const address: Check = (value, path) =>
  must(
    typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value),
    path,
    'an http: or https: URL',
    value,
  )

const oneOf =
  (...words: readonly string[]): Check =>
  (value, path) =>
    must(words.includes(value as string), path, words.map((it) => `'${it}'`).join(' or '), value)

const list =
  (item: Check): Check =>
  (value, path) => {
    must(Array.isArray(value), path, 'an array', value)
    for (const [i, member] of value.entries()) item(member, `${path}[${i}]`)
  }

/** An object with these members. An optional one that is null is deleted: JSON writes null for NaN, and others for absent. */
const shape =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value, path) => {
    must(isObject(value), path, 'an object', value)
    const at = (name: string): string => (path ? `${path}.${name}` : name)
    for (const [name, check] of Object.entries(required)) check(value[name], at(name))
    for (const [name, check] of Object.entries(optional)) {
      if (value[name] === null) delete (value as JsonObject)[name]
      if (value[name] !== undefined) check(value[name], at(name))
    }
  }

const opaque = shape({ dialect: word }, { server: word })

const mediaShape = shape(
  { kind: oneOf('image', 'pdf', 'audio', 'document'), mimeType: text },
  { url: text, data: text, name: text, fileId: text, server: word, transcript: text, opaque },
)
const media: Check = (value, path) => {
  mediaShape(value, path)
  const { url, data, fileId } = value as JsonObject
  const isThere = url !== undefined || data !== undefined || fileId !== undefined
  must(isThere, `${path}.data`, 'a string where there is no url', data)
}

const callShape = shape({ id: text, name: text }, { input: object, raw: text, opaque })
const call: Check = (value, path) => {
  callShape(value, path)
  const { input, raw } = value as JsonObject
  must(input !== undefined || raw !== undefined, `${path}.input`, 'an object where there is no raw', input)
  // JSON has no undefined, but the member is there all the same.
  if (input === undefined) (value as JsonObject).input = undefined
}

const json: Check = (value, path) =>
  must('value' in (value as JsonObject), `${path}.value`, 'a JSON value', undefined)

const CONTENTS = new Map<unknown, Check>([
  ['text', shape({ text }, { opaque })],
  ['thinking', shape({ text }, { opaque })],
  ['media', media],
  ['tool-call', call],
  [
    'tool-result',
    shape({ id: text, name: text, content: text }, { isError: flag, media: list(media), opaque }),
  ],
  ['server-tool', shape({ name: text }, { opaque })],
  ['json', json],
  ['citation', shape({ url: text }, { title: text, opaque })],
])

const content: Check = (value, path) => {
  must(isObject(value), path, 'an object', value)
  const check = CONTENTS.get(value.type)
  must(check !== undefined, `${path}.type`, `one of ${[...CONTENTS.keys()].join(', ')}`, value.type)
  check(value, path)
}

const adjustment = shape({ type: word, name: text, message: text })
const usage = shape(
  {},
  { input: amount, output: amount, cachedInput: amount, cacheWrite: amount, reasoning: amount },
)

const user = shape({ contents: list(content) })
const assistant = shape(
  { contents: list(content), finish: word },
  {
    finishRaw: text,
    provider: word,
    model: text,
    servedBy: text,
    usage,
    serviceTier: text,
    cost: amount,
    duration: amount,
    adjustments: list(adjustment),
    refusal: text,
    requestId: text,
  },
)

const turn: Check = (value, path) => {
  must(isObject(value), path, 'an object', value)
  oneOf('user', 'assistant')(value.role, `${path}.role`)
  const check = value.role === 'user' ? user : assistant
  check(value, path)
}

const transcript = shape(
  { provider: word, model: text, params: object, turns: list(turn) },
  {
    dialect: word,
    baseUrl: address,
    systemPrompt: text,
    apiArgs: object,
    tools: list(word),
    settings: object,
  },
)
