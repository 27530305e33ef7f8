import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Keep } from '../batch/kept.ts'
import { openai, spellOpenAI } from '../batch/openai.ts'

const ANSWER = [
  'Why did the statistician drown? The river was only a metre deep on average.',
  'What do you call a normal distribution at a fancy dress party? A paranormal distribution.',
  'I asked a statistician for a date; she gave me a confidence interval.',
].join('\n')
const USAGE = { prompt_tokens: 21, completion_tokens: 48, total_tokens: 69 }
const MODEL = 'meta-llama/Llama-3.1-8B-Instruct'

/** A loopback server that answers as the Hugging Face router would, whatever it is asked; and batches as OpenAI does. */
export async function startStandIn(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const batches = new Keep('', { polls: 1 }, spellOpenAI)

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers.host === 'api.openai.com') return answerBatch(request, response)
  response.setHeader('x-inference-provider', 'novita')
  if (request.method === 'GET') return json(response, 200, { object: 'list', data: [{ id: MODEL }] })
  if (!request.headers.authorization?.startsWith('Bearer ') && !isLocal(request)) {
    return json(response, 401, { error: 'Invalid username or password.' })
  }
  const { model = MODEL, stream, messages } = JSON.parse(await bodyOf(request)) as ChatBody
  if (!messages?.length) return json(response, 422, { error: { message: 'messages: field required' } })
  const reply = { id: 'chatcmpl-1', object: 'chat.completion', created: 1_790_000_000, model }
  if (!stream) {
    const choice = { index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }
    return json(response, 200, { ...reply, choices: [choice], usage: USAGE })
  }
  response.setHeader('content-type', 'text/event-stream')
  const write = (choices: readonly object[], more = {}): void => {
    const chunk = { ...reply, object: 'chat.completion.chunk', choices, ...more }
    response.write(`data: ${JSON.stringify(chunk)}\n\n`)
  }
  for (const content of ANSWER.match(/\S+\s*/g) ?? []) write([{ index: 0, delta: { content } }])
  write([{ index: 0, delta: {}, finish_reason: 'stop' }])
  write([], { usage: USAGE })
  response.end('data: [DONE]\n\n')
}

/** A server on the person's own machine asks for no key. */
function isLocal(request: IncomingMessage): boolean {
  return /^(localhost|127\.)/.test(request.headers.host ?? '')
}

async function answerBatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '', headers } = request
  const reply = await openai({ method, path: url, headers, bytes: await bytesOf(request) }, batches)
  if (reply && 'text' in reply) response.end(reply.text)
  else json(response, reply ? 200 : 404, (reply?.json ?? {}) as object)
}

const bodyOf = async (request: IncomingMessage): Promise<string> => (await bytesOf(request)).toString()

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

interface ChatBody {
  readonly model?: string
  readonly stream?: boolean
  readonly messages?: readonly object[]
}
