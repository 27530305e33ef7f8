import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, vi } from 'vitest'

/** What a Hub answers at one path. */
export type Page = (reply: ServerResponse, request: IncomingMessage) => void

const servers: Server[] = []

/** What was asked since a test began: path, query and authorization. */
export const asked: string[] = []

/** A Hub with these pages, by path; what it has not is 404. HF_ENDPOINT points to the last one. */
export async function hub(pages: Readonly<Record<string, Page>>): Promise<string> {
  const server = createServer((request, reply) => {
    const { pathname } = new URL(request.url ?? '', 'http://hub')
    asked.push(`${request.url} ${request.headers.authorization ?? 'no token'}`)
    const page = pages[pathname]
    if (page) page(reply, request)
    else refused(404, 'EntryNotFound')(reply, request)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  vi.stubEnv('HF_ENDPOINT', origin)
  return origin
}

/** A page of JSON. */
export const json =
  (body: unknown): Page =>
  (reply) => {
    reply.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
    reply.end(JSON.stringify(body))
  }

/** A refusal, with the code that the Hub gives in a header. */
export const refused =
  (status: number, code?: string): Page =>
  (reply) => {
    reply.writeHead(status, { 'content-type': 'application/json', ...(code && { 'x-error-code': code }) })
    reply.end(JSON.stringify({ error: 'Not for you' }))
  }

/** A page that is elsewhere. */
export const moved =
  (location: string): Page =>
  (reply) => {
    reply.writeHead(307, { location, 'content-type': 'text/plain; charset=utf-8' })
    reply.end(`Temporary Redirect. Redirecting to ${location}`)
  }

/** A page of text. */
export const text =
  (body: string, type = 'text/plain'): Page =>
  (reply) => {
    reply.writeHead(200, { 'content-type': type })
    reply.end(body)
  }

/** A page that never comes. */
export const silent: Page = () => undefined

/** What the Hub says of a model to chat with. */
export const chatty = {
  id: 'org/model',
  gated: false,
  pipeline_tag: 'text-generation',
  tags: ['transformers', 'conversational'],
  config: { tokenizer_config: { chat_template: 'T', bos_token: '<s>', eos_token: { content: '</s>' } } },
}

beforeEach(() => {
  asked.length = 0
  vi.stubEnv('HF_HUB_OFFLINE', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})
