import { Bell } from '../lib/bell.ts'
import type { RunEvent } from './protocol.ts'

/** An event, and where in the run it ends: the id that a reader goes on from. */
export interface LoggedEvent {
  readonly id: number
  readonly event: RunEvent
}

interface Entry {
  readonly from: number
  to: number
  event: RunEvent
}

type Piece = Extract<RunEvent, { readonly type: 'text' | 'thinking' | 'refusal' }>

/**
 * The events of a run, for readers who come late or come back. Ids count characters of text, so pieces can be joined and still be
 * read from where each of them ended: it is no larger than what was said, however it came.
 */
export class RunLog {
  #entries: Entry[] = []
  #to = 0
  /** Whether nothing more comes. */
  isClosed = false
  readonly #bell = new Bell()

  /** The id of the last event; 0 before the first. */
  get end(): number {
    return this.#to
  }

  push(event: RunEvent): void {
    const from = this.#to
    const last = this.#entries.at(-1)
    if (isPiece(event)) {
      if (event.text === '') return
      this.#to += event.text.length
      if (last && last.event.type === event.type && last.to === from) {
        last.event = { ...event, text: (last.event as Piece).text + event.text }
        last.to = this.#to
        return this.#bell.ring()
      }
    } else this.#to++
    // Of what a tool reports only the newest is news.
    if (event.type === 'tool-progress')
      this.#drop(({ event: before }) => before.type === 'tool-progress' && before.call.id === event.call.id)
    this.#entries.push({ from, to: this.#to, event })
    this.#bell.ring()
  }

  /** Takes back what need not be told any more. */
  forget(isOver: (event: RunEvent) => boolean): void {
    this.#drop(({ event }) => isOver(event))
  }

  /** Nothing more comes. */
  close(): void {
    this.isClosed = true
    this.#bell.ring()
  }

  /** All there is after an id, at once. */
  since(after: number): readonly LoggedEvent[] {
    let first = this.#entries.length
    while (first > 0 && (this.#entries[first - 1]?.to ?? 0) > after) first--
    return this.#entries.slice(first).map(({ from, to, event }) => ({
      id: to,
      event: isPiece(event) && from < after ? { ...event, text: event.text.slice(after - from) } : event,
    }))
  }

  /** Waits for the next event, or the end. */
  changed(): Promise<void> {
    return this.isClosed ? Promise.resolve() : this.#bell.wait()
  }

  #drop(isOver: (entry: Entry) => boolean): void {
    this.#entries = this.#entries.filter((entry) => !isOver(entry))
  }
}

const isPiece = (event: RunEvent): event is Piece =>
  event.type === 'text' || event.type === 'thinking' || event.type === 'refusal'
