import { transport as platformTransport } from '#transport'
import type { Delta } from '../core/delta.ts'
import { ChatError } from '../core/errors.ts'
import type { Reader, Wire } from '../dialects/dialect.ts'
import { LONGEST_WAIT, backoff } from '../lib/backoff.ts'
import { Halt } from '../lib/halt.ts'
import { Watchdog } from '../lib/watchdog.ts'
import type { Authorize, Unauthorized } from './auth.ts'
import type { Provider } from './provider.ts'
import { AnswerBody } from './read-answer.ts'
import type { Exchange, Transport } from './transport.ts'

/** Limits in milliseconds; 0 is none. */
export interface Timeouts {
  /** Until there is a connection. */
  readonly connect: number
  /** From sending the request to the first byte of the answer. */
  readonly firstByte: number
  /** Between two pieces of the answer. */
  readonly idle: number
  /** For the whole answer. */
  readonly total: number
}

/** The limits where none are given. */
export const TIMEOUTS: Timeouts = { connect: 10_000, firstByte: 300_000, idle: 120_000, total: 0 }

/** How requests to a provider are made. */
export interface Line {
  readonly provider: Provider
  readonly baseUrl: string
  readonly authorize: Authorize
  readonly headers: Readonly<Record<string, string>>
  readonly timeouts: Timeouts
  /** How often to try again after a failure that may pass. */
  readonly retries: number
  /** Instead of the platform's transport. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** A way to end a request from outside. */
export interface Leash {
  pull?: () => void
  /** Set once it was pulled: also what begins afterwards ends at once. */
  isPulled?: boolean
}

/** One request to be sent. */
export interface Call {
  readonly line: Line
  readonly wire: Wire
  readonly reader: () => Reader
  readonly signal?: AbortSignal | undefined
  /** Lets the reader of the answer give it up while a piece of it is awaited. */
  readonly leash?: Leash | undefined
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
    for (let attempt = 1; ; attempt++) {
      const sending = new Sending(call, watch)
      try {
        await sending.begin()
        return sending
      } catch (error) {
        if (attempt > line.retries || !(error instanceof ChatError) || !mayPass(error)) throw error
        await watch.halt.sleep(error.retryAfter ?? backoff(attempt))
      }
    }
  } catch (error) {
    watch.end()
    throw error
  }
}

/** Whether asking again may help. A server that asks for a longer wait than we are ready for has refused. */
function mayPass({ code, status = 0, retryAfter: wait }: ChatError): boolean {
  if (wait !== undefined && wait > LONGEST_WAIT) return false
  if (code === 'connection' || status === 408 || status === 409) return true
  return code === 'rate-limited' || code === 'overloaded' || (code === 'server-error' && status !== 501)
}

/** Those who may stop a request in any of its tries: the caller's signal, whoever holds the leash, the total limit. */
class Watch {
  readonly halt = new Halt()
  readonly #signal: AbortSignal | undefined
  readonly #abort: () => void
  readonly #timer: ReturnType<typeof setTimeout> | undefined

  constructor({ line, signal, leash }: Call) {
    const { halt } = this
    const { total } = line.timeouts
    this.#signal = signal
    this.#abort = () => halt.stop(stopped(line, signal?.reason))
    signal?.addEventListener('abort', this.#abort, { once: true })
    if (leash) leash.pull = () => halt.stop(stopped(line, undefined))
    if (total > 0)
      this.#timer = setTimeout(() => halt.stop(timedOut('total', total, line.provider.name)), total)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#abort)
  }
}

/** One try, and where it succeeds the answer. */
class Sending implements Answer {
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
      watch.halt.stop(timedOut(phase, ms, provider.name, this.requestId)),
    )
  }

  /** Sends the request and waits for the first news. */
  async begin(): Promise<void> {
    const { line, wire, reader } = this.#call
    const { provider, timeouts } = line
    const { halt } = this.#watch
    try {
      const body = JSON.stringify(wire.body)
      const headers = { 'content-type': 'application/json', accept: '*/*', ...wire.headers, ...line.headers }
      this.#auth = await authorized(line, halt, { method: 'POST', url: this.#url, headers, body })
      this.#watchdog.watch('firstByte', timeouts.firstByte)
      const transport = await transportOf(line)
      const exchange = transport({
        method: 'POST',
        url: this.#url,
        headers: { ...headers, ...this.#auth, ...line.headers },
        body,
        connectTimeout: timeouts.connect,
      })
      this.#exchange = exchange
      halt.onStop = (error) => exchange.cancel(error)
      const reply = await exchange.reply
      this.status = reply.status
      this.requestId = reply.header('x-request-id') ?? reply.header('request-id')
      if (reply.status < 200 || reply.status >= 300) {
        const { readRefused } = await import('./read-refused.ts')
        throw await readRefused(reply, () => this.#watchdog.watch('idle', timeouts.idle))
      }
      this.servedBy = provider.servedByHeader && reply.header(provider.servedByHeader)
      this.#body = new AnswerBody(reply, reader(), this.#watchdog, timeouts.idle, provider.dialect.framer)
      this.#first = await this.#body.next()
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
    const { line } = this.#call
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
      status: this.status || undefined,
      requestId: this.requestId,
      connectTimeout: line.timeouts.connect,
      secrets: Object.values(this.#auth),
      headers: line.headers,
    })
  }
}

/** How a line's requests travel. */
export const transportOf = ({ fetch }: Line): Transport | Promise<Transport> =>
  fetch
    ? import('./transport-fetch.ts').then(({ fetchTransport }) => fetchTransport(fetch))
    : platformTransport

/** A URL of a server: the path goes before a query that belongs to the base. */
export function urlOf(base: string, path: string): string {
  const [, root = '', query = ''] = /^([^?#]*?)\/*(\?[^#]*)?(?:#.*)?$/.exec(base) ?? []
  return `${root}/${path}${query}`
}

/** The headers that authorise one request. */
async function authorized(
  { authorize, provider }: Line,
  halt: Halt,
  request: Unauthorized,
): Promise<Readonly<Record<string, string>>> {
  try {
    const headers = authorize(request)
    return headers instanceof Promise ? await halt.race(headers) : headers
  } catch (error) {
    if (error instanceof ChatError || error instanceof TypeError) throw error
    throw new ChatError(
      `The function credentials failed: ${error instanceof Error ? error.message : String(error)}`,
      {
        code: 'no-key',
        provider: provider.name,
        cause: error,
      },
    )
  }
}

const stopped = ({ provider }: Line, cause: unknown): ChatError =>
  new ChatError('The request was aborted by the caller.', { code: 'aborted', provider: provider.name, cause })

const PHASES: Readonly<Record<string, string>> = {
  firstByte: 'sent nothing for',
  idle: 'fell silent for',
  total: 'was not done after',
}

const timedOut = (phase: string, ms: number, provider: string, requestId?: string): ChatError =>
  new ChatError(`${provider} ${PHASES[phase]} ${ms / 1000} s. The limit is timeout.${phase}.`, {
    code: 'timeout',
    provider,
    requestId,
  })
