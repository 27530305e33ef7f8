import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError } from './api-error.ts'
import { hostName, inUrl, isLoopback, sameSecret } from './caller.ts'
import { listening } from './listening.ts'
import { LocalEngineError, messageOf } from './local-error.ts'
import { localEngine } from './local-engine.ts'
import type { LocalEngine, LocalEngineOptions } from './local-engine.ts'

/** What a server is made with. */
export interface ServeLocalOptions extends LocalEngineOptions {
  /** The address to listen on. Default `127.0.0.1`; any other than this machine's own needs an `apiKey`. */
  readonly host?: string | undefined
  /** Default 0: a free port, told by `url`. */
  readonly port?: number | undefined
  /** When given, requests must carry it as `Authorization: Bearer …` or `x-api-key`. */
  readonly apiKey?: string | undefined
  /** Origins of web pages that may call the server from a browser, such as `http://localhost:5173`. Default none. */
  readonly allowOrigins?: readonly string[] | undefined
  /** The largest body taken, in bytes. Default 20 MB. */
  readonly maxBody?: number | undefined
}

/** A server that listens. */
export interface LocalServer {
  /** The base address for OpenAI clients, such as `http://127.0.0.1:8080/v1`. */
  readonly url: string
  readonly port: number
  /** Stops listening, aborts what is under way and frees the model. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * What a request from elsewhere must not get past. A web page that has its own name point to 127.0.0.1 (DNS rebinding)
 * sends that name as Host; a page of another origin sends its Origin.
 */
function checkCaller(request: IncomingMessage, options: ServeLocalOptions): void {
  const { apiKey, host = '127.0.0.1', allowOrigins = [] } = options
  const asked = request.headers.host ?? ''
  if (isLoopback(host) && !isLoopback(hostName(asked)))
    throw new ApiError(
      403,
      'permission_error',
      `The Host header ${JSON.stringify(asked)} is not this machine's`,
    )
  const { origin } = request.headers
  if (origin !== undefined && !allowOrigins.includes(origin))
    throw new ApiError(403, 'permission_error', `The origin ${origin} may not call this server`)
  if (apiKey === undefined || request.method === 'OPTIONS' || request.url === '/health') return
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const given = bearer ?? request.headers['x-api-key']
  if (typeof given !== 'string' || !sameSecret(given, apiKey))
    throw new ApiError(401, 'authentication_error', 'Invalid API Key')
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  const tooLarge = new ApiError(
    413,
    'invalid_request_error',
    `The request body is larger than ${limit} bytes`,
  )
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw tooLarge
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })

/** Writes a reply, as fast as the reader takes it. */
async function write(reply: Response, response: ServerResponse): Promise<void> {
  response.statusCode = reply.status
  for (const [name, value] of reply.headers) response.setHeader(name, value)
  if (!reply.body) return void response.end()
  for await (const chunk of reply.body as AsyncIterable<Uint8Array>) {
    if (response.destroyed) return
    if (!response.write(chunk)) await drained(response)
  }
  response.end()
}

function preflight(response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', 'GET, POST')
  response.setHeader('access-control-allow-headers', 'authorization, content-type, x-api-key')
  response.writeHead(204).end()
}

async function respond(
  engine: LocalEngine,
  options: ServeLocalOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const abort = new AbortController()
  response.on('close', () => abort.abort(new Error('The client left')))
  try {
    checkCaller(request, options)
    const { origin } = request.headers
    if (origin !== undefined)
      response.setHeader('access-control-allow-origin', origin).setHeader('vary', 'origin')
    if (request.method === 'OPTIONS') return preflight(response)
    const method = request.method ?? 'GET'
    const body = method === 'POST' ? await readBody(request, options.maxBody ?? 20 * 2 ** 20) : undefined
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const init = { method, signal: abort.signal, ...(body ? { body: new Uint8Array(body) } : {}) }
    await write(await engine(url, init), response)
  } catch (error) {
    if (response.destroyed) return
    if (response.headersSent) return void response.destroy()
    const failure =
      error instanceof ApiError
        ? error
        : error instanceof LocalEngineError
          ? new ApiError(503, 'unavailable_error', error.message)
          : new ApiError(500, 'server_error', messageOf(error))
    // The rest of a body that is too large is not read: the connection ends with the answer.
    if (failure.status === 413) response.setHeader('connection', 'close')
    await write(failure.toResponse(), response)
  }
}

/**
 * Serves a local model over HTTP as OpenAI's API (`/v1/chat/completions`, `/v1/models`, `/health`), on this machine only
 * unless a host and a key are given. The model is loaded before it listens: throws `LocalEngineError` when it cannot be
 * used, `TypeError` for a foreign host without a key, and what `node:http` says of a port that is taken.
 */
export async function serveLocal(options: ServeLocalOptions): Promise<LocalServer> {
  const { host = '127.0.0.1', port = 0, apiKey } = options
  if (!isLoopback(host) && !apiKey)
    throw new TypeError(`Listening on ${host} lets others on the network in: pass an apiKey as well`)
  const engine = localEngine(options)
  await engine.load()
  const server = createServer((request, response) => {
    void respond(engine, options, request, response).catch(() => response.destroy())
  })
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await Promise.all([closed, engine.close()])
  }
  try {
    const bound = await listening(server, port, host)
    return { url: `http://${inUrl(host)}:${bound}/v1`, port: bound, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await engine.close()
    throw error
  }
}
