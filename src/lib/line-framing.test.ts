import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutAt } from '../../test/cuts.ts'
import type { Framing } from './framing.ts'
import { LineFramer } from './line-framing.ts'

interface Framed {
  readonly payloads: readonly string[]
  readonly framing: Framing
  readonly text: string
}

function frame(pieces: readonly Uint8Array[]): Framed {
  const payloads: string[] = []
  const framer = new LineFramer((payload) => payloads.push(payload))
  for (const piece of pieces) framer.feed(piece)
  return { ...framer.end(), payloads }
}

const whole = (body: string): Framed => frame([Buffer.from(body)])

const places = fc.array(fc.nat(), { maxLength: 12 })
const value = fc.oneof(
  fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ noUnicodeString: false } as object)),
  fc.constant({ message: { content: 'é🎉' } }),
)
const lines = fc.array(value, { minLength: 2, maxLength: 6 })
const newline = fc.constantFrom('\n', '\r\n', '\n\n', '\n \n')

describe('LineFramer', () => {
  test('gives the same lines however the bytes of any body are cut', () => {
    fc.assert(
      fc.property(lines, newline, fc.boolean(), places, (values, eol, isEnded, where) => {
        const texts = values.map((one) => JSON.stringify(one))
        const body = texts.join(eol) + (isEnded ? eol : '')
        expect(frame(cutAt(Buffer.from(body), where))).toEqual({
          framing: 'events',
          text: '',
          payloads: texts,
        })
      }),
      { numRuns: 300 },
    )
  })

  test('hands on a value that is written on many lines once, however it is cut', () => {
    fc.assert(
      fc.property(value, places, (one, where) => {
        const body = JSON.stringify({ one, more: [1] }, undefined, 2)
        const framed = frame(cutAt(Buffer.from(`${body}\n`), where))
        expect(framed.framing).toBe('json')
        expect(framed.payloads.map((payload): unknown => JSON.parse(payload))).toEqual([JSON.parse(body)])
      }),
    )
  })

  test('keeps anything else whole however it is cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          '',
          ' \n ',
          '<!doctype html>\n<p>é</p>',
          'plain é\ntext',
          '{"a":\n',
          '\uFEFF[1]',
          '{"é',
        ),
        places,
        (body, where) => {
          expect(frame(cutAt(Buffer.from(body), where))).toEqual(whole(body))
        },
      ),
    )
  })

  test.each<[string, Framing, readonly string[]]>([
    ['', 'empty', []],
    ['\n\n', 'empty', []],
    ['{"a":1}', 'json', ['{"a":1}']],
    ['{"a":1}\n', 'events', ['{"a":1}']],
    ['\uFEFF{"a":1}\n{"a":2}', 'events', ['{"a":1}', '{"a":2}']],
    ['{"a":1}\n{"a":', 'events', ['{"a":1}', '{"a":']],
    ['{"a":1}\nno JSON\n{"a":2}\n', 'events', ['{"a":1}', 'no JSON', '{"a":2}']],
    ['{"a', 'json', ['{"a']],
    ['[\n1\n]\n', 'json', ['[\n1\n]\n']],
    ['<html>\n</html>', 'html', []],
    ['404 page not found\n', 'text', []],
  ])('takes %j for %s', (body, framing, payloads) => {
    expect(whole(body)).toMatchObject({ framing, payloads })
  })

  test('hands on a line as soon as its newline has come', () => {
    const payloads: string[] = []
    const framer = new LineFramer((payload) => payloads.push(payload))
    framer.feed(Buffer.from('{"a":1'))
    expect(payloads).toEqual([])
    framer.feed(Buffer.from('}\n{"b"'))
    expect(payloads).toEqual(['{"a":1}'])
  })

  test('gives the whole text of what is not lines', () => {
    expect(whole('404 page\nnot found').text).toBe('404 page\nnot found')
    expect(whole('{\n"a": 1}').text).toBe('{\n"a": 1}')
    expect(whole('{"a":1}\n').text).toBe('')
  })

  test('a long line in small pieces, and a body without lines, cost no more than their length', () => {
    const started = performance.now()
    frame([
      Buffer.from('{"a":1}\n{"b":"'),
      ...Array.from({ length: 50_000 }, () => Buffer.from('x')),
      Buffer.from('"}\n'),
    ])
    frame([Buffer.from('{\n'), ...Array.from({ length: 50_000 }, () => Buffer.from('1\n'))])
    expect(performance.now() - started).toBeLessThan(1500)
  })
})
