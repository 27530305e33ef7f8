import { type Frames, Framer, type OnPayload } from '../lib/framing.ts'

/** The name of the event under which a whole body is handed on. */
export const WHOLE = 'whole'

/**
 * Cuts a body as `Framer` does, and says of a body that was one JSON value that it was: on this wire an event looks like a whole
 * answer, and either may lack its `finishReason`, but only the stream is cut then.
 */
export function geminiFramer(onPayload: OnPayload): Frames {
  let last: Parameters<OnPayload>[] | undefined
  const framer = new Framer((...payload) => {
    if (last) last.push(payload)
    else onPayload(...payload)
  })
  return {
    feed: (chunk) => framer.feed(chunk),
    end: () => {
      last = []
      const body = framer.end()
      for (const [payload, event] of last) onPayload(payload, body.framing === 'json' ? WHOLE : event)
      return body
    },
  }
}
