import type { Frames, Framing, OnPayload } from './framing.ts'
import { Utf8 } from './utf8.ts'
import { parsedJson } from './parsed-json.ts'

/**
 * Cuts a body of one JSON value a line (NDJSON) into its lines, each handed on as soon as it is whole. A body that is a single
 * value, however many lines it is written on, is handed on once at the end; HTML and plain text are only kept. Feed it chunks
 * cut anywhere. As with server-sent events, `end` says `events` of a body that came line by line.
 */
export class LineFramer implements Frames {
  readonly #utf8 = new Utf8()
  readonly #onPayload: OnPayload
  #framing: Framing = 'empty'
  /** Whether the body is one value: its first line was no whole one. */
  #isWhole = false
  /** What came of the line, or of the body, that is not whole yet. */
  #pieces: string[] = []

  constructor(onPayload: OnPayload) {
    this.#onPayload = onPayload
  }

  feed(chunk: Uint8Array): void {
    this.#take(this.#utf8.decode(chunk))
  }

  end(): { readonly framing: Framing; readonly text: string } {
    this.#take(this.#utf8.end())
    const text = this.#pieces.join('')
    this.#pieces = []
    // The last line may lack its newline.
    if (this.#framing === 'events') this.#hand(text)
    else if (this.#framing === 'json') this.#onPayload(text)
    return { framing: this.#framing, text: this.#framing === 'events' ? '' : text }
  }

  #take(piece: string): void {
    const text = this.#framing === 'empty' ? piece.trimStart() : piece
    if (text === '') return
    if (this.#framing === 'empty')
      this.#framing = /^[{[]/.test(text) ? 'json' : text.startsWith('<') ? 'html' : 'text'
    let from = 0
    while (!this.#isWhole && (this.#framing === 'json' || this.#framing === 'events')) {
      const at = text.indexOf('\n', from)
      if (at < 0) break
      this.#pieces.push(text.slice(from, at))
      from = at + 1
      this.#endLine()
    }
    if (from < text.length) this.#pieces.push(text.slice(from))
  }

  #endLine(): void {
    const line = this.#pieces.join('')
    if (this.#framing === 'json' && parsedJson(line) === undefined) {
      this.#isWhole = true
      this.#pieces = [line, '\n']
      return
    }
    this.#framing = 'events'
    this.#pieces = []
    this.#hand(line)
  }

  #hand(line: string): void {
    const payload = line.trim()
    if (payload !== '') this.#onPayload(payload)
  }
}
