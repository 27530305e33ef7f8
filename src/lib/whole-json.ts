import type { Frames, OnPayload } from './framing.ts'
import { Utf8 } from './utf8.ts'

/** Whether a body that begins so is one JSON value. */
export const isJson = (bytes: Uint8Array): boolean => bytes[0] === 0x7b || bytes[0] === 0x5b

/** Keeps a body that is one JSON value, and hands it on whole. */
export class WholeJson implements Frames {
  readonly #onPayload: OnPayload
  readonly #utf8 = new Utf8()
  #text = ''

  constructor(onPayload: OnPayload) {
    this.#onPayload = onPayload
  }

  feed(chunk: Uint8Array): void {
    this.#text += this.#utf8.decode(chunk)
  }

  end(): { readonly framing: 'json'; readonly text: string } {
    const text = this.#text + this.#utf8.end()
    this.#onPayload(text)
    return { framing: 'json', text }
  }
}
