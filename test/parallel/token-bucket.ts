import { type Loopback, answer, json, loopback } from '../loopback.ts'

/** How a provider with limits behaves. */
export interface BucketOptions {
  /** Requests it takes for each second. */
  readonly perSecond: number
  /** How many it takes at once after a rest. */
  readonly capacity: number
  /** How long an answer takes, in milliseconds. */
  readonly delay: number
  /** The share of requests it fails with a 500, and of connections it drops. */
  readonly broken?: number
  readonly dropped?: number
  /** Whether it tells what is left, as OpenAI does. */
  readonly hasHeaders?: boolean
}

/** A provider with a token bucket, and what it saw. */
export interface BucketServer extends Loopback {
  readonly seen: { refused: number; taken: number; most: number }
}

/** Starts a provider that refuses what is too much with 429 and `Retry-After`, in whole seconds as most do. */
export async function tokenBucket(options: BucketOptions): Promise<BucketServer> {
  const { perSecond, capacity, delay, broken = 0, dropped = 0, hasHeaders = false } = options
  const seen = { refused: 0, taken: 0, most: 0 }
  let left = capacity
  let at = performance.now()
  let active = 0
  const server = await loopback((reply, asked, n) => {
    const now = performance.now()
    left = Math.min(capacity, left + ((now - at) * perSecond) / 1000)
    at = now
    const headers = hasHeaders
      ? {
          'x-ratelimit-limit-requests': String(capacity),
          'x-ratelimit-remaining-requests': String(Math.max(0, Math.floor(left - 1))),
          'x-ratelimit-reset-requests': `${Math.ceil(((capacity - left + 1) / perSecond) * 1000)}ms`,
        }
      : {}
    if (left < 1) {
      seen.refused++
      const wait = String(Math.max(1, Math.ceil((1 - left) / perSecond)))
      return json(
        reply,
        429,
        { error: { message: 'Rate limit reached' } },
        { 'retry-after': wait, ...headers },
      )
    }
    left--
    seen.taken++
    active++
    seen.most = Math.max(seen.most, active)
    // Spread evenly, so that the share is the same in each run.
    const share = (n * 0.618_034) % 1
    setTimeout(() => {
      active--
      if (share < dropped) return reply.socket?.destroy()
      if (share < dropped + broken) return json(reply, 500, { error: { message: 'Internal error' } })
      for (const [name, value] of Object.entries(headers)) reply.setHeader(name, value)
      return answer(reply, asked, `answer to ${String(asked.body.messages.at(-1)?.content)}`)
    }, delay)
    return undefined
  })
  return { ...server, seen }
}
