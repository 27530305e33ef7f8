import { expect, test } from 'vitest'
import { googleSchema } from './gemini-schema.ts'

test('a constant is a list of one, where it may be listed', () => {
  expect(
    googleSchema({
      anyOf: [
        { type: 'string', const: 'a' },
        { type: 'integer', const: 1 },
      ],
    }),
  ).toEqual({
    anyOf: [
      { type: 'string', enum: ['a'] },
      { type: 'integer', enum: [1] },
    ],
  })
  expect(googleSchema({ type: 'boolean', const: true })).toEqual({ type: 'boolean' })
  expect(googleSchema({ type: 'boolean', enum: [true] })).toEqual({ type: 'boolean' })
  expect(googleSchema({ type: 'string', enum: ['a', 'b'] })).toEqual({ type: 'string', enum: ['a', 'b'] })
})

test('nothing stands beside a reference', () => {
  const $defs = { dog: { type: 'object' } }
  expect(
    googleSchema({
      type: 'object',
      properties: { pet: { $ref: '#/$defs/dog', description: 'The pet' }, other: { $ref: '#/$defs/dog' } },
      $defs,
    }),
  ).toEqual({
    type: 'object',
    properties: {
      pet: { description: 'The pet', anyOf: [{ $ref: '#/$defs/dog' }] },
      other: { $ref: '#/$defs/dog' },
    },
    $defs,
  })
  expect(googleSchema({ $ref: '#/$defs/dog', $defs })).toEqual({ anyOf: [{ $ref: '#/$defs/dog' }], $defs })
})

test('what leads back to itself need not be given, at once or by way of others; all else must', () => {
  const object = (properties: object, required: readonly string[]) => ({
    type: 'object',
    properties,
    required,
  })
  const node = (child: string) =>
    object({ name: { type: 'string' }, children: { type: 'array', items: { $ref: child } } }, [
      'name',
      'children',
    ])
  const schema = {
    ...object({ tree: { $ref: '#/$defs/a' } }, ['tree']),
    $defs: { a: node('#/$defs/b'), b: node('#/$defs/a'), c: object({ a: { $ref: '#/$defs/a' } }, ['a']) },
  }
  const { $defs, ...root } = googleSchema(schema) as unknown as typeof schema
  expect(root.required).toEqual(['tree'])
  expect([$defs.a.required, $defs.b.required, $defs.c.required]).toEqual([['name'], ['name'], ['a']])
  expect(googleSchema(object({ next: { $ref: '#' } }, ['next']))).toEqual({
    type: 'object',
    properties: { next: { $ref: '#' } },
  })
})

test('the given schema stays as it is, and is rewritten once', () => {
  const schema = { type: 'object', properties: { a: { const: 1 } } }
  const copy = structuredClone(schema)
  expect(googleSchema(schema)).toBe(googleSchema(schema))
  expect(schema).toEqual(copy)
})
