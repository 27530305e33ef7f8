import { EventStreamCodec, type HeaderMarshaller } from '@smithy/eventstream-codec'
import { Framer, type Framing, type Frames, type OnPayload } from './framing.ts'

/** The longest message that is taken, in bytes: a payload of 16 MiB, headers of 128 KiB, and 16 bytes around them. */
export const LONGEST_MESSAGE = 16 * 1024 * 1024 + 128 * 1024 + 16

/** How a message begins: its length, that of its headers, and a checksum of the two. */
const PRELUDE = 12
const SHORTEST_MESSAGE = PRELUDE + 4

type Headers = ReturnType<HeaderMarshaller['parse']>

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
  (text) => new TextEncoder().encode(text),
)

/**
 * Cuts AWS's binary event stream into the JSON payloads of its messages, each with its event's or exception's name; an error without
 * a payload is made `{message, code}` and named `error`. A body that is something else, such as one JSON value, is cut as `Framer`
 * does it. A damaged message is handed on as a sentence that says what is wrong, which is no JSON, and nothing after it.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export class AwsEventStream implements Frames {
  readonly #onPayload: OnPayload
  readonly #text: Framer
  #kind: 'unknown' | 'binary' | 'text' | 'damaged' = 'unknown'
  /** The prelude of the next message, or the whole of it. */
  #frame = new Uint8Array(PRELUDE)
  #filled = 0

  constructor(onPayload: OnPayload) {
    this.#onPayload = onPayload
    this.#text = new Framer(onPayload)
  }

  feed(chunk: Uint8Array): void {
    const [first] = chunk
    if (first === undefined) return
    // No text begins with a control character, and each message that is taken does: with a byte of its length.
    if (this.#kind === 'unknown')
      this.#kind = first < 0x20 && !/\s/.test(String.fromCharCode(first)) ? 'binary' : 'text'
    if (this.#kind === 'text') this.#text.feed(chunk)
    else if (this.#kind === 'binary') this.#cut(chunk)
  }

  end(): { readonly framing: Framing; readonly text: string } {
    return this.#kind === 'text' || this.#kind === 'unknown'
      ? this.#text.end()
      : { framing: 'events', text: '' }
  }

  #cut(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length && this.#kind === 'binary') {
      const piece = chunk.subarray(at, at + this.#frame.length - this.#filled)
      this.#frame.set(piece, this.#filled)
      this.#filled += piece.length
      at += piece.length
      if (this.#filled < this.#frame.length) return
      if (this.#frame.length === PRELUDE) this.#grow()
      else this.#message()
    }
  }

  /** Makes room for the message whose prelude has come. */
  #grow(): void {
    const view = new DataView(this.#frame.buffer)
    const length = view.getUint32(0)
    const headers = view.getUint32(4)
    if (length > LONGEST_MESSAGE)
      return this.#damaged(`a message of ${length} bytes is longer than any may be`)
    if (length < SHORTEST_MESSAGE + headers) return this.#damaged(`a message of ${length} bytes is too short`)
    const frame = new Uint8Array(length)
    frame.set(this.#frame)
    this.#frame = frame
  }

  #message(): void {
    let message: { readonly headers: Headers; readonly body: Uint8Array }
    try {
      message = codec.decode(this.#frame)
    } catch (error) {
      this.#damaged(error instanceof Error ? error.message : String(error))
      return
    }
    this.#frame = new Uint8Array(PRELUDE)
    this.#filled = 0
    const { headers, body } = message
    const header = (name: string): string | undefined => {
      const value = headers[name]?.value
      return typeof value === 'string' ? value : undefined
    }
    if (header(':message-type') === 'error') {
      const said = { message: header(':error-message') ?? 'no explanation', code: header(':error-code') }
      this.#onPayload(JSON.stringify(said), 'error')
    } else this.#onPayload(new TextDecoder().decode(body), header(':exception-type') ?? header(':event-type'))
  }

  #damaged(why: string): void {
    this.#kind = 'damaged'
    this.#frame = new Uint8Array(0)
    this.#onPayload(`a damaged event stream: ${why}`)
  }
}
