import { createParser, type EventSourceParser } from 'eventsource-parser'
import { Utf8 } from './utf8.ts'

/** What a body turned out to be, whatever its content type said. */
export type Framing = 'events' | 'json' | 'html' | 'text' | 'empty'

/** Hears of each payload, and of its event's name where it has one. */
export type OnPayload = (payload: string, event?: string) => void

/** What cuts a body into payloads. */
export interface Frames {
  /** Takes in the next bytes; calls back for each payload completed by them. */
  feed(chunk: Uint8Array): void
  /** The end of the body: hands on what is left, and says what the body was, with its whole text unless it was events. */
  end(): { readonly framing: Framing; readonly text: string }
}

const EVENT_FIELD = /^(?:data|event|id|retry)?:/
// Longer than any field name: enough to tell.
const ENOUGH = 8

/**
 * Cuts a body into the payloads of its server-sent events, or keeps it whole where it is one JSON value, HTML or plain text.
 * What it is is read from its first bytes: servers lie in `content-type`. Feed it chunks cut anywhere.
 */
export class Framer implements Frames {
  readonly #utf8 = new Utf8()
  readonly #onPayload: OnPayload
  #framing: Framing = 'empty'
  #parser: EventSourceParser | undefined
  #whole: string[] = []
  /** Lines of JSON that stand between events without `data:`. */
  #bare: string[] = []

  constructor(onPayload: OnPayload) {
    this.#onPayload = onPayload
  }

  feed(chunk: Uint8Array): void {
    const text = this.#utf8.decode(chunk)
    if (this.#parser) this.#parser.feed(text)
    else this.#begin(text)
  }

  end(): { readonly framing: Framing; readonly text: string } {
    const rest = this.#utf8.end()
    if (this.#parser) {
      // The last event may lack its blank line, or even its newline.
      this.#parser.feed(`${rest}\n\n`)
      this.#endBare()
      return { framing: 'events', text: '' }
    }
    this.#begin(rest, true)
    if (this.#framing === 'events') return this.end()
    const text = this.#whole.join('')
    if (this.#framing === 'json') this.#onPayload(text)
    return { framing: this.#framing, text }
  }

  #begin(text: string, last = false): void {
    if (this.#framing !== 'empty') {
      this.#whole.push(text)
      return
    }
    // White space and a byte order mark before a body mean nothing, however many packets of it come.
    const start = ((this.#whole[0] ?? '') + text).trimStart()
    this.#whole = [start]
    if (start === '' || (start.length < ENOUGH && !last && !/^[{[<]/.test(start))) return
    if (/^[{[]/.test(start)) this.#framing = 'json'
    else if (start.startsWith('<')) this.#framing = 'html'
    else if (EVENT_FIELD.test(start)) {
      this.#framing = 'events'
      this.#whole = []
      this.#parser = createParser({
        onEvent: (event) => this.#onPayload(event.data, event.event),
        onError: (error) => {
          if (error.type === 'unknown-field') this.#bareLine(error.line ?? '')
        },
      })
      this.#parser.feed(start)
    } else this.#framing = 'text'
  }

  /** Google closes a failed stream with the JSON of an error, on one line or many, no `data:`. */
  #bareLine(line: string): void {
    if (this.#bare.length === 0 && !line.startsWith('{')) return
    this.#bare.push(line)
    if (line.startsWith('}') || (this.#bare.length === 1 && line.trimEnd().endsWith('}'))) this.#endBare()
  }

  #endBare(): void {
    const text = this.#bare.join('\n')
    this.#bare = []
    if (text !== '') this.#onPayload(text)
  }
}
