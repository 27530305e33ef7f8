import { type IncomingHttpHeaders, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request as the server got it. */
export interface Request {
  readonly headers: IncomingHttpHeaders
  readonly body: {
    readonly model?: string
    readonly stream?: boolean
    readonly messages: readonly { readonly role: string; readonly content: unknown }[]
    readonly [field: string]: unknown
  }
}

/** A loopback server in OpenAI's shape. */
export interface Remote {
  readonly url: string
  readonly requests: Request[]
  /** What it does next; set back to an ordinary answer by `reset`. */
  answer: (request: Request, response: ServerResponse) => void | Promise<void>
  reset(): void
  close(): void
}

/** The words of an ordinary answer. */
export const WORDS = ['Four ', 'words ', 'and ', 'done.']

const usage = { prompt_tokens: 7, completion_tokens: 4, total_tokens: 11 }

/** Starts a server. */
export async function startRemote(): Promise<Remote> {
  const server = createServer(async (incoming, response) => {
    let text = ''
    for await (const chunk of incoming) text += String(chunk)
    const request = { headers: incoming.headers, body: (text ? JSON.parse(text) : {}) as Request['body'] }
    remote.requests.push(request)
    await remote.answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const remote: Remote = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests: [],
    answer: ordinary,
    reset() {
      remote.requests.length = 0
      remote.answer = ordinary
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return remote
}

/** The usual words, streamed where that is asked for. */
function ordinary({ body }: Request, response: ServerResponse): Promise<void> | void {
  if (body.stream) return stream(response, WORDS)
  const message = { role: 'assistant', content: WORDS.join('') }
  response.setHeader('x-inference-provider', 'novita')
  json(response, 200, {
    model: 'served-model',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage,
  })
}

/** Streams an answer piece by piece. */
export async function stream(
  response: ServerResponse,
  words: Iterable<string>,
  { pause = 0, thinking = '', finish = 'stop' } = {},
): Promise<void> {
  response.setHeader('content-type', 'text/event-stream')
  response.setHeader('x-inference-provider', 'novita')
  const send = (choice: object, more: object = {}): void => {
    const chunk = { model: 'served-model', choices: [{ index: 0, delta: {}, ...choice }], ...more }
    response.write(`data: ${JSON.stringify(chunk)}\n\n`)
  }
  if (thinking) send({ delta: { reasoning_content: thinking } })
  for (const content of words) {
    if (response.destroyed) return
    send({ delta: { content } })
    if (pause > 0) await sleep(pause)
  }
  send({ finish_reason: finish }, { usage })
  response.end('data: [DONE]\n\n')
}

/** Answers in JSON. */
export function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
