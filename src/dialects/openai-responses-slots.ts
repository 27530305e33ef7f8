/** What has come of one item of a response's output. */
export interface Slot {
  /** The number of its call among the calls, once it has one. */
  call?: number
  /** Which of its two kinds of thinking it tells: what was thought, or a summary of it. */
  thinking?: 'content' | 'summary'
  /** The part of its thinking that was told last. */
  thought?: unknown
  /** The parts that came in pieces, such as `text 0`: when the whole item comes they are known. */
  readonly streamed: Set<string>
  isDone: boolean
}

/** A slot of which nothing has come. */
export const newSlot = (): Slot => ({ streamed: new Set(), isDone: false })

/** Finds the item that an event is about, by its id or its place. */
export class OutputSlots {
  readonly #byId = new Map<string, Slot>()
  readonly #byIndex = new Map<number, Slot>()
  #last: Slot | undefined
  #count = 0

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** A new item. llama-server gives no places: they are counted. */
  open(index: unknown, id: unknown): Slot {
    const slot = newSlot()
    this.#byIndex.set(typeof index === 'number' ? index : this.#count, slot)
    if (typeof id === 'string' && id !== '') this.#byId.set(id, slot)
    this.#count++
    this.#last = slot
    return slot
  }

  /** The item an event is about, a new one if need be. Copilot gives every event another id, so that only the place tells. */
  find(index: unknown, id: unknown): Slot {
    const named = typeof id === 'string' && id !== '' ? this.#byId.get(id) : undefined
    const placed = typeof index === 'number' ? this.#byIndex.get(index) : undefined
    const last = typeof index !== 'number' && typeof id !== 'string' ? this.#last : undefined
    return named ?? placed ?? last ?? this.open(index, id)
  }
}
