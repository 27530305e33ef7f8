import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import { type Infer, type SchemaSource, type Type, t, tool } from 'natter'
import type { FakeReply } from 'natter/testing'
import * as v from 'valibot'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { type DialectRow, listOf, serve, toldIn } from './served.ts'

const ADA = { name: 'Ada', age: 36 }

/** One person, in the words of every library. */
const PERSON: readonly (readonly [library: string, schema: SchemaSource])[] = [
  ['t', t.object({ name: t.string(), age: t.integer() })],
  ['Zod', z.object({ name: z.string(), age: z.int() })],
  ['ArkType', type({ name: 'string', age: 'number.integer' })],
  ['Valibot', toStandardJsonSchema(v.object({ name: v.string(), age: v.pipe(v.number(), v.integer()) }))],
  [
    'JSON Schema',
    {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer' } },
      required: ['name', 'age'],
    },
  ],
]

interface Tree {
  readonly name: string
  readonly children: readonly Tree[]
}
const tree: Type<Tree> = t.object({ name: t.string(), children: t.array(t.lazy(() => tree)) })
const forest: Tree = { name: 'root', children: [{ name: 'leaf', children: [] }] }

const optional = t.object({ name: t.string(), note: t.optional(t.string()), age: t.nullable(t.integer()) })

/** What a schema, what the model says in the form it was asked for, and what the caller gets. */
const FORMS: readonly (readonly [what: string, schema: SchemaSource, said: unknown, given: unknown])[] = [
  ['a list', t.array(t.string()), { value: ['a', 'b'] }, ['a', 'b']],
  ['a number', t.number(), { value: 4.5 }, 4.5],
  ['a text', z.string(), { value: 'yes' }, 'yes'],
  ['an enum', t.enum(['red', 'green']), { value: 'red' }, 'red'],
  ['a root that may be null', z.object({ a: z.number() }).nullable(), { value: null }, null],
  [
    'a union of objects',
    z.union([z.object({ a: z.number() }), z.object({ b: z.string() })]),
    { value: { b: 'x' } },
    { b: 'x' },
  ],
  ['a union by ArkType', type({ a: 'number' }).or({ b: 'string' }), { value: { a: 1 } }, { a: 1 }],
  ['a list that came without the object around it', t.array(t.integer()), [1, 2], [1, 2]],
  [
    'a property left out, as strict servers say it',
    optional,
    { name: 'A', note: null, age: null },
    { name: 'A', age: null },
  ],
  ['a property left out', optional, { name: 'A', age: 3 }, { name: 'A', age: 3 }],
  ['a recursive schema', tree, forest, forest],
  ['a list of recursive ones', t.array(tree), { value: [forest] }, [forest]],
  ['any object', { type: 'object' }, { value: '{"a":{"b":1}}' }, { a: { b: 1 } }],
  ['keys that are not known', t.record(t.number()), { value: [{ key: 'a', value: 1 }] }, { a: 1 }],
  [
    'what the schema makes of it',
    z.object({ day: z.string().transform((day) => day.length) }),
    { day: 'Monday' },
    { day: 6 },
  ],
]

/** Data in the form of a schema, when all goes well. */
export function structured(row: DialectRow): void {
  test.each(PERSON)('fills a schema of %s, streamed or not', async (_, schema) => {
    const server = await serve(row, [JSON.stringify(ADA), { chunks: ['{"name": "A', 'da", "age"', ': 36}'] }])
    expect(await server.chat().structured('Who?', schema)).toEqual(ADA)
    expect(await server.chat({ stream: true }).structured('Who?', schema)).toEqual(ADA)
    for (const heard of server.heard) {
      expect(heard.schema).toMatchObject({
        type: 'object',
        properties: { name: { type: 'string' }, age: {} },
        required: expect.arrayContaining(['name', 'age']),
      })
      expect(heard.schema).not.toHaveProperty('$schema')
    }
  })

  test.each(FORMS)('%s', async (_, schema, said, given) => {
    const server = await serve(row, [JSON.stringify(said)])
    expect(await server.chat().structured('Well?', schema)).toEqual(given)
    // Servers take no other root.
    expect(server.heard[0]?.schema).toMatchObject({ type: 'object' })
  })

  test.each([
    ['a fence', '```json\n{"name": "Ada", "age": 36}\n```'],
    ['words', 'Here it is: {"name": "Ada", "age": 36} I hope it helps.'],
    ['words and a fence', 'Here it is:\n\n```json\n{"name": "Ada", "age": 36}\n```\nBye.'],
    ['white space', '\n\n {"name": "Ada", "age": 36}\n'],
  ])('is found with %s around it', async (_, text) => {
    const server = await serve(row, [text, text])
    const schema = t.object({ name: t.string(), age: t.integer() })
    expect(await server.chat().structured('Who?', schema)).toEqual(ADA)
    expect((await listOf(server.chat().streamStructured('Who?', schema))).at(-1)).toEqual(ADA)
  })

  test('tools are used first, and then the data is asked for', async () => {
    const server = await serve(row, [{ toolCalls: [{ name: 'age_of' }] }, 'She is 36.', JSON.stringify(ADA)])
    const age = tool({ name: 'age_of', description: 'd', input: t.object({}), run: () => 36 })
    const chat = server.chat({ tools: [age] })
    expect(await chat.structured('Who?', t.object({ name: t.string(), age: t.integer() }))).toEqual(ADA)
    expect(toldIn(server, 1)).toEqual(['36'])
    expect(server.heard.map(({ tools, schema }) => [tools.length, schema !== undefined])).toEqual([
      [1, false],
      [1, false],
      [0, true],
    ])
    expect(chat.turns).toHaveLength(6)
  })

  test('toolChoice: none asks for the data at once', async () => {
    const server = await serve(row, ['{"age": 1}'])
    const age = tool({ name: 'age_of', description: 'd', input: t.object({}), run: () => 36 })
    const chat = server.chat({ tools: [age] })
    expect(await chat.structured('Who?', t.object({ age: t.integer() }), { toolChoice: 'none' })).toEqual({
      age: 1,
    })
  })

  describe('streamed', () => {
    const schema = t.object({ title: t.string(), tags: t.array(t.string()) })
    const chunks = ['{"title": "On ', 'trees", "ta', 'gs": ["oak', '", "elm"', ']}']

    test('grows with each piece and ends with the checked value', async () => {
      const server = await serve(row, [{ chunks, pause: 8 }])
      const seen: unknown[] = []
      for await (const value of server.chat().streamStructured('Well?', schema))
        seen.push(structuredClone(value))
      expect(seen[0]).toEqual({ title: 'On ' })
      expect(seen.at(-1)).toEqual({ title: 'On trees', tags: ['oak', 'elm'] })
      const sizes = seen.map((value) => JSON.stringify(value).length)
      expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
      expect(seen.length).toBeGreaterThan(3)
    })

    test('a list grows out of the object around it', async () => {
      const server = await serve(row, [{ chunks: ['{"value": ["a', '", "b"]', '}'], pause: 8 }])
      const seen: unknown[] = []
      for await (const value of server.chat().streamStructured('Well?', t.array(t.string())))
        seen.push(structuredClone(value))
      expect([seen[0], seen.at(-1)]).toEqual([['a'], ['a', 'b']])
    })

    test('begins anew when the value has to be mended', async () => {
      const server = await serve(row, [
        { chunks: ['{"title": 5, ', '"tags": []}'], pause: 40 },
        { chunks, pause: 40 },
      ])
      const seen: unknown[] = []
      for await (const value of server.chat().streamStructured('Well?', schema))
        seen.push(structuredClone(value))
      expect(seen).toContainEqual({ title: 'On ' })
      expect(seen.at(-1)).toEqual({ title: 'On trees', tags: ['oak', 'elm'] })
    })

    test('can be left, and the chat goes on', async () => {
      const server = await serve(row, [{ chunks, pause: 8 }, 'Fine.'])
      const chat = server.chat()
      for await (const value of chat.streamStructured('Well?', schema)) if (value.title) break
      expect(chat.lastTurn('assistant')).toMatchObject({ finish: 'aborted' })
      expect(await chat.chat('Go on')).toBe('Fine.')
    })

    test('shows nothing of what is said while tools are used', async () => {
      const replies: FakeReply[] = [
        { text: '{"title": "no"}', toolCalls: [{ name: 'a' }] },
        'Now I know.',
        { chunks },
      ]
      const server = await serve(row, replies)
      const a = tool({ name: 'a', description: 'd', input: t.object({}), run: () => 1 })
      const seen = await listOf(server.chat({ tools: [a] }).streamStructured('Well?', schema))
      expect(seen.every(({ title }) => title?.startsWith('On ') ?? true)).toBe(true)
    })
  })

  test('the value is typed by its schema, in every library', async () => {
    const server = await serve(row, Array<FakeReply>(7).fill(JSON.stringify(ADA)))
    interface Person {
      name: string
      age: number
    }
    const ask = () => server.chat()
    const own = t.object({ name: t.string(), age: t.integer() })
    expectTypeOf(await ask().structured('Who?', own)).toEqualTypeOf<Infer<typeof own>>()
    expectTypeOf(await ask().structured('Who?', own)).toExtend<Person>()
    expectTypeOf(
      await ask().structured('Who?', z.object({ name: z.string(), age: z.int() })),
    ).toEqualTypeOf<Person>()
    expectTypeOf(
      await ask().structured('Who?', type({ name: 'string', age: 'number' })),
    ).toEqualTypeOf<Person>()
    const valibot = toStandardJsonSchema(v.object({ name: v.string(), age: v.number() }))
    expectTypeOf(await ask().structured('Who?', valibot)).toEqualTypeOf<Person>()
    expectTypeOf(await ask().structured('Who?', { type: 'object' })).toBeUnknown()
    for await (const part of ask().streamStructured('Who?', own))
      expectTypeOf(part.name).toEqualTypeOf<string | undefined>()
  })
}
