import type { Delta } from '../core/delta.ts'
import { ChatError } from '../core/errors.ts'
import type { Dialect, Reader, Wire } from '../dialects/dialect.ts'
import type { Halt } from '../lib/halt.ts'
import { Watchdog } from '../lib/watchdog.ts'
import type { Unauthorized } from './auth.ts'
import { type Line, transportOf, urlOf } from './line.ts'
import { AnswerBody } from './read-answer.ts'
import type { Exchange } from './transport.ts'
import { type Watch, type Watched, tooLate } from './watch.ts'

/** One request to be sent. */
export interface Call extends Watched {
  readonly wire: Wire
  readonly reader: () => Reader
  /** How the answer is cut into payloads, where its dialect has a way of its own. */
  readonly framer?: Dialect['framer']
  /** How often to try again, instead of as the line says. */
  readonly retries?: number | undefined
  /** Whether an error that may pass is not for `send` to try again: the caller knows better. */
  readonly isForCaller?: ((error: ChatError) => Promise<boolean>) | undefined
  /** How long to wait before it is sent, in milliseconds. */
  readonly delay?: number | undefined
}

/** An answer that has begun to come. */
export interface Answer {
  readonly status: number
  readonly servedBy: string | undefined
  readonly requestId: string | undefined
  /**
   * The next news, all of one piece of the body; undefined at the end.
   * @throws ChatError when the answer breaks off
   */
  next(): Promise<readonly Delta[] | undefined>
  /** Gives up the rest and closes the connection at once. */
  close(): void
}

/** One try, and where it succeeds the answer. */
export class Sending implements Answer {
  status = 0
  servedBy: string | undefined
  requestId: string | undefined
  readonly #call: Call
  readonly #watch: Watch
  readonly #url: string
  readonly #watchdog: Watchdog
  #auth: Readonly<Record<string, string>> = {}
  #exchange: Exchange | undefined
  #body: AnswerBody | undefined
  #first: readonly Delta[] | undefined

  constructor(call: Call, watch: Watch) {
    const { baseUrl, provider } = call.line
    const { path } = call.wire
    this.#call = call
    this.#watch = watch
    this.#url = urlOf(baseUrl, path)
    this.#watchdog = new Watchdog((phase, ms) =>
      tooLate(watch.halt, phase, ms, provider.name, this.requestId),
    )
  }

  /** Sends the request and waits for the first news. */
  async begin(): Promise<void> {
    const { line, wire, reader, framer } = this.#call
    const { provider, timeouts } = line
    const { halt } = this.#watch
    try {
      const body = JSON.stringify(wire.body)
      const headers = {
        'content-type': 'application/json',
        accept: '*/*',
        ...line.headers,
        ...joined(wire.headers, line.headers),
      }
      this.#auth = await authorized(line, halt, { method: 'POST', url: this.#url, headers, body })
      this.#watchdog.watch('firstByte', timeouts.firstByte)
      const transport = await transportOf(line)
      const exchange = transport({
        method: 'POST',
        url: this.#url,
        headers: { ...headers, ...this.#auth, ...line.headers, ...joined(wire.headers, line.headers) },
        body,
        connectTimeout: timeouts.connect,
      })
      this.#exchange = exchange
      halt.onStop = (error) => exchange.cancel(error)
      const reply = await exchange.reply
      this.status = reply.status
      line.heard?.(reply)
      this.requestId =
        reply.header('x-request-id') ?? reply.header('request-id') ?? reply.header('x-amzn-requestid')
      this.servedBy = provider.servedByHeader && reply.header(provider.servedByHeader)
      if (reply.status < 200 || reply.status >= 300) {
        const { readRefused } = await import('./read-refused.ts')
        throw await readRefused(reply, () => this.#watchdog.watch('idle', timeouts.idle))
      }
      this.#body = new AnswerBody(reply, reader(), this.#watchdog, timeouts.idle, framer)
      // The name of the model is no news yet: an answer that dies after it can be asked for elsewhere.
      const first: Delta[] = []
      for (;;) {
        const batch = await this.#body.next()
        if (!batch) break
        first.push(...batch)
        if (batch.some(({ type }) => type !== 'model')) break
      }
      this.#first = first.length > 0 ? first : undefined
    } catch (error) {
      throw await this.#fail(error)
    }
  }

  async next(): Promise<readonly Delta[] | undefined> {
    const first = this.#first
    if (first) {
      this.#first = undefined
      return first
    }
    try {
      const batch = await this.#body?.next()
      if (!batch) this.#end()?.release()
      return batch
    } catch (error) {
      const failure = await this.#fail(error)
      this.#watch.end()
      throw failure
    }
  }

  close(): void {
    this.#end()?.cancel(new Error('not wanted'))
  }

  /** Stops watching; gives the exchange the first time. */
  #end(): Exchange | undefined {
    const exchange = this.#exchange
    this.#exchange = undefined
    this.#watchdog.stop()
    this.#watch.halt.onStop = undefined
    this.#watch.end()
    return exchange
  }

  /** The ChatError for what was thrown on the way; whoever stopped the request has the first word. */
  async #fail(error: unknown): Promise<unknown> {
    const { line, wire } = this.#call
    const { model } = wire.body
    const { halt } = this.#watch
    this.#watchdog.stop()
    halt.onStop = undefined
    this.#exchange?.cancel(error)
    this.#exchange = undefined
    if (halt.reason) return halt.reason.error
    // Loaded only where it is needed: most programs never see it.
    const { explain } = await import('./failure.ts')
    return explain(error, {
      provider: line.provider,
      url: this.#url,
      model: typeof model === 'string' ? model : undefined,
      status: this.status || undefined,
      requestId: this.requestId,
      servedBy: this.servedBy,
      connectTimeout: line.timeouts.connect,
      secrets: Object.values(this.#auth),
      headers: { ...line.headers, ...this.#auth },
    })
  }
}

/** The headers of a request beside the caller's, whose word counts; betas of both are asked for. */
export const joined = (
  ours: Readonly<Record<string, string>> = {},
  theirs: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(ours).map(([name, value]) => {
      const other = theirs[name]
      return [name, other === undefined ? value : name.endsWith('-beta') ? `${value},${other}` : other]
    }),
  )

/** The headers that authorise one request. */
export async function authorized(
  { authorize, provider }: Line,
  halt: Halt,
  request: Unauthorized,
): Promise<Readonly<Record<string, string>>> {
  try {
    const headers = authorize(request)
    return headers instanceof Promise ? await halt.race(headers) : headers
  } catch (error) {
    if (error instanceof ChatError || error instanceof TypeError) throw error
    throw (await import('./failure.ts')).keyless(error, provider.name)
  }
}
