import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { chatHuggingFace } from '../chats-hosts.ts'

let server: Server | undefined
let asked: string[] = []

async function router(models: unknown, status = 200): Promise<string> {
  asked = []
  server = createServer((request, reply) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'no key'}`)
    request.resume()
    if (request.method === 'GET') {
      reply.writeHead(status, { 'content-type': 'application/json' })
      reply.end(JSON.stringify(models))
      return
    }
    reply.writeHead(200, { 'content-type': 'application/json', 'x-inference-provider': 'groq' })
    const message = { role: 'assistant', content: 'Hi' }
    const usage = { prompt_tokens: 1_000_000, completion_tokens: 500_000 }
    reply.end(
      JSON.stringify({ model: 'llama', choices: [{ index: 0, message, finish_reason: 'stop' }], usage }),
    )
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const catalog = {
  data: [
    {
      id: 'org/model',
      providers: [
        { provider: 'together', status: 'live', pricing: { input: 9, output: 9 } },
        { provider: 'groq', status: 'live', pricing: { input: 0.1, output: 0.4 } },
      ],
    },
  ],
}

test('an answer costs what the catalogue says of the backend that served it, and the catalogue is fetched once, without the key', async () => {
  const baseUrl = await router(catalog)
  const chat = chatHuggingFace({ baseUrl, apiKey: 'hf_secret_key', model: 'org/model' })
  await chat.chat('hi')
  expect(await chat.cost()).toEqual({ dollars: expect.closeTo(0.3, 9) as number, sources: ['catalog'] })
  await chat.cost()
  expect(asked.filter((line) => line.startsWith('GET'))).toEqual(['GET /v1/models no key'])
})

test('a catalogue that cannot be had leaves the cost unknown, with the reason, and is asked for again', async () => {
  const baseUrl = await router({ error: 'busy' }, 503)
  const chat = chatHuggingFace({ baseUrl, apiKey: 'hf_secret_key', model: 'org/model' })
  await chat.chat('hi')
  expect(await chat.cost()).toMatchObject({ dollars: undefined, unpriced: 1 })
  await chat.cost()
  expect(asked.filter((line) => line.startsWith('GET'))).toHaveLength(2)
})

test('a budget in dollars is kept by the prices of the catalogue', async () => {
  const baseUrl = await router(catalog)
  const chat = chatHuggingFace({
    baseUrl,
    apiKey: 'hf_secret_key',
    model: 'org/model',
    budget: { dollars: 0.5 },
  })
  await chat.chat('one')
  await chat.chat('two')
  await expect(chat.chat('three')).rejects.toMatchObject({ code: 'budget' })
  expect(asked.filter((line) => line.startsWith('POST'))).toHaveLength(2)
})
