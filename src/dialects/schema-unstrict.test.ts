import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyType } from '../../test/any-type.ts'
import { jsonSchemaCheck } from '../core/json-schema-check.ts'
import type { JsonSchema } from '../core/schema.ts'
import { t } from '../core/t.ts'
import { strict, unstrict, unwrapRoot, wrapRoot } from './schema-rewrites.ts'
import { isFree, recordOf, resolve, takesNull } from './schema-shape.ts'

/** A value as a model would have to write it under `strict(schema)`. */
function enstrict(value: unknown, schema: JsonSchema, root: JsonSchema): unknown {
  if (typeof schema.$ref === 'string') return enstrict(value, resolve(schema.$ref, root), root)
  if (isFree(schema)) return JSON.stringify(value)
  if (Array.isArray(schema.anyOf)) {
    const meant = schema.anyOf.find(
      (one: JsonSchema) => jsonSchemaCheck({ ...one, $defs: root.$defs })(value).isValid,
    )
    return enstrict(value, meant as JsonSchema, root)
  }
  const entry = recordOf(schema)
  if (entry)
    return Object.entries(value as object).map(([key, one]) => ({ key, value: enstrict(one, entry, root) }))
  if (Array.isArray(value)) return value.map((item) => enstrict(item, schema.items as JsonSchema, root))
  if (typeof value !== 'object' || value === null) return value
  const record = value as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(schema.properties as Record<string, JsonSchema>).map(([name, property]) => [
      name,
      Object.hasOwn(record, name) ? enstrict(record[name], property, root) : null,
    ]),
  )
}

describe('unstrict', () => {
  test('makes every value that fits a schema of what a strict server makes of it', () => {
    fc.assert(
      fc.property(anyType, ({ type, value }) => {
        const wrapped = wrapRoot(type.jsonSchema)
        const encoded = enstrict({ value }, wrapped, wrapped)
        expect(jsonSchemaCheck(strict(wrapped))(encoded)).toMatchObject({ isValid: true })
        const decoded = unwrapRoot(unstrict(encoded, wrapped))
        expect(type.check(decoded)).toMatchObject({ isValid: true })
        expect(jsonSchemaCheck(type.jsonSchema)(decoded)).toMatchObject({ isValid: true })
      }),
      { numRuns: 500 },
    )
  })

  test('takes an object for one with these properties, where another alternative would have been text or entries', () => {
    const named = t.object({ name: t.string(), kids: t.optional(t.array(t.string())) })
    for (const other of [
      t.record(t.record(t.unknown())),
      t.record(t.unknown()),
      t.record(t.nullable(t.string())),
    ]) {
      const { jsonSchema } = t.union([other, named])
      expect(unstrict({ name: 'Miso', kids: null }, jsonSchema)).toEqual({ name: 'Miso' })
    }
  })

  test('takes text for an object only where it is one', () => {
    const { jsonSchema } = t.union([t.record(t.unknown()), t.string()])
    expect(unstrict('5', jsonSchema)).toBe('5')
    expect(unstrict('{"a":5}', jsonSchema)).toEqual({ a: 5 })
  })

  test('takes an object that was not written as text or entries as it is', () => {
    const { jsonSchema } = t.union([t.record(t.unknown()), t.record(t.integer()), t.string()])
    expect(unstrict({ a: 5 }, jsonSchema)).toEqual({ a: 5 })
  })

  test('drops nulls that stand for what is absent, and no others', () => {
    const { jsonSchema } = t.object({
      mood: t.optional(t.enum(['good', 'bad'])),
      note: t.optional(t.nullable(t.string())),
      nick: t.nullable(t.string()),
      inner: t.array(t.object({ a: t.optional(t.integer()) })),
    })
    expect(
      unstrict({ mood: null, note: null, nick: null, inner: [{ a: null }, { a: 1 }] }, jsonSchema),
    ).toEqual({
      note: null,
      nick: null,
      inner: [{}, { a: 1 }],
    })
  })

  test('tells the alternatives of a union apart', () => {
    const { jsonSchema } = t.object({
      shape: t.union([
        t.object({ kind: t.literal('box'), size: t.nullable(t.number()) }),
        t.object({ kind: t.literal('dot'), size: t.optional(t.number()) }),
      ]),
    })
    expect(unstrict({ shape: { kind: 'box', size: null } }, jsonSchema)).toEqual({
      shape: { kind: 'box', size: null },
    })
    expect(unstrict({ shape: { kind: 'dot', size: null } }, jsonSchema)).toEqual({ shape: { kind: 'dot' } })
  })

  test('reads JSON text where any value may stand, and makes objects of lists of entries', () => {
    const { jsonSchema } = t.object({
      what: t.unknown(),
      by: t.record(t.unknown()),
      of: t.record(t.integer()),
    })
    const of = [
      { key: 'a', value: 1 },
      { key: '__proto__', value: 2 },
    ]
    const value = unstrict({ what: '{"a": [1]}', by: '{"b": null}', of }, jsonSchema)
    expect(JSON.stringify(value)).toBe('{"what":{"a":[1]},"by":{"b":null},"of":{"a":1,"__proto__":2}}')
    expect(unstrict({ what: 'no JSON' }, jsonSchema)).toEqual({ what: 'no JSON' })
  })

  test('leaves a value as it is that a server wrote its own way', () => {
    const { jsonSchema } = t.object({
      by: t.record(t.integer()),
      what: t.unknown(),
      a: t.optional(t.array(t.string())),
    })
    const value = { by: { x: 1 }, what: { y: [] }, a: ['s'], more: null }
    expect(unstrict(value, jsonSchema)).toEqual(value)
    for (const other of [null, 3, 'text', [1, null], { by: null }])
      expect(unstrict(other, jsonSchema)).toEqual(other)
  })

  test('follows references, also round in a circle', () => {
    const node = {
      type: 'object',
      properties: {
        name: { type: 'string' },
        next: { $ref: '#' },
        note: { allOf: [{ $ref: '#/definitions/note' }] },
      },
      required: ['name'],
      definitions: { note: { type: 'object', properties: { text: { type: 'string' } } } },
    }
    const value = { name: 'a', next: { name: 'b', next: null, note: { text: null } }, note: null }
    expect(unstrict(value, node)).toEqual({ name: 'a', next: { name: 'b', note: {} } })
    expect(takesNull({ $ref: '#' }, node)).toBe(false)
  })
})
