import type { ServerResponse } from 'node:http'
import type { Behaviour } from './behaviour.ts'
import { send, usageOf } from './completion.ts'
import { malformed } from './malformed.ts'
import type { Refusal } from './refusals.ts'
import { truthfulAnswer } from './truthful-model.ts'
import type { Body, Json } from './wire.ts'

/** What a backend is asked. */
export interface Order {
  readonly reply: ServerResponse
  readonly body: Body
  readonly behaviour: Behaviour
  /** How many requests this backend had before. */
  readonly n: number
  /** Names the answer's calls. */
  readonly id: string
  /** Dollars per million tokens, where usage is to tell the cost. */
  readonly pricing?: { readonly input: number; readonly output: number } | undefined
  readonly tellsCost?: boolean
}

/** Serves a chat completion as a backend of this behaviour does; gives what the answer cost, in dollars. */
export async function serve(order: Order): Promise<number> {
  const { reply, body, behaviour, n, id } = order
  const refusal = behaviour.refuses?.(body, n) ?? malformed(body)
  if (refusal) {
    refuse(reply, refusal)
    return 0
  }
  const seen = behaviour.sees?.(body) ?? body
  const thought = truthfulAnswer(seen)
  const answer = behaviour.speaks?.(thought, body) ?? thought
  const tokens = usageOf(seen, answer)
  const cost = costOf(order, tokens)
  const usage = { ...tokens, ...(order.tellsCost && { estimated_cost: cost }) }
  await send(reply, { answer, body, model: body.model, usage, framing: behaviour.framing ?? {}, id })
  return cost
}

const costOf = ({ pricing }: Order, { prompt_tokens: input, completion_tokens: output }: Json): number =>
  pricing ? (Number(input) * pricing.input + Number(output) * pricing.output) / 1e6 : 0

/** Sends what is not an answer. */
export function refuse(reply: ServerResponse, { status, body, headers }: Refusal): void {
  const isText = typeof body === 'string'
  reply.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    ...headers,
  })
  reply.end(isText ? body : JSON.stringify(body))
}
