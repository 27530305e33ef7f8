import { EventStreamCodec } from '@smithy/eventstream-codec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutAt } from '../../test/cuts.ts'
import { AwsEventStream, LONGEST_MESSAGE } from './aws-event-stream.ts'
import type { Framing } from './framing.ts'

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
  (text) => new TextEncoder().encode(text),
)

type Named = readonly (readonly [name: string, value: string])[]

const message = (headers: Named, body: string): Uint8Array =>
  codec.encode({
    headers: Object.fromEntries(headers.map(([name, value]) => [name, { type: 'string', value }])),
    body: new TextEncoder().encode(body),
  })
const event = (name: string, body: string): Uint8Array =>
  message(
    [
      [':message-type', 'event'],
      [':content-type', 'application/json'],
      [':event-type', name],
    ],
    body,
  )

interface Read {
  readonly payloads: readonly (readonly [payload: string, event: string | undefined])[]
  readonly framing: Framing
  readonly text: string
}

function read(pieces: readonly Uint8Array[]): Read {
  const payloads: [string, string | undefined][] = []
  const frames = new AwsEventStream((payload, name) => payloads.push([payload, name]))
  for (const piece of pieces) frames.feed(piece)
  return { payloads, ...frames.end() }
}

const HELLO = event('contentBlockDelta', '{"delta":{"text":"Grüße"}}')
const said = ['{"delta":{"text":"Grüße"}}', 'contentBlockDelta'] as const

/** Bytes with one of them changed. */
const spoilt = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte ^ 0x10 : byte))

describe('messages', () => {
  test('are handed on with the names of their events', () => {
    const body = Buffer.concat([HELLO, event('messageStop', '{"stopReason":"end_turn"}')])
    expect(read([body])).toEqual({
      payloads: [said, ['{"stopReason":"end_turn"}', 'messageStop']],
      framing: 'events',
      text: '',
    })
  })

  test('cut anywhere, also with nothing in a piece, give the same payloads', () => {
    const one = fc.tuple(fc.constantFrom('a', 'contentBlockDelta', 'ü'), fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(fc.array(one, { minLength: 1 }), fc.array(fc.nat(), { maxLength: 12 }), (events, cuts) => {
        const bytes = Buffer.concat(events.map(([name, body]) => event(name, body)))
        expect(read(cutAt(bytes, cuts)).payloads).toEqual(events.map(([name, body]) => [body, name]))
      }),
    )
  })

  test('byte by byte too', () => {
    const bytes = Buffer.concat([HELLO, HELLO])
    expect(read([...bytes].map((byte) => Uint8Array.of(byte))).payloads).toEqual([said, said])
  })

  test('that are exceptions carry their type as their name', () => {
    const bytes = message(
      [
        [':message-type', 'exception'],
        [':exception-type', 'throttlingException'],
      ],
      '{"message":"Slow down"}',
    )
    expect(read([bytes]).payloads).toEqual([['{"message":"Slow down"}', 'throttlingException']])
  })

  test('that are errors without a payload get one from their headers', () => {
    const bytes = message(
      [
        [':message-type', 'error'],
        [':error-code', 'InternalFailure'],
        [':error-message', 'It broke'],
      ],
      '',
    )
    expect(read([bytes]).payloads).toEqual([['{"message":"It broke","code":"InternalFailure"}', 'error']])
  })

  test('with headers of other types are read past those', () => {
    const bytes = codec.encode({
      headers: {
        ':date': { type: 'timestamp', value: new Date(0) },
        flag: { type: 'boolean', value: true },
        ':event-type': { type: 'string', value: 'metadata' },
        size: { type: 'integer', value: 7 },
      },
      body: new TextEncoder().encode('{}'),
    })
    expect(read([bytes]).payloads).toEqual([['{}', 'metadata']])
  })

  test('cost the same each, however many there are and however they are cut', () => {
    const many = Buffer.concat(Array<Uint8Array>(20_000).fill(HELLO))
    const begun = performance.now()
    expect(read([many]).payloads).toHaveLength(20_000)
    const pieces = Array.from({ length: Math.ceil(many.length / 7) }, (_, i) =>
      many.subarray(i * 7, i * 7 + 7),
    )
    expect(read(pieces).payloads).toHaveLength(20_000)
    expect(performance.now() - begun).toBeLessThan(5000)
  })

  test('of megabytes are taken', () => {
    const long = JSON.stringify({ text: 'a'.repeat(4 * 1024 * 1024) })
    const bytes = event('contentBlockDelta', long)
    expect(read([bytes.subarray(0, 100_000), bytes.subarray(100_000)]).payloads).toEqual([
      [long, 'contentBlockDelta'],
    ])
  })
})

describe('a damaged stream', () => {
  const damage = ({ payloads }: Read): string => payloads.at(-1)?.[0] ?? ''

  test.each([
    ['its prelude', 4, /./],
    ['the checksum of its prelude', 9, /prelude checksum/],
    ['its headers', 14, /message checksum/],
    ['its payload', HELLO.length - 10, /message checksum/],
    ['its checksum', HELLO.length - 1, /message checksum/],
  ])('is told where %s is wrong, after what came before, and nothing follows', (_, at, why) => {
    const result = read([HELLO, spoilt(HELLO, at), HELLO])
    expect(result.payloads).toHaveLength(2)
    expect(result.payloads[0]).toEqual(said)
    expect(damage(result)).toMatch(/^a damaged event stream: /)
    expect(damage(result)).toMatch(why)
    expect(() => JSON.parse(damage(result)) as unknown).toThrow(SyntaxError)
    expect(result.framing).toBe('events')
  })

  test('never becomes other payloads, whichever byte is changed', () => {
    fc.assert(
      fc.property(fc.nat(HELLO.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = HELLO.map((byte, i) => (i === at ? byte ^ change : byte))
        const { payloads } = read([HELLO, bytes])
        expect(payloads[0]).toEqual(said)
        expect(payloads.slice(1).every(([payload]) => payload.startsWith('a damaged event stream'))).toBe(
          true,
        )
      }),
    )
  })

  test.each<[string, readonly number[], string]>([
    ['longer than any may be', [LONGEST_MESSAGE + 1, 0], `${LONGEST_MESSAGE + 1} bytes is longer than any`],
    ['of four gigabytes', [0xffffffff, 0], '4294967295 bytes is longer than any'],
    ['shorter than any can be', [15, 0], '15 bytes is too short'],
    ['with more headers than bytes', [100, 90], '100 bytes is too short'],
  ])('with a message %s is refused before memory is taken for it', (_, [length = 0, headers = 0], why) => {
    const prelude = new DataView(new ArrayBuffer(12))
    prelude.setUint32(0, length)
    prelude.setUint32(4, headers)
    const before = process.memoryUsage().arrayBuffers
    expect(damage(read([HELLO, new Uint8Array(prelude.buffer)]))).toContain(why)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
  })

  test('with headers that are no headers is refused', () => {
    const bytes = Buffer.from(event('a', '{}'))
    // The length of a header's name leads past the end; the checksum is made right again.
    const crc = (data: Uint8Array): number => {
      let c = ~0
      for (const byte of data) {
        c ^= byte
        for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0)
      }
      return ~c >>> 0
    }
    bytes[12] = 0xff
    bytes.writeUInt32BE(crc(bytes.subarray(0, -4)), bytes.length - 4)
    expect(damage(read([bytes]))).toMatch(/^a damaged event stream: (?!.*checksum)/)
  })

  test('that ends within a message hands on what was whole', () => {
    expect(read([Buffer.concat([HELLO, HELLO.subarray(0, 20)])])).toEqual({
      payloads: [said],
      framing: 'events',
      text: '',
    })
  })
})

describe('a body that is no event stream', () => {
  const bytes = (text: string): Uint8Array[] => [...Buffer.from(text)].map((byte) => Uint8Array.of(byte))

  test('is handed on as one payload where it is JSON', () => {
    const body = ' \n{"message":"no"}'
    expect(read(bytes(body))).toEqual({
      payloads: [['{"message":"no"}', undefined]],
      framing: 'json',
      text: '{"message":"no"}',
    })
  })

  test('is cut into its events where they are server-sent', () => {
    expect(read(bytes('data: {"a":1}\n\ndata: 2\n\n'))).toMatchObject({
      payloads: [
        ['{"a":1}', undefined],
        ['2', undefined],
      ],
      framing: 'events',
    })
  })

  test.each([
    ['<html>no</html>', 'html'],
    ['Bad gateway', 'text'],
    ['', 'empty'],
  ])('is said to be what it is: %s', (body, framing) => {
    expect(read(bytes(body))).toEqual({ payloads: [], framing, text: body })
  })
})
