import { type Facts, numberFor, personIn, placeIn, wordFor, wordsOf } from './facts.ts'
import { type Json, isJson } from './wire.ts'

/** How a value is made for a schema. */
export interface Sampling {
  readonly facts: Facts
  /** What to say where a text is asked for that no fact answers. */
  readonly prose: string
  /** The tool to call, where the schema has room for a call; none is called otherwise. */
  readonly tool?: string | undefined
  /** Names of all tools, so that a form of a call is known from other data. */
  readonly tools: readonly string[]
}

/** A value that fits a JSON Schema, filled with what the conversation tells. */
export function sample(schema: Json, sampling: Sampling): unknown {
  return valueFor(schema, '', { ...sampling, root: schema })
}

interface Place extends Sampling {
  readonly root: Json
}

function valueFor(raw: unknown, key: string, place: Place): unknown {
  const schema = resolved(raw, place.root)
  if ('const' in schema) return schema.const
  if (Array.isArray(schema.enum)) return chosen(schema.enum, place)
  const choices = schema.anyOf ?? schema.oneOf
  if (Array.isArray(choices)) return valueFor(branch(choices, place), key, place)
  if (Array.isArray(schema.allOf)) return valueFor(Object.assign({}, ...schema.allOf), key, place)
  switch (typeOf(schema)) {
    case 'object':
      return objectFor(schema, place)
    case 'array':
      return arrayFor(schema, key, place)
    case 'number':
      return within(numberOf(key, place), schema)
    case 'integer':
      return Math.round(within(numberOf(key, place), schema))
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return stringFor(schema, key, place)
  }
}

/** Every property, also those that may be left out: a model that knows more says more. */
function objectFor(schema: Json, place: Place): Json {
  const properties = isJson(schema.properties) ? schema.properties : {}
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, valueFor(property, name, place)]),
  )
}

function arrayFor(schema: Json, key: string, place: Place): readonly unknown[] {
  const items = schema.items ?? {}
  if (namesTool(items, place.tools, place.root) && !place.tool) return []
  const count = Math.max(1, Number(schema.minItems ?? 1))
  return Array.from({ length: count }, () => valueFor(items, key.replace(/s$/, ''), place))
}

function stringFor(schema: Json, key: string, { facts, prose, tool }: Place): string {
  const all = [facts.told, ...facts.results].join('\n')
  const words = wordsOf(key)
  if (schema.format === 'date') return /\d{4}-\d\d-\d\d/.exec(all)?.[0] ?? '2026-01-31'
  if (words.includes('city') || words.includes('place') || words.includes('location'))
    return placeIn(facts) ?? prose
  const fact = wordFor(key, all) ?? (words.includes('name') ? personIn(facts) : undefined)
  // A form with room for both a call and an answer: who calls has nothing to say yet.
  return fact ?? (tool ? '' : prose)
}

const numberOf = (key: string, { facts }: Place): number =>
  numberFor(key, facts.results.at(-1) ?? '') ?? numberFor(key, facts.told) ?? 0

const within = (value: number, { minimum, maximum }: Json): number =>
  Math.min(Math.max(value, Number(minimum ?? -Infinity)), Number(maximum ?? Infinity))

function chosen(values: readonly unknown[], { facts, tool }: Place): unknown {
  if (tool !== undefined && values.includes(tool)) return tool
  const all = [facts.told, ...facts.results].join('\n').toLowerCase()
  return values.find((value) => typeof value === 'string' && all.includes(value.toLowerCase())) ?? values[0]
}

/** The alternative that calls, when a call is wanted; else one that does not, and rather something than null. */
function branch(choices: readonly unknown[], place: Place): unknown {
  const calls = choices.filter((choice) => namesTool(choice, place.tools, place.root))
  if (place.tool) {
    const { tool } = place
    const call = calls.find((choice) => namesTool(choice, [tool], place.root))
    if (call) return call
  }
  const others = choices.filter((choice) => !calls.includes(choice))
  return others.find((choice) => typeOf(resolved(choice, place.root)) !== 'null') ?? others[0] ?? choices[0]
}

/** Whether a schema has one of these names as a constant: it is the form of a call then. */
export function namesTool(raw: unknown, tools: readonly string[], root: Json, depth = 0): boolean {
  if (!isJson(raw) || depth > 8) return false
  const schema = resolved(raw, root)
  const named = [schema.const, ...(Array.isArray(schema.enum) ? schema.enum : [])]
  if (named.some((name) => typeof name === 'string' && tools.includes(name))) return true
  const inner = [
    ...(isJson(schema.properties) ? Object.values(schema.properties) : []),
    ...[schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (Array.isArray(list) ? list : [])),
    schema.items,
  ]
  return inner.some((part) => namesTool(part, tools, root, depth + 1))
}

/** All texts that a schema has as constants. */
export function constantsOf(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(constantsOf)
  if (!isJson(schema)) return []
  const own = [schema.const, ...(Array.isArray(schema.enum) ? schema.enum : [])]
  return [...own.filter((value) => typeof value === 'string'), ...Object.values(schema).flatMap(constantsOf)]
}

function resolved(raw: unknown, root: Json): Json {
  if (!isJson(raw)) return {}
  const { $ref } = raw
  if (typeof $ref !== 'string') return raw
  let target: unknown = root
  for (const step of $ref.replace(/^#\/?/, '').split('/').filter(Boolean))
    target = isJson(target) ? target[step] : undefined
  return isJson(target) ? target : {}
}

function typeOf({ type, properties, items }: Json): unknown {
  if (Array.isArray(type)) return type.find((one) => one !== 'null')
  return type ?? (properties ? 'object' : items ? 'array' : undefined)
}
