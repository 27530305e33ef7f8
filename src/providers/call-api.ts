import { ChatError } from '../core/errors.ts'
import { backoff } from '../lib/backoff.ts'
import { concat } from '../lib/concat.ts'
import { fileSize } from '../lib/file-size.ts'
import type { Api, ApiReply, ApiRequest } from './api.ts'
import type { Line } from './line.ts'
import { OneCall } from './one-call.ts'
import { mayPass } from './pause-after.ts'
import { Watch, stopped } from './watch.ts'

const LIMIT = 64e6

/**
 * The API of the provider at the end of a line. What may pass is tried again, as it is for a chat.
 * @param signal ends whatever is under way
 */
export function apiOf(line: Line, signal?: AbortSignal): Api {
  const { name } = line.provider
  const call = (request: ApiRequest): Promise<ApiReply> =>
    watched(line, signal, async (watch) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await askOnce(line, request, watch)
        } catch (error) {
          await untilNext(line, watch, request, error, attempt)
        }
      }
    })
  return {
    provider: name,
    baseUrl: line.baseUrl,
    call,
    sleep: (ms) => watched(line, signal, ({ halt }) => halt.sleep(ms)),
    async json(request) {
      const { bytes } = await call(request)
      const text = new TextDecoder().decode(bytes)
      try {
        return JSON.parse(text)
      } catch {
        throw noJson(line, text)
      }
    },
    lines: (request) => linesOf(line, signal, request),
  }
}

/** The lines of an answer as they come; where the connection is lost they are asked for again, from the first. */
async function* linesOf(
  line: Line,
  signal: AbortSignal | undefined,
  request: ApiRequest,
): AsyncGenerator<string> {
  const watch = watching(line, signal)
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return yield* linesOnce(line, request, watch)
      } catch (error) {
        await untilNext(line, watch, request, error, attempt)
      }
    }
  } finally {
    watch.end()
  }
}

async function* linesOnce(line: Line, request: ApiRequest, watch: Watch): AsyncGenerator<string> {
  const { LineFramer } = await import('../lib/line-framing.ts')
  const running = new OneCall(line, request, watch)
  const lines: string[] = []
  const framer = new LineFramer((text) => lines.push(text))
  const { limit = LIMIT } = request
  try {
    const { status } = await running.begin()
    let size = 0
    for (let bytes = await running.next(); bytes; bytes = await running.next()) {
      framer.feed(bytes)
      size = lines.length > 0 ? 0 : size + bytes.length
      if (size > limit) throw tooLong(line, status, 'a line of more than', limit)
      yield* lines.splice(0)
    }
    const { framing, text } = framer.end()
    if (framing === 'html' || framing === 'text') throw noJson(line, text)
    yield* lines
  } finally {
    running.end()
  }
}

const watching = (line: Line, signal: AbortSignal | undefined): Watch => {
  if (signal?.aborted) throw stopped(line, signal.reason)
  return new Watch({ line, signal })
}

async function watched<T>(
  line: Line,
  signal: AbortSignal | undefined,
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  const watch = watching(line, signal)
  try {
    return await work(watch)
  } finally {
    watch.end()
  }
}

/** Waits until it may be tried again; throws where it may not. */
async function untilNext(
  { retries }: Line,
  { halt }: Watch,
  { isOnce }: ApiRequest,
  error: unknown,
  attempt: number,
): Promise<void> {
  const mayRepeat = error instanceof ChatError && mayPass(error) && (!isOnce || wasRefused(error))
  if (attempt > retries || !mayRepeat) throw error
  await halt.sleep(error.retryAfter ?? backoff(attempt))
}

/** Whether the server did nothing but say that it is busy. */
const wasRefused = ({ code }: ChatError): boolean => code === 'rate-limited' || code === 'overloaded'

async function askOnce(line: Line, request: ApiRequest, watch: Watch): Promise<ApiReply> {
  const running = new OneCall(line, request, watch)
  const { limit = LIMIT } = request
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    const reply = await running.begin()
    for (let bytes = await running.next(); bytes; bytes = await running.next()) {
      pieces.push(bytes)
      size += bytes.length
      if (size > limit) throw tooLong(line, reply.status, 'more than', limit)
    }
    return { bytes: concat(pieces, size), header: (name) => reply.header(name) }
  } finally {
    running.end()
  }
}

const tooLong = ({ provider: { name } }: Line, status: number, what: string, limit: number): ChatError =>
  new ChatError(`${name} answered with ${what} ${fileSize(limit)}, which is the limit here.`, {
    code: 'bad-reply',
    provider: name,
    status,
  })

const noJson = ({ provider: { name }, baseUrl }: Line, text: string): ChatError =>
  new ChatError(
    `${name} answered with something that is no JSON. Check the base URL: ${new URL(baseUrl).origin}`,
    { code: 'bad-reply', provider: name, body: text.slice(0, 2000) },
  )
