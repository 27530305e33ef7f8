// Reads the events of an answer, and goes on after the last one where the connection broke.
import { createParser } from 'eventsource-parser'
import type { RunEvent } from '../protocol.ts'

/** Who wants to hear of an answer. */
export interface RunListener {
  /** Events in the order they came, those of one piece of the body together. */
  readonly onEvents: (events: readonly RunEvent[]) => void
  /** Whether events can come right now. */
  readonly onConnection: (isConnected: boolean) => void
  readonly signal: AbortSignal
}

/** How a reading ended: with the last event, or because the server knows no such run (any more). */
export type RunOutcome = 'ended' | 'gone'

const FIRST_WAIT = 250
const LONGEST_WAIT = 8000
/** The server says something, if only a comment, more often than this; in milliseconds. */
const SILENCE = 45_000

/** Reads the events of a run from its beginning to its end, over as many connections as it takes. */
export async function readRun(run: string, listener: RunListener): Promise<RunOutcome> {
  const { onConnection, signal } = listener
  const place: Place = { isEnded: false }
  let failures = 0
  while (!signal.aborted) {
    const before = place.last
    try {
      const status = await readOnce(run, place, listener)
      if (place.isEnded) return 'ended'
      // There is nothing after the last event that was read, or no such run.
      if (status === 204) return 'gone'
      if (status >= 400 && status < 500 && status !== 429) return 'gone'
    } catch {
      if (place.isEnded) return 'ended'
      // A broken connection is what the loop is for.
    }
    if (place.last !== before) failures = 0
    onConnection(false)
    await pause(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures++) * (0.75 + Math.random() / 2), signal)
  }
  return 'gone'
}

interface Place {
  last?: string
  isEnded: boolean
}

/** Reads one connection until it ends; its status. */
async function readOnce(
  run: string,
  place: Place,
  { onEvents, onConnection, signal }: RunListener,
): Promise<number> {
  const silence = new AbortController()
  let watch = setTimeout(() => silence.abort(), SILENCE)
  try {
    const response = await fetch(`api/runs/${encodeURIComponent(run)}/events`, {
      headers: {
        accept: 'text/event-stream',
        ...(place.last !== undefined && { 'last-event-id': place.last }),
      },
      signal: AbortSignal.any([signal, silence.signal]),
    })
    if (!response.ok || !response.body) return response.status
    onConnection(true)
    let events: RunEvent[] = []
    const parser = createParser({
      onEvent({ id, data }) {
        if (id !== undefined) place.last = id
        const event = JSON.parse(data) as RunEvent
        if (event.type === 'end') place.isEnded = true
        events.push(event)
      },
    })
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return response.status
      clearTimeout(watch)
      watch = setTimeout(() => silence.abort(), SILENCE)
      parser.feed(value)
      if (events.length > 0) onEvents(events)
      events = []
    }
  } finally {
    clearTimeout(watch)
  }
}

/** Waits, but not longer than until the network is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      removeEventListener('online', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    addEventListener('online', done)
    signal.addEventListener('abort', done)
  })
}
