import { setTimeout as sleep } from 'node:timers/promises'
import { type Loopback, completion, json, loopback } from '../loopback.ts'

/** A provider that answers each prompt in one way, and knows how often each was asked. */
export interface EchoServer extends Loopback {
  /** How often each prompt was asked. */
  readonly counts: ReadonlyMap<string, number>
}

/** Starts a provider that takes so long for an answer, in milliseconds, and fails each so-manieth request first. */
export async function echoServer(delay: number, failing = Infinity): Promise<EchoServer> {
  const counts = new Map<string, number>()
  const server = await loopback(async (reply, { body }, n) => {
    const prompt = String(body.messages.at(-1)?.content)
    counts.set(prompt, (counts.get(prompt) ?? 0) + 1)
    await sleep(delay)
    if (prompt.includes('bad')) return json(reply, 400, { error: { message: 'no such thing' } })
    if (n % failing === failing - 1) return json(reply, 500, { error: { message: 'Internal error' } })
    const usage = { prompt_tokens: 5, completion_tokens: 2 }
    return json(reply, 200, completion(`re ${prompt}`, { usage }))
  })
  return { ...server, counts }
}
