import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Delta } from '../core/delta.ts'
import { TurnBuilder } from '../core/turn-builder.ts'
import { GeminiArguments } from './gemini-arguments.ts'
import { GeminiCalls } from './gemini-calls.ts'

function callsOf(pieces: readonly object[], isWhole = true): unknown {
  const calls = new GeminiCalls()
  const out: Delta[] = []
  for (const piece of pieces) calls.push(piece as Readonly<Record<string, unknown>>, undefined, out)
  if (isWhole) calls.close(out)
  const builder = new TurnBuilder()
  for (const delta of out) builder.push(delta)
  return builder
    .build({}, isWhole ? undefined : 'error')
    .contents.map((content) => content.type === 'tool-call' && [content.name, content.input ?? content.raw])
}
const piece = (jsonPath: string, stringValue: string, willContinue = true): object => ({
  partialArgs: [{ jsonPath, stringValue, willContinue }],
  willContinue: true,
})

describe('a call that comes in pieces', () => {
  const opened = { name: 'weather', willContinue: true }

  test('is put together by their places, and ends with an empty one or with the next call', () => {
    expect(
      callsOf([
        opened,
        piece('$.city', 'San '),
        piece('$.city', 'Francisco'),
        piece('$.city', '', false),
        {},
        opened,
        piece('$.city', 'Oslo', false),
        { name: 'now', args: {} },
        {},
      ]),
    ).toEqual([
      ['weather', { city: 'San Francisco' }],
      ['weather', { city: 'Oslo' }],
      ['now', {}],
    ])
  })

  test('may come with its first piece, and need not be ended where the answer is', () => {
    expect(callsOf([{ name: 'a', ...piece('$.x', '1') }, piece('$.x', '2')])).toEqual([['a', { x: '12' }]])
    expect(callsOf([opened, {}])).toEqual([['weather', {}]])
  })

  test('is none where the answer breaks off before its end', () => {
    expect(callsOf([{ name: 'a', args: { x: 1 } }, opened, piece('$.city', 'Os')], false)).toEqual([
      ['a', { x: 1 }],
    ])
  })
})

describe('the arguments of a call that comes in pieces', () => {
  const put = (...pieces: readonly unknown[]): unknown => {
    const args = new GeminiArguments()
    for (const one of pieces) args.push(one)
    return JSON.parse(args.json)
  }

  test('hold every kind of value', () => {
    expect(
      put(
        { jsonPath: '$.a[0].b', stringValue: 'x' },
        { jsonPath: '$.a[0].n', numberValue: 0.5 },
        { jsonPath: '$.a[1]', boolValue: false },
        { jsonPath: "$['it\\'s'][\"q\"]", nullValue: 'NULL_VALUE' },
        { jsonPath: '$.__proto__', stringValue: 'p' },
      ),
    ).toEqual(JSON.parse('{"a":[{"b":"x","n":0.5},false],"it\'s":{"q":null},"__proto__":"p"}'))
  })

  test('take no notice of what is no piece, and never fill a list with nothing', () => {
    expect(
      put(
        null,
        'a',
        {},
        { jsonPath: 'a', stringValue: 'x' },
        { jsonPath: '$', stringValue: 'x' },
        {
          jsonPath: '$.a..b',
          stringValue: 'x',
        },
      ),
    ).toEqual({})
    expect(
      put({ jsonPath: '$.a[4000000000]', numberValue: 1 }, { jsonPath: '$.a[9]', numberValue: 2 }),
    ).toEqual({
      a: [1, 2],
    })
    expect(put({ jsonPath: '$.a', stringValue: 'x' }, { jsonPath: '$.a', stringValue: 'y' })).toEqual({
      a: 'y',
    })
  })

  test('are any object whose leaves came one by one, its texts in pieces', () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    )
    const key = fc.stringMatching(/^[a-z_]{1,4}$/)
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(key, tie('node'), { minKeys: 1, maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(fc.dictionary(key, node, { minKeys: 1, maxKeys: 3 }), (value) => {
        expect(put(...leaves(value, '$'))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 300 },
    )
  })
})

/** Every leaf of a value as a piece, texts as two. */
function leaves(value: unknown, jsonPath: string): readonly object[] {
  if (Array.isArray(value)) return value.flatMap((one, i) => leaves(one, `${jsonPath}[${i}]`))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, one]) => leaves(one, `${jsonPath}.${name}`))
  if (value === null) return [{ jsonPath, nullValue: 'NULL_VALUE' }]
  if (typeof value === 'number') return [{ jsonPath, numberValue: value }]
  if (typeof value === 'boolean') return [{ jsonPath, boolValue: value }]
  const text = String(value)
  return [
    { jsonPath, stringValue: text.slice(0, 2), willContinue: true },
    { jsonPath, stringValue: text.slice(2) },
  ]
}
