import { Watchdog } from '../lib/watchdog.ts'
import type { ApiRequest } from './api.ts'
import { type Line, transportOf, urlOf } from './line.ts'
import { authorized, joined } from './sending.ts'
import type { Exchange, HttpReply } from './transport.ts'
import { type Watch, tooLate } from './watch.ts'

/** One try of a question beside the chat: its answer's head, and its body piece by piece. */
export class OneCall {
  readonly #line: Line
  readonly #request: ApiRequest
  readonly #watch: Watch
  readonly #watchdog: Watchdog
  readonly #url: string
  #auth: Readonly<Record<string, string>> = {}
  #exchange: Exchange | undefined
  #reply: HttpReply | undefined
  #isOver = false

  constructor(line: Line, request: ApiRequest, watch: Watch) {
    this.#line = line
    this.#request = request
    this.#watch = watch
    this.#url = /^https?:/i.test(request.path) ? request.path : urlOf(line.baseUrl, request.path)
    this.#watchdog = new Watchdog((phase, ms) => tooLate(watch.halt, phase, ms, line.provider.name))
  }

  /** Sends the request and waits for the head of its answer. @throws ChatError, also where it is refused */
  begin(): Promise<HttpReply> {
    return this.#explaining(() => this.#send())
  }

  /** The next bytes of the answer; undefined at its end. @throws ChatError */
  next(): Promise<Uint8Array | undefined> {
    return this.#explaining(async () => {
      this.#watchdog.watch('idle', this.#line.timeouts.idle)
      const bytes = await this.#reply?.read()
      // Who reads slowly is not to blame the server for it.
      this.#watchdog.rest()
      this.#isOver = !bytes
      return bytes
    })
  }

  /** Nothing more is wanted of it: what has not come yet is not waited for. */
  end(reason: unknown = new Error('not wanted')): void {
    const exchange = this.#exchange
    this.#exchange = undefined
    this.#watchdog.stop()
    this.#watch.halt.onStop = undefined
    if (this.#isOver) exchange?.release()
    else exchange?.cancel(reason)
  }

  async #send(): Promise<HttpReply> {
    const { json, bytes, isTrusted, isOnce, ...request } = this.#request
    const { timeouts, headers: theirs, baseUrl } = this.#line
    const { halt } = this.#watch
    const url = this.#url
    const body = json === undefined ? bytes : JSON.stringify(json)
    const method = request.method ?? (body === undefined ? 'GET' : 'POST')
    const mayKnowKey = isTrusted || new URL(url).origin === new URL(baseUrl).origin
    const headers = headersOf(this.#request, mayKnowKey ? theirs : {})
    // Bytes are sent only to those who want a key, and no signature over what is sent.
    const text = typeof body === 'string' ? body : ''
    if (mayKnowKey) this.#auth = await authorized(this.#line, halt, { method, url, headers, body: text })
    this.#watchdog.watch('firstByte', timeouts.firstByte)
    const transport = await transportOf(this.#line)
    if (halt.reason) throw halt.reason.error
    const total = bytes?.length ?? 0
    let sent = 0
    const onSent = (now: number): void => this.#onSent((sent = now), total)
    const exchange = transport({
      method,
      url,
      headers: { ...this.#auth, ...headers },
      ...(body !== undefined && { body }),
      connectTimeout: timeouts.connect,
      isOnce,
      onSent: bytes && onSent,
    })
    this.#exchange = exchange
    halt.onStop = (error) => exchange.cancel(error)
    const reply = (this.#reply = await exchange.reply)
    if (reply.status >= 200 && reply.status < 300) {
      if (sent < total) onSent(total)
      return reply
    }
    throw await (
      await import('./read-refused.ts')
    ).readRefused(reply, () => this.#watchdog.watch('idle', timeouts.idle))
  }

  #onSent(sent: number, total: number): void {
    // A slow line is no silence.
    this.#watchdog.watch('firstByte', this.#line.timeouts.firstByte)
    try {
      this.#request.onSent?.(sent, total)
    } catch (error) {
      this.#watch.halt.stop(error)
    }
  }

  async #explaining<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step()
    } catch (error) {
      const { provider, timeouts, headers } = this.#line
      const { halt } = this.#watch
      const { advice } = this.#request
      this.end(error)
      if (halt.reason) throw halt.reason.error
      const { explain } = await import('./failure.ts')
      throw await explain(error, {
        provider: advice
          ? {
              ...provider,
              advice: () => Promise.resolve(({ code }) => (code === 'not-found' ? advice : undefined)),
            }
          : provider,
        url: this.#url,
        status: this.#reply?.status,
        requestId: this.#reply?.header('x-request-id') ?? this.#reply?.header('request-id'),
        connectTimeout: timeouts.connect,
        secrets: Object.values(this.#auth),
        headers: { ...headers, ...this.#auth },
      })
    }
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
