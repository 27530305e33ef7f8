import {
  type Agent,
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  type RequestOptions,
  request as httpRequest,
} from 'node:http'
import { ByteQueue } from '../lib/byte-queue.ts'
import {
  ConnectTimeout,
  type Exchange,
  type HttpReply,
  type HttpRequest,
  type Transport,
} from './transport.ts'

// node:http costs a third of Node's fetch per call, and 7 ms instead of 80 at its first use (bench/RESULTS.md).

/** Bytes that may wait for a slow reader before the socket is told to pause. */
const HIGH_WATER = 1 << 20
/** How long the tail of a body that is no longer wanted may take before its connection is given up, in milliseconds. */
const DRAIN = 250

/** The platform's transport on Node: node:http(s) with kept-alive connections, `HTTPS_PROXY` and `NO_PROXY` honoured. */
export const transport: Transport = (request) => new NodeExchange(request)

class NodeExchange implements Exchange, HttpReply {
  readonly reply: Promise<HttpReply>
  readonly #request: HttpRequest
  readonly #queue = new ByteQueue()
  #outgoing: ClientRequest | undefined
  #incoming: IncomingMessage | undefined
  #settle: { resolve: (reply: HttpReply) => void; reject: (reason: unknown) => void } | undefined
  #isCancelled = false

  constructor(request: HttpRequest) {
    this.#request = request
    this.reply = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    const target = targetOf(request.url)
    // Over a connection of its own nothing is in doubt: it is there, or it is not.
    const begin = (found: Target): void =>
      this.#send(found, request.isOnce ? found.freshAgent() : found.agent)
    if (target instanceof Promise) target.then(begin, (error) => this.#fail(error))
    else begin(target)
  }

  get status(): number {
    return this.#incoming?.statusCode ?? 0
  }

  header(name: string): string | undefined {
    const value = this.#incoming?.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  read(): Promise<Uint8Array | undefined> {
    const bytes = this.#queue.read()
    if (this.#incoming?.isPaused()) this.#incoming.resume()
    return bytes
  }

  cancel(reason: unknown): void {
    if (this.#isCancelled) return
    this.#isCancelled = true
    this.#fail(reason, true)
    this.#outgoing?.destroy()
  }

  release(): void {
    const incoming = this.#incoming
    if (!incoming || incoming.complete || incoming.destroyed) return
    const timer = setTimeout(() => this.#outgoing?.destroy(), DRAIN)
    timer.unref()
    incoming.once('close', () => clearTimeout(timer))
    incoming.resume()
  }

  #send(target: Target, agent: Agent | false): void {
    if (this.#isCancelled) return
    const { body, method, connectTimeout, headers, onSent } = this.#request
    const outgoing = target.send({
      ...target.options,
      method,
      agent,
      headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
    })
    this.#outgoing = outgoing
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const wasClosed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
      // A server may close a kept-alive connection just as it is used again (llama-server does so after every stream):
      // nothing was answered, so it is safe to ask again at once on a connection of its own.
      if (outgoing.reusedSocket && wasClosed && !this.#incoming && agent === target.agent)
        this.#send(target, target.freshAgent())
      else this.#fail(error)
    })
    outgoing.on('response', (incoming) => this.#receive(incoming))
    if (connectTimeout > 0)
      outgoing.on('socket', (socket) => limitConnecting(outgoing, socket, connectTimeout, target.isSecure))
    if (onSent && typeof body === 'object')
      void import('./send-pieces.ts').then(({ sendPieces }) => sendPieces(outgoing, body, onSent))
    else outgoing.end(body)
  }

  #receive(incoming: IncomingMessage): void {
    this.#incoming = incoming
    const queue = this.#queue
    incoming.on('data', (chunk: Uint8Array) => {
      queue.push(chunk)
      if (queue.size > HIGH_WATER) incoming.pause()
    })
    incoming.on('end', () => queue.end())
    incoming.on('error', (error) => queue.fail(error))
    incoming.on('close', () => {
      // An error is costly to make, and mostly none is needed here.
      if (!incoming.complete) queue.fail(new Error('the connection was closed'))
    })
    this.#settle?.resolve(this)
  }

  #fail(reason: unknown, atOnce = false): void {
    this.#settle?.reject(reason)
    this.#queue.fail(reason, atOnce)
  }
}

function limitConnecting(
  outgoing: ClientRequest,
  socket: NodeJS.EventEmitter & { readonly connecting?: boolean },
  ms: number,
  isSecure: boolean,
): void {
  if (!socket.connecting) return
  const timer = setTimeout(() => outgoing.destroy(new ConnectTimeout('no connection')), ms)
  const settle = (): void => clearTimeout(timer)
  socket.once(isSecure ? 'secureConnect' : 'connect', settle).once('close', settle)
}

/** Where a URL is, and how it is reached. */
export interface Target {
  readonly send: (options: RequestOptions) => ClientRequest
  readonly agent: Agent
  /** For one connection that no one has used before. */
  readonly freshAgent: () => Agent | false
  readonly options: RequestOptions
  readonly isSecure: boolean
}

/** Targets by URL: a program talks to few. */
const targets = new Map<string, Target | Promise<Target>>()
const MOST_TARGETS = 256

/** Where to send to, by which module, over which kept-alive connections, through which proxy: settled once per URL. */
function targetOf(url: string): Target | Promise<Target> {
  const known = targets.get(url)
  if (known) return known
  if (targets.size >= MOST_TARGETS) targets.clear()
  const found = findTarget(new URL(url))
  targets.set(url, found)
  if (found instanceof Promise)
    found.then(
      (target) => targets.set(url, target),
      () => targets.delete(url),
    )
  return found
}

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']
/** Of every agent here. */
export const keepAlive = { keepAlive: true, scheduling: 'lifo' } as const
/** The kept-alive connections without TLS. */
export const plainAgent = new HttpAgent(keepAlive)

function findTarget(url: URL): Target | Promise<Target> {
  const { hostname, port, pathname, search, protocol } = url
  const options = { protocol, host: hostname.replace(/^\[|\]$/g, ''), port, path: pathname + search }
  const isProxied = PROXY_VARIABLES.some((name) => process.env[name])
  // TLS and proxies are loaded only by those who need them.
  if (protocol === 'https:' || isProxied)
    return import('./far-target.ts').then(({ findFarTarget }) => findFarTarget(url, options, isProxied))
  return { send: httpRequest, agent: plainAgent, freshAgent: () => false, options, isSecure: false }
}
