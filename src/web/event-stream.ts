import { within } from '../lib/within.ts'
import type { Run } from './run.ts'

/** How often a stream on which nothing happens says that it is still there, in milliseconds; proxies cut silent connections. */
const HEARTBEAT = 15_000

/**
 * The events of a run after an id as server-sent events, as fast as the reader takes them: what comes meanwhile waits in the run.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventStream(
  run: Run,
  after = 0,
  { heartbeat = HEARTBEAT, first }: { readonly heartbeat?: number; readonly first?: object } = {},
): Response {
  // A browser that comes back after the end is told by this not to come again.
  if (run.isOver && after >= run.log.end) return new Response(undefined, { status: 204 })
  let at = Math.min(after, run.log.end)
  const leave = run.enter()
  const encoder = new TextEncoder()
  let isGone = false
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(first ? `data: ${JSON.stringify(first)}\n\n` : ': hello\n\n'))
      },
      async pull(controller) {
        for (let isQuiet = false; !isGone;) {
          const { isOver } = run
          const news = run.log.since(at)
          if (news.length > 0) {
            at = news.at(-1)?.id ?? at
            const spelled = news.map(({ id, event }) => `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`)
            return controller.enqueue(encoder.encode(spelled.join('')))
          }
          if (isOver) {
            leave()
            return controller.close()
          }
          if (isQuiet) return controller.enqueue(encoder.encode(':\n\n'))
          isQuiet =
            (await within(
              run.log.changed().then(() => true),
              heartbeat,
            )) === undefined
        }
      },
      cancel() {
        isGone = true
        leave()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx would hold the events back.
      'x-accel-buffering': 'no',
    },
  })
}

/** The id to go on after, as a browser that reconnects says it, or as it stands in the address; 0 for what is none. */
export function afterOf(request: Request): number {
  const said = request.headers.get('last-event-id') ?? new URL(request.url).searchParams.get('after') ?? ''
  return /^\d{1,15}$/.test(said) ? Number(said) : 0
}
