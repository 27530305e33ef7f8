import { ChatError } from '../core/errors.ts'
import { backoff } from '../lib/backoff.ts'
import { concat } from '../lib/concat.ts'
import { fileSize } from '../lib/file-size.ts'
import { Watchdog } from '../lib/watchdog.ts'
import type { Api, ApiReply, ApiRequest } from './api.ts'
import { type Line, transportOf, urlOf } from './line.ts'
import { mayPass } from './pause-after.ts'
import { authorized, joined } from './sending.ts'
import type { Exchange, HttpReply } from './transport.ts'
import { Watch, stopped, tooLate } from './watch.ts'

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
          const mayRepeat =
            error instanceof ChatError && mayPass(error) && (!request.isOnce || wasRefused(error))
          if (attempt > line.retries || !mayRepeat) throw error
          await watch.halt.sleep(error.retryAfter ?? backoff(attempt))
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
        throw new ChatError(
          `${name} answered with something that is no JSON. Check the base URL: ${new URL(line.baseUrl).origin}`,
          { code: 'bad-reply', provider: name, body: text.slice(0, 2000) },
        )
      }
    },
  }
}

async function watched<T>(
  line: Line,
  signal: AbortSignal | undefined,
  work: (watch: Watch) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw stopped(line, signal.reason)
  const watch = new Watch({ line, signal })
  try {
    return await work(watch)
  } finally {
    watch.end()
  }
}

/** Whether the server did nothing but say that it is busy. */
const wasRefused = ({ code }: ChatError): boolean => code === 'rate-limited' || code === 'overloaded'

async function askOnce(line: Line, request: ApiRequest, { halt }: Watch): Promise<ApiReply> {
  const { provider, timeouts } = line
  const { json, bytes, path, isTrusted, limit = LIMIT, advice } = request
  const body = json === undefined ? bytes : JSON.stringify(json)
  const method = request.method ?? (body === undefined ? 'GET' : 'POST')
  const url = /^https?:/i.test(path) ? path : urlOf(line.baseUrl, path)
  const mayKnowKey = isTrusted || new URL(url).origin === new URL(line.baseUrl).origin
  const headers = headersOf(request, mayKnowKey ? line.headers : {})
  const watchdog = new Watchdog((phase, ms) => tooLate(halt, phase, ms, provider.name))
  const total = bytes?.length ?? 0
  let sent = 0
  const onSent = (now: number): void => {
    // A slow line is no silence.
    watchdog.watch('firstByte', timeouts.firstByte)
    sent = now
    try {
      request.onSent?.(now, total)
    } catch (error) {
      halt.stop(error)
    }
  }
  let auth: Readonly<Record<string, string>> = {}
  let exchange: Exchange | undefined
  let reply: HttpReply | undefined
  try {
    // Bytes are sent only to those who want a key, and no signature over what is sent.
    const text = typeof body === 'string' ? body : ''
    if (mayKnowKey) auth = await authorized(line, halt, { method, url, headers, body: text })
    watchdog.watch('firstByte', timeouts.firstByte)
    const transport = await transportOf(line)
    if (halt.reason) throw halt.reason.error
    const running = transport({
      method,
      url,
      headers: { ...auth, ...headers },
      ...(body !== undefined && { body }),
      connectTimeout: timeouts.connect,
      onSent: bytes && onSent,
    })
    exchange = running
    halt.onStop = (error) => running.cancel(error)
    const answer = (reply = await running.reply)
    const onPiece = (): void => watchdog.watch('idle', timeouts.idle)
    if (answer.status < 200 || answer.status >= 300)
      throw await (await import('./read-refused.ts')).readRefused(answer, onPiece)
    if (sent < total) onSent(total)
    const read = await readAll(answer, onPiece, limit, provider.name)
    running.release()
    return { bytes: read, header: (name) => answer.header(name) }
  } catch (error) {
    exchange?.cancel(error)
    if (halt.reason) throw halt.reason.error
    const { explain } = await import('./failure.ts')
    throw await explain(error, {
      provider: advice
        ? {
            ...provider,
            advice: () => Promise.resolve(({ code }) => (code === 'not-found' ? advice : undefined)),
          }
        : provider,
      url,
      status: reply?.status,
      requestId: reply?.header('x-request-id') ?? reply?.header('request-id'),
      connectTimeout: timeouts.connect,
      secrets: Object.values(auth),
      headers: { ...line.headers, ...auth },
    })
  } finally {
    watchdog.stop()
    halt.onStop = undefined
  }
}

/** The caller's headers go along, but for the type of what is sent, which is not that of a chat here. */
function headersOf(
  { json, headers }: ApiRequest,
  { 'content-type': _type, ...theirs }: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const own = { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers }
  return { accept: '*/*', ...theirs, ...joined(own, theirs) }
}

async function readAll(
  reply: HttpReply,
  onPiece: () => void,
  limit: number,
  provider: string,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for (let bytes = await reply.read(); bytes; bytes = await reply.read()) {
    onPiece()
    pieces.push(bytes)
    size += bytes.length
    if (size > limit)
      throw new ChatError(
        `${provider} answered with more than ${fileSize(limit)}, which is the limit here.`,
        {
          code: 'bad-reply',
          provider,
          status: reply.status,
        },
      )
  }
  return concat(pieces, size)
}
