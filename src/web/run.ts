import type { Approve } from '../chat/toolbox.ts'
import type { RunEvent } from './protocol.ts'
import { RunLog } from './run-log.ts'

/** What a person says of a call. */
export interface Verdict {
  readonly isApproved: boolean
  /** Told to the model where it was not. */
  readonly reason?: string | undefined
}

/** One question on its way to its answer: whoever knows its id may watch it, stop it, and say which calls may run. */
export class Run {
  readonly id: string
  readonly log = new RunLog()
  readonly #controller = new AbortController()
  readonly #waiting = new Map<string, (verdict: boolean | string) => void>()
  readonly #onEnd: (() => void)[] = []
  /** How many read its events now. */
  #readers = 0
  #leaving: ReturnType<typeof setTimeout> | undefined
  readonly #linger: number
  /** When it ended, in milliseconds since 1970. */
  endedAt: number | undefined

  /** @param linger how long it goes on with nobody watching, in milliseconds; Infinity is to its end */
  constructor(id: string, linger = Infinity) {
    this.id = id
    this.#linger = linger
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  push(event: RunEvent): void {
    this.log.push(event)
  }

  /** Stops it; what has come by then is kept. */
  stop(): void {
    this.#controller.abort(new Error('it was stopped'))
    for (const decide of this.#waiting.values()) decide('the answer was stopped')
    this.#waiting.clear()
  }

  /** Asks whoever watches whether a call may run, and waits for the word. */
  readonly approve: Approve = (call) =>
    new Promise((resolve) => {
      if (this.signal.aborted) return resolve('the answer was stopped')
      let { id } = call
      while (this.#waiting.has(id)) id += '+'
      this.#waiting.set(id, resolve)
      this.push({ type: 'approval', id, name: call.name, input: call.input })
    })

  /** Says whether a call may run; false where none of that id waits. */
  decide(id: string, { isApproved, reason }: Verdict): boolean {
    const decide = this.#waiting.get(id)
    if (!decide) return false
    this.#waiting.delete(id)
    this.log.forget((event) => event.type === 'approval' && event.id === id)
    decide(isApproved || reason || false)
    return true
  }

  /** Whether it is over, and its last event told. */
  get isOver(): boolean {
    return this.log.isClosed
  }

  /** Tells the last event. */
  end(head?: string): void {
    this.stop()
    this.push({ type: 'end', ...(head !== undefined && { head }) })
    this.log.close()
    this.endedAt = Date.now()
    clearTimeout(this.#leaving)
    for (const tell of this.#onEnd) tell()
  }

  /** Somebody watches from now on; what it gives is called when they leave. */
  enter(): () => void {
    this.#readers++
    clearTimeout(this.#leaving)
    let isGone = false
    return () => {
      if (isGone) return
      isGone = true
      if (--this.#readers > 0 || this.isOver || this.#linger === Infinity) return
      this.#leaving = setTimeout(() => this.stop(), this.#linger)
    }
  }

  /** Calls back at the end, at once where it is over. */
  whenOver(tell: () => void): void {
    if (this.isOver) tell()
    else this.#onEnd.push(tell)
  }
}
