import type { Delta } from '../core/delta.ts'
import { fromBase64, toBase64 } from '../lib/base64.ts'
import { concat } from '../lib/concat.ts'

/** Samples without a header: only such pieces are a recording when they are joined. */
const SAMPLES = /^audio\/(?:l16|pcm)\b/i

/** Joins the pieces of a spoken answer, which a stream brings one by one. https://ai.google.dev/gemini-api/docs/speech-generation */
export class GeminiRecording {
  #mimeType = ''
  readonly #pieces: Uint8Array[] = []
  #size = 0

  /** Takes in an `inlineData`; says whether it was a piece of a recording. */
  push({ mimeType, data }: Readonly<Record<string, unknown>>): boolean {
    if (typeof mimeType !== 'string' || !SAMPLES.test(mimeType) || typeof data !== 'string') return false
    try {
      const bytes = fromBase64(data)
      this.#mimeType ||= mimeType
      this.#pieces.push(bytes)
      this.#size += bytes.length
      return true
    } catch {
      return false // damaged, so there is nothing to join
    }
  }

  /** Adds the whole recording, where there is one. */
  end(out: Delta[]): void {
    if (this.#size === 0) return
    const data = toBase64(concat(this.#pieces, this.#size))
    out.push({ type: 'media', media: { type: 'media', kind: 'audio', mimeType: this.#mimeType, data } })
  }
}
