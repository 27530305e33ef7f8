import { type IncomingHttpHeaders, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the Hub was asked. */
export interface HubQuestion {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly form: Readonly<Record<string, string>>
}

/** A status and a JSON body; `undefined` keeps silent. */
export type HubReply = readonly [status: number, body: unknown] | undefined

/** A loopback Hub: who a token belongs to, and signing in. */
export interface Hub {
  readonly origin: string
  readonly asked: HubQuestion[]
  /** Answers the next questions for a token instead of those that say it waits. */
  readonly grants: HubReply[]
  /** Who the tokens belong to. */
  readonly accounts: Map<string, unknown>
  /** Answers instead of the Hub. */
  answer: ((question: HubQuestion, n: number) => HubReply) | undefined
  reset(): void
  close(): void
}

/** What the Hub answers to who wants to sign in. */
export const DEVICE = {
  device_code: 'device-code-that-is-secret',
  user_code: 'ABCD-EFGH',
  verification_uri: 'https://huggingface.co/oauth/device',
  verification_uri_complete: 'https://huggingface.co/oauth/device?user_code=ABCD-EFGH',
  expires_in: 900,
  interval: 0.01,
}

/** An error as OAuth spells it. */
export const oauthError = (error: string): HubReply => [400, { error, error_description: 'as RFC 8628 says' }]

/** Starts a Hub. */
export async function startHub(): Promise<Hub> {
  const server = createServer(async (incoming, response) => {
    let text = ''
    for await (const chunk of incoming) text += String(chunk)
    const { method = '', url: path = '', headers } = incoming
    const question = { method, path, headers, form: Object.fromEntries(new URLSearchParams(text)) }
    hub.asked.push(question)
    const reply = hub.answer ? hub.answer(question, hub.asked.length - 1) : usual(hub, question)
    if (!reply) return
    response.writeHead(reply[0], { 'content-type': 'application/json' }).end(JSON.stringify(reply[1]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hub: Hub = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    grants: [],
    accounts: new Map(),
    answer: undefined,
    reset() {
      hub.asked.length = 0
      hub.grants.length = 0
      hub.accounts.clear()
      hub.answer = undefined
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return hub
}

function usual(hub: Hub, { path, headers }: HubQuestion): HubReply {
  if (path === '/oauth/device') return [200, DEVICE]
  if (path === '/oauth/token') return hub.grants.shift() ?? oauthError('authorization_pending')
  if (path !== '/api/whoami-v2') return [404, { error: 'Not found' }]
  const account = hub.accounts.get(headers.authorization?.replace('Bearer ', '') ?? '')
  return account ? [200, account] : [401, { error: `Invalid credentials: ${headers.authorization}` }]
}
