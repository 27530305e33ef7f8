import type { JsonSchema } from '../core/schema.ts'
import { isObject } from '../lib/merge.ts'
import { asArray, asObject, isFree, recordOf, shape, takesNull } from './schema-shape.ts'

/**
 * A value written under `strict(schema)`, as `schema` itself would have it: nulls that stand for absent properties dropped,
 * lists of `{ key, value }` made objects again, JSON text read. A value that was not written that way stays as it is.
 */
export const unstrict = (value: unknown, schema: JsonSchema): unknown => undo(value, schema, schema)

function undo(value: unknown, schema: JsonSchema, root: JsonSchema): unknown {
  const form = shape(schema, root)
  if (isFree(form)) return typeof value === 'string' ? read(value) : value
  if (Array.isArray(form.anyOf)) {
    const alternatives = form.anyOf as readonly JsonSchema[]
    const match = (isExact: boolean): JsonSchema | undefined =>
      alternatives.find((one) => fits(value, one, root, isExact))
    const meant = match(true) ?? match(false)
    return meant ? undo(value, meant, root) : value
  }
  const entry = recordOf(form)
  if (entry && isEntries(value))
    return Object.fromEntries(value.map((one) => [one.key, undo(one.value, entry, root)]))
  if (Array.isArray(value)) return value.map((item, i) => undo(item, itemOf(form, i), root))
  if (!isObject(value)) return value
  const properties = asObject(form.properties)
  const required = asArray(form.required)
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      const property = Object.hasOwn(properties, name) ? properties[name]! : entry
      if (!property) return [[name, one]]
      const isAbsent = one === null && !entry && !required.includes(name) && !takesNull(property, root)
      return isAbsent ? [] : [[name, undo(one, property, root)]]
    }),
  )
}

/**
 * Whether a value was written under a schema, to tell the alternatives of a union apart; its limits are not looked at. An exact
 * one has JSON text and lists of entries where `strict` asks for them, another one may have objects there.
 */
function fits(value: unknown, schema: JsonSchema, root: JsonSchema, isExact: boolean): boolean {
  const form = shape(schema, root)
  const { type, enum: values, const: only, anyOf } = form
  if (isFree(form)) {
    if (isExact) return typeof value === 'string' && (type !== 'object' || isObject(read(value)))
    return type !== 'object' || typeof value === 'string' || isObject(value)
  }
  if (Array.isArray(anyOf)) return anyOf.some((one: JsonSchema) => fits(value, one, root, isExact))
  if (only !== undefined) return value === only
  if (Array.isArray(values)) return values.includes(value)
  const entry = recordOf(form)
  if (entry && isEntries(value)) return value.every((one) => fits(one.value, entry, root, isExact))
  if (entry && isExact) return false
  if (!asArray(Array.isArray(type) ? type : [type]).some((name) => isOfType(value, name))) return false
  if (Array.isArray(value)) return value.every((item, i) => fits(item, itemOf(form, i), root, isExact))
  if (!isObject(value)) return true
  const properties = asObject(form.properties)
  const isAbsent = (name: string): boolean => value[name] === undefined || value[name] === null
  return (
    asArray(form.required).every((name) => Object.hasOwn(value, String(name))) &&
    Object.keys(value).every((name) => {
      const property = Object.hasOwn(properties, name) ? properties[name]! : entry
      if (!property) return form.additionalProperties !== false
      if (!entry && isAbsent(name) && !asArray(form.required).includes(name)) return true
      return fits(value[name], property, root, isExact)
    })
  )
}

const isOfType = (value: unknown, type: unknown): boolean =>
  type === 'null'
    ? value === null
    : type === 'array'
      ? Array.isArray(value)
      : type === 'object'
        ? isObject(value)
        : type === 'integer'
          ? Number.isInteger(value)
          : typeof value === type

function itemOf({ items, prefixItems }: JsonSchema, i: number): JsonSchema {
  const item = asArray(prefixItems ?? items)[i] ?? items
  return isObject(item) ? item : {}
}

const isEntries = (value: unknown): value is readonly { readonly key: string; readonly value: unknown }[] =>
  Array.isArray(value) && value.every((one) => isObject(one) && typeof one.key === 'string' && 'value' in one)

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // not JSON: said plainly
  }
}
