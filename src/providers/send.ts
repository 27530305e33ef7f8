import { type Answer, type Call, Sending } from './sending.ts'
import { Watch, stopped } from './watch.ts'

/**
 * Sends a request and gives its answer once the first news of it has come. Until then it tries again by itself: on 408, 409, 429,
 * 5xx and lost connections.
 * @throws ChatError
 */
export async function send(call: Call): Promise<Answer> {
  const { line, signal } = call
  if (signal?.aborted || call.leash?.isPulled) throw stopped(line, signal?.reason)
  const watch = new Watch(call)
  try {
    if (call.delay) await watch.halt.sleep(call.delay)
    for (let attempt = 1; ; attempt++) {
      const sending = new Sending(call, watch)
      try {
        await sending.begin()
        return sending
      } catch (error) {
        // Most requests never need to know.
        const { pauseAfter } = await import('./pause-after.ts')
        await watch.halt.sleep(await pauseAfter(error, attempt, call))
      }
    }
  } catch (error) {
    watch.end()
    throw error
  }
}
