import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutAt } from '../../test/cuts.ts'
import { Framer, type Framing } from './framing.ts'
import { Utf8 } from './utf8.ts'

interface Framed {
  readonly payloads: readonly string[]
  readonly framing: Framing
  readonly text: string
}

function frame(pieces: readonly Uint8Array[]): Framed {
  const payloads: string[] = []
  const framer = new Framer((payload) => payloads.push(payload))
  for (const piece of pieces) framer.feed(piece)
  return { ...framer.end(), payloads }
}

const whole = (body: string): Framed => frame([Buffer.from(body)])

const places = fc.array(fc.nat(), { maxLength: 12 })
const payload = fc.oneof(
  fc.json({ noUnicodeString: false } as object),
  fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\r\n]/.test(text)),
  fc.constant('[DONE]'),
)
const noise = fc.constantFrom(
  '',
  ': keep-alive\n',
  ':\n',
  'event: message\n',
  'id: 1\n',
  'retry: 10\n',
  ': 🎉\n\n',
  '\n',
)
const newline = fc.constantFrom('\n', '\r\n', '\r')

describe('Framer', () => {
  test('gives the same payloads however the bytes of any mix of events are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(noise, payload), { minLength: 1, maxLength: 6 }),
        newline,
        fc.boolean(),
        places,
        (events, eol, isEnded, where) => {
          const body = events.map(([before, data]) => `${before}data: ${data}\n\n`).join('')
          const sent = (isEnded ? body : body.replace(/\n\n$/, '')).replaceAll('\n', eol)
          const { payloads, framing } = frame(cutAt(Buffer.from(sent), where))
          expect(framing).toBe('events')
          // The parser takes one space after the colon for a separator, and so did we.
          expect(payloads).toEqual(events.map(([, data]) => data))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('keeps JSON, HTML and text whole however they are cut', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          '{"a":"é🎉"}',
          '[{"a":1}]',
          '<!doctype html><p>é</p>',
          'plain é text',
          ' \n {"a":\n1}',
          'data',
          'x',
          '<',
          '{',
        ),
        places,
        (body, where) => {
          expect(frame(cutAt(Buffer.from(body), where))).toEqual(whole(body))
        },
      ),
    )
  })

  test.each<[string, Framing, number]>([
    ['', 'empty', 0],
    [' \r\n\n', 'empty', 0],
    ['{"a":1}', 'json', 1],
    ['\n\n[1]', 'json', 1],
    ['<html></html>', 'html', 0],
    ['\n<!DOCTYPE html>', 'html', 0],
    ['upstream connect error', 'text', 0],
    ['data is all we need', 'text', 0],
    ['data:1', 'events', 1],
    ['data: {"a":1}', 'events', 1],
    [': hello\n\ndata:1\n\n', 'events', 1],
    ['event: error\ndata: {}\n\n', 'events', 1],
    ['id: 1\n\n', 'events', 0],
    ['retry: 1\n\ndata: 1\n\n', 'events', 1],
    ['\uFEFFdata: 1\n\n', 'events', 1],
    ['\uFEFF{"a":1}', 'json', 1],
    ['\uFEFF<html>', 'html', 0],
  ])('takes %j for %s', (body, framing, count) => {
    const framed = whole(body)
    expect({ framing: framed.framing, count: framed.payloads.length }).toEqual({ framing, count })
  })

  test('hands on a JSON value that can be parsed, also after a byte order mark', () => {
    expect(JSON.parse(whole('\uFEFF{"a":1}').payloads[0] ?? '')).toEqual({ a: 1 })
  })

  test('joins the lines of an event, and hands on a bare JSON line among events', () => {
    expect(whole('data: {"a":\ndata: 1}\n\n').payloads).toEqual(['{"a":\n1}'])
    expect(whole('data: 1\n\n{"error":{"message":"boom"}}\n').payloads).toEqual([
      '1',
      '{"error":{"message":"boom"}}',
    ])
  })

  test('hands on bare JSON among events as one payload, on however many lines, whole or cut off', () => {
    const error = '{\n  "error": {\n    "code": 499,\n    "data": "x"\n  }\n}'
    expect(whole(`data: 1\n\n${error}\n\ndata: 2\n\n`).payloads).toEqual(['1', error, '2'])
    expect(whole(`data: 1\n\n${error.slice(0, 20)}`).payloads).toEqual(['1', error.slice(0, 20)])
    expect(whole('data: 1\n\nnonsense\n}\n').payloads).toEqual(['1'])
  })

  test('gives the whole text of what is not events', () => {
    expect(whole('upstream connect error').text).toBe('upstream connect error')
    expect(whole('<html>é</html>').text).toBe('<html>é</html>')
    expect(whole('data: 1').text).toBe('')
  })

  test('a body of white space costs no more than its length', () => {
    const started = performance.now()
    frame(Array.from({ length: 20_000 }, () => Uint8Array.of(10)))
    expect(performance.now() - started).toBeLessThan(1500)
  })
})

describe('Utf8', () => {
  test('decodes any bytes as a decoder of the whole would, however they are cut', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 24 }),
      fc.string({ unit: 'binary', maxLength: 8 }).map((text) => new Uint8Array(Buffer.from(text))),
      fc
        .array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xa0, 0xf0, 0x9f, 0xf4, 0xff), {
          maxLength: 10,
        })
        .map((all) => Uint8Array.from(all)),
    )
    fc.assert(
      fc.property(bytes, places, (all, where) => {
        const utf8 = new Utf8()
        const text =
          cutAt(all, where)
            .map((piece) => utf8.decode(piece))
            .join('') + utf8.end()
        expect(text).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(all))
      }),
      { numRuns: 500 },
    )
  })
})
