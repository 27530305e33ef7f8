import type { JsonSchema } from '../core/schema.ts'
import { isObject } from '../lib/merge.ts'
import { asArray, asObject, mapParts } from './schema-shape.ts'

const known = new WeakMap<JsonSchema, JsonSchema>()

/**
 * A schema as Google's `responseJsonSchema` and `parametersJsonSchema` take it: `const` is not known there, nothing may stand
 * beside a `$ref`, and what leads back to itself "may only be used within non-required properties". What is dropped, the check of the
 * value still knows. https://ai.google.dev/api/generate-content#GenerationConfig
 */
export function googleSchema(schema: JsonSchema): JsonSchema {
  let rewritten = known.get(schema)
  if (!rewritten) known.set(schema, (rewritten = withoutDuty(mended(schema))))
  return rewritten
}

function mended(schema: JsonSchema): JsonSchema {
  const { const: value, enum: given, ...rest } = mapParts(schema, mended)
  if (typeof rest.$ref === 'string' && Object.keys(rest).length > 1) {
    const { $ref, $defs, definitions, ...beside } = rest
    return {
      ...beside,
      anyOf: [{ $ref }],
      ...($defs !== undefined && { $defs }),
      ...(definitions !== undefined && { definitions }),
    }
  }
  const values = value === undefined ? given : [value]
  return isListable(values) ? { ...rest, enum: values } : rest
}

/** Only texts and numbers may be listed. */
const isListable = (values: unknown): boolean =>
  Array.isArray(values) &&
  values.every((one) => typeof one === 'string' || typeof one === 'number' || one === null)

/** The same with no duty to give a property that leads back to what it stands in. */
function withoutDuty(schema: JsonSchema): JsonSchema {
  const { $defs, definitions, ...root } = schema
  const places = new Map<string, JsonSchema>([['#', root]])
  for (const [keyword, all] of Object.entries({ $defs, definitions }))
    for (const [name, one] of Object.entries(asObject(all)))
      if (isObject(one)) places.set(`#/${keyword}/${name}`, one)
  const loosened = (part: JsonSchema, home: string): JsonSchema => {
    const { required, ...rest } = mapParts(part, (inner) => loosened(inner, home))
    if (required === undefined) return rest
    const properties = asObject(part.properties)
    const kept = asArray(required).filter((name) => !leadsTo(properties[String(name)], home, places))
    return { ...rest, ...(kept.length > 0 && { required: kept }) }
  }
  const all = (keyword: string, given: unknown): JsonSchema =>
    isObject(given)
      ? {
          [keyword]: Object.fromEntries(
            Object.entries(given).map(([name, one]) => [
              name,
              isObject(one) ? loosened(one, `#/${keyword}/${name}`) : one,
            ]),
          ),
        }
      : {}
  return { ...loosened(root, '#'), ...all('$defs', $defs), ...all('definitions', definitions) }
}

/** Whether a schema refers to a place, at once or by way of others. */
function leadsTo(
  schema: unknown,
  home: string,
  places: ReadonlyMap<string, JsonSchema>,
  seen = new Set<string>(),
): boolean {
  return refsIn(schema).some((ref) => {
    if (ref === home) return true
    if (seen.has(ref)) return false
    seen.add(ref)
    return leadsTo(places.get(ref), home, places, seen)
  })
}

function refsIn(schema: unknown): readonly string[] {
  if (!isObject(schema)) return []
  const refs = typeof schema.$ref === 'string' ? [schema.$ref] : []
  mapParts(schema, (part) => {
    refs.push(...refsIn(part))
    return part
  })
  return refs
}
