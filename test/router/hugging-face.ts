import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { listen } from '../loopback.ts'
import { Account, type AccountOptions } from './account.ts'
import { catalogueOf, entryOf } from './catalogue.ts'
import { DeviceFlow } from './device-flow.ts'
import { extractFeatures } from './embeddings.ts'
import { type EndpointKind, Endpoints, type Sleep } from './endpoints.ts'
import { Hub } from './hub.ts'
import type { Model } from './model.ts'
import { openai, plain, sentence } from './refusals.ts'
import { routeOf } from './route.ts'
import { refuse, serve } from './served.ts'
import { type Body, isJson } from './wire.ts'

/** A request that the server had. */
export interface Logged {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Parsed where it was JSON. */
  readonly body: unknown
  /** The provider that was chosen; undefined for all but chat completions. */
  readonly backend?: string
  /** 0 as long as nothing was answered. */
  readonly status: number
}

/** A Hugging Face of one's own. */
export interface HuggingFace {
  /** The router's base URL, which ends in /v1. */
  readonly url: string
  /** The Hub's base URL. */
  readonly hubUrl: string
  /** The base URL of a dedicated Endpoint. */
  readonly endpoint: (kind: EndpointKind) => string
  /** All requests since the start or the last reset, the oldest first. */
  readonly requests: readonly Logged[]
  /** The requests for an answer among them. */
  readonly chats: () => readonly Logged[]
  /** Forgets all requests, and what followed from them: counts, sessions, tokens; Endpoints sleep again. */
  readonly reset: () => void
}

/** What a server plays. */
export interface HuggingFaceOptions {
  readonly models: readonly Model[]
  readonly account?: AccountOptions
  readonly sleep?: Sleep
}

type Entry = { -readonly [K in keyof Logged]: Logged[K] }

interface Asked {
  readonly reply: ServerResponse
  readonly entry: Entry
  readonly url: URL
  readonly token: string | undefined
}

/**
 * Starts a loopback server that plays the router, the Hub and dedicated Endpoints of Hugging Face. It is stopped after the file's
 * tests.
 */
export async function startHuggingFace({ models, account, sleep }: HuggingFaceOptions): Promise<HuggingFace> {
  const requests: Entry[] = []
  const server = createServer((request, reply) => {
    void receive(request).then(async (body) => {
      if (request.destroyed && !request.complete) return
      const entry: Entry = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
        status: 0,
      }
      requests.push(entry)
      reply.setHeader('x-request-id', `Root=1-bench-${requests.length}`)
      reply.setHeader('x-powered-by', 'huggingface-moon')
      const sendHead = reply.writeHead.bind(reply)
      // The log tells what was sent, however it came about.
      reply.writeHead = ((status: number, headers: Record<string, string>) => {
        entry.status = status
        return sendHead(status, headers)
      }) as typeof reply.writeHead
      await play.answer({
        reply,
        entry,
        url: new URL(entry.path, play.origin),
        token: request.headers.authorization,
      })
    })
  })
  const origin = `http://127.0.0.1:${await listen(server)}`
  const play = new Play(origin, models, new Account(account), new Endpoints(sleep))
  return {
    url: `${origin}/v1`,
    hubUrl: origin,
    endpoint: (kind) => `${origin}/endpoint/${kind}/v1`,
    requests,
    chats: () => requests.filter(({ path }) => path.endsWith('/chat/completions')),
    reset() {
      requests.length = 0
      play.reset()
    },
  }
}

async function receive(request: IncomingMessage): Promise<unknown> {
  let text = ''
  try {
    for await (const piece of request.setEncoding('utf8')) text += piece as string
  } catch {
    // Who asked has gone: there is nobody to answer.
    return undefined
  }
  try {
    return text ? JSON.parse(text) : undefined
  } catch {
    return text
  }
}

class Play {
  readonly origin: string
  readonly #models: readonly Model[]
  readonly #account: Account
  readonly #hub: Hub
  readonly #device: DeviceFlow
  readonly #endpoints: Endpoints
  /** How many requests each backend had. */
  readonly #counts = new Map<string, number>()
  #answers = 0

  constructor(origin: string, models: readonly Model[], account: Account, endpoints: Endpoints) {
    this.origin = origin
    this.#models = models
    this.#account = account
    this.#hub = new Hub(models, account)
    this.#device = new DeviceFlow(account, origin)
    this.#endpoints = endpoints
  }

  reset(): void {
    this.#counts.clear()
    this.#account.reset()
    this.#device.reset()
    this.#endpoints.reset()
  }

  async answer(asked: Asked): Promise<void> {
    const { entry, reply, url } = asked
    const { pathname: path } = url
    if (entry.method === 'POST') {
      if (path === '/v1/chat/completions') return this.#chat(asked)
      const endpoint = /^\/endpoint\/([\w-]+)(?:\/v1)?\/chat\/completions$/.exec(path)?.[1]
      if (endpoint !== undefined) return this.#dedicated(asked, endpoint)
      const features = /^\/hf-inference\/models\/(.+)\/pipeline\/feature-extraction$/.exec(path)?.[1]
      if (features !== undefined) return this.#features(asked, decodeURIComponent(features))
      if (path === '/oauth/device') return refuse(reply, this.#device.begin(formOf(entry.body)))
      if (path === '/oauth/token') return refuse(reply, this.#device.token(formOf(entry.body)))
    }
    if (entry.method === 'GET') return this.#get(asked, decodeURIComponent(path))
    refuse(reply, plain(404, 'Not Found'))
  }

  #get({ reply, url, token }: Asked, path: string): void {
    if (path === '/v1/models') return refuse(reply, { status: 200, body: catalogueOf(this.#models) })
    const listed = /^\/v1\/models\/(.+)$/.exec(path)?.[1]
    if (listed !== undefined) {
      const model = this.#models.find(({ id, backends }) => id === listed && backends.length > 0)
      return refuse(reply, model ? { status: 200, body: entryOf(model) } : noSuchModel(listed, 404))
    }
    const info = /^\/api\/models\/(.+)$/.exec(path)?.[1]
    if (info !== undefined) return refuse(reply, this.#hub.info(info, url.searchParams, token))
    const [, repo, file] = /^\/(.+?)\/resolve\/main\/(.+)$/.exec(path) ?? []
    if (repo !== undefined && file !== undefined) return refuse(reply, this.#hub.file(repo, file, token))
    const page = this.#page(path, token)
    if (!page) return refuse(reply, plain(404, 'Not Found'))
    refuse(reply, this.#account.stranger(token) ?? { status: 200, body: page })
  }

  #page(path: string, token: string | undefined): unknown {
    if (path === '/api/whoami-v2') return this.#account.whoami(token)
    const billing = /^\/api\/(?:settings|organizations\/[\w-]+)\/billing\/(.+)$/.exec(path)?.[1]
    if (billing === 'usage-v2') return this.#account.usage()
    return billing === 'usage-by-inference-session' ? this.#account.usageBySession() : undefined
  }

  /** The router: chooses a backend as the model's suffix says, and lets it answer. */
  async #chat({ reply, entry, token }: Asked): Promise<void> {
    const { body } = entry
    const barred = this.#account.bar(token)
    if (barred) return refuse(reply, barred)
    if (!isJson(body) || typeof body.model !== 'string')
      return refuse(reply, openai(400, "Missing required parameter: 'model'", { param: 'model' }))
    const { model, backend, refusal } = routeOf(body.model, this.#models, this.#account.options.preferred)
    if (refusal) return refuse(reply, refusal)
    entry.backend = backend.provider
    reply.setHeader('x-inference-provider', backend.provider)
    const { pricing } = backend.row ?? {}
    const cost = await serve({
      reply,
      body: { ...body, model: model.id } as Body,
      behaviour: backend.behaviour,
      n: this.#count(`${model.id}:${backend.provider}`),
      id: String(++this.#answers),
      tellsCost: model.tellsCost === true,
      pricing: isJson(pricing) ? { input: Number(pricing.input), output: Number(pricing.output) } : undefined,
    })
    const session = entry.headers['x-hf-session-id']
    this.#account.book(typeof session === 'string' ? session : undefined, cost)
  }

  async #dedicated({ reply, entry, token }: Asked, kind: string): Promise<void> {
    const behaviour = this.#endpoints.behaviourOf(kind)
    if (!behaviour) return refuse(reply, sentence(404, 'Endpoint not found'))
    const stranger = this.#account.stranger(token)
    if (stranger) return refuse(reply, stranger)
    const refusal = await this.#endpoints.asleep(kind, Number(entry.headers['x-scale-up-timeout'] ?? 0))
    if (refusal) return refuse(reply, refusal)
    if (!isJson(entry.body)) return refuse(reply, plain(422, 'Failed to parse the request body as JSON'))
    const n = this.#count(kind)
    await serve({
      reply,
      body: { model: 'tgi', ...entry.body } as unknown as Body,
      behaviour,
      n,
      id: String(++this.#answers),
    })
  }

  #features({ reply, entry, token }: Asked, id: string): void {
    const barred = this.#account.bar(token)
    if (barred) return refuse(reply, barred)
    const model = this.#models.find((one) => one.id === id && one.task === 'feature-extraction')
    refuse(reply, model ? extractFeatures(entry.body) : sentence(404, `Model ${id} does not exist`))
  }

  #count(backend: string): number {
    const n = this.#counts.get(backend) ?? 0
    this.#counts.set(backend, n + 1)
    return n
  }
}

const formOf = (body: unknown): URLSearchParams =>
  new URLSearchParams(isJson(body) ? (body as Record<string, string>) : String(body ?? ''))

const noSuchModel = (id: string, status: number): ReturnType<typeof openai> =>
  openai(status, `The requested model '${id}' does not exist`, { param: 'model', code: 'model_not_found' })
