import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { textOf, type Answer, type Body, type Json, isJson } from './wire.ts'

/** How an answer travels; what is absent is as OpenAI does it. */
export interface Framing {
  /** Where the usage of a stream stands; `asked` is a chunk of its own when `stream_options` ask for it. */
  readonly usage?: 'asked' | 'last-chunk' | 'never'
  /** Whether a stream ends in [DONE]. */
  readonly done?: boolean
  /** The delta that opens a stream. */
  readonly opening?: Json
  /** How many deltas go out before the connection is cut; a whole answer is cut in half, or before its first byte for 0. */
  readonly cutAfter?: number
  /** Nothing is ever answered. */
  readonly hangs?: boolean
  /** This comes in a 200 instead of an answer; in a stream after `cutAfter` deltas, or at once. */
  readonly errorInside?: Json
  /** Fields that this server adds to answers and to the last chunk. */
  readonly extra?: Json
  /** Fields of the message that are not OpenAI's. */
  readonly message?: Json
}

/** An answer and what the wire needs to know of it. */
export interface Outgoing {
  readonly answer: Answer
  readonly body: Body
  /** The model's name as the backend calls it. */
  readonly model: string
  readonly usage: Json
  readonly framing: Framing
  /** Names the calls of this answer. */
  readonly id: string
}

/** About four characters to a token; a picture counts as 85. */
export function usageOf(body: Body, answer: Answer): Json {
  const prompt = body.messages.reduce((sum, message) => sum + 4 + Math.ceil(textOf(message).length / 4), 0)
  const completion = Math.max(1, Math.ceil((answer.text + JSON.stringify(answer.calls)).length / 4))
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

/** Sends an answer, whole or as a stream, as the request asks. */
export async function send(reply: ServerResponse, out: Outgoing): Promise<void> {
  const { framing, body } = out
  if (framing.hangs) return
  if (body.stream === true) return sendStream(reply, out)
  const text = JSON.stringify(framing.errorInside ?? whole(out))
  reply.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  if (framing.cutAfter === undefined || framing.errorInside) {
    reply.end(text)
    return
  }
  if (framing.cutAfter > 0) reply.write(text.slice(0, text.length / 2))
  else reply.flushHeaders()
  await cut(reply)
}

function whole({ answer, model, usage, framing, id }: Outgoing): Json {
  const calls = wireCalls(answer, id)
  const message = {
    role: 'assistant',
    content: calls.length > 0 && !answer.text ? null : answer.text,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...framing.message,
  }
  const choice = {
    index: 0,
    message,
    logprobs: null,
    finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
  }
  const head = { id: `chatcmpl-${id}`, object: 'chat.completion', created: 1_767_131_117, model }
  return { ...head, choices: [choice], ...(framing.usage !== 'never' && { usage }), ...framing.extra }
}

const wireCalls = ({ calls }: Answer, id: string): readonly Json[] =>
  calls.map(({ name, arguments: input }, i) => ({
    id: `call_${id}_${i}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }))

async function sendStream(reply: ServerResponse, out: Outgoing): Promise<void> {
  const { framing } = out
  reply.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  reply.flushHeaders()
  const chunks = [...chunksOf(out)]
  const { cutAfter, errorInside } = framing
  if (cutAfter !== undefined || errorInside) {
    // The opening says nothing yet: it is not counted.
    const before = cutAfter ? chunks.slice(0, 1 + cutAfter) : []
    for (const chunk of before) reply.write(event(chunk))
    if (errorInside) reply.end(event(errorInside))
    else await cut(reply)
    return
  }
  for (const chunk of chunks) reply.write(event(chunk))
  reply.end(framing.done === false ? '' : 'data: [DONE]\n\n')
}

const event = (data: Json): string => `data: ${JSON.stringify(data)}\n\n`

/** Lets what was written arrive, and cuts the connection. */
async function cut(reply: ServerResponse): Promise<void> {
  await delay(5)
  reply.destroy()
}

function* chunksOf({ answer, body, model, usage, framing, id }: Outgoing): Generator<Json> {
  const head = { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created: 1_767_131_117, model }
  const chunk = (delta: Json, finish: string | null = null, more: Json = {}): Json => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  })
  yield chunk(framing.opening ?? { role: 'assistant', content: '' })
  for (const content of piecesOf(answer.text)) yield chunk({ content })
  for (const [index, call] of wireCalls(answer, id).entries()) yield* callChunks(index, call, chunk)
  const isLast = framing.usage === 'last-chunk'
  yield chunk({}, answer.calls.length > 0 ? 'tool_calls' : 'stop', {
    ...(isLast && { usage }),
    ...framing.extra,
  })
  const options = isJson(body.stream_options) ? body.stream_options : {}
  if (framing.usage !== 'never' && !isLast && options.include_usage === true)
    yield { ...head, choices: [], usage }
}

function* callChunks(index: number, call: Json, chunk: (delta: Json) => Json): Generator<Json> {
  const { id, function: spec } = call as {
    readonly id: string
    readonly function: Readonly<Record<string, string>>
  }
  const { name, arguments: input = '' } = spec
  yield chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] })
  for (const piece of piecesOf(input))
    yield chunk({ tool_calls: [{ index, function: { arguments: piece } }] })
}

/** A text in pieces of a few characters, as tokens are. */
const piecesOf = (text: string): readonly string[] => text.match(/[\s\S]{1,5}/gu) ?? []
