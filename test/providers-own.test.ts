import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Chat, chatLMStudio, chatOllama, chatVLLM } from 'natter'
import { json, listen, loopback, refusalOf } from './loopback.ts'
import { createServer } from 'node:http'

// Servers of one's own: what to do when they do not run, or lack the model.

beforeEach(() => {
  for (const name of ['OLLAMA_BASE_URL', 'OLLAMA_HOST', 'LMSTUDIO_BASE_URL', 'OLLAMA_API_KEY'])
    vi.stubEnv(name, undefined)
})
afterEach(() => vi.unstubAllEnvs())

type Make = (options: { readonly baseUrl: string; readonly model: string; readonly retries: number }) => Chat

/** An address where nothing listens. */
async function nowhere(): Promise<string> {
  const server = createServer()
  const port = await listen(server)
  await new Promise((done) => server.close(done))
  return `http://127.0.0.1:${port}`
}

test.each<[string, Make, string]>([
  ['Ollama', chatOllama, '`ollama serve`'],
  ['LM Studio', chatLMStudio, '`lms server start`'],
  ['vLLM', chatVLLM, '`vllm serve <model>`'],
])('%s that does not run is an error that says how it is started', async (name, make, command) => {
  const baseUrl = await nowhere()
  const error = await refusalOf(make({ baseUrl, model: 'm', retries: 0 }).chat('Hi'))
  expect(error).toMatchObject({ code: 'connection', provider: name })
  expect(error.message).toContain(command)
  expect(error.message).toContain(baseUrl)
})

test('a model that Ollama has not pulled is an error that says the command', async () => {
  const server = await loopback((reply) => json(reply, 404, { error: "model 'qwen3:8b' not found" }))
  const chat = chatOllama({ baseUrl: server.url, model: 'qwen3:8b', retries: 0 })
  expect((await refusalOf(chat.chat('Hi'))).message).toContain('`ollama pull qwen3:8b`')
})

test.each<[string, Make, object, string]>([
  [
    'LM Studio',
    chatLMStudio,
    { error: { message: "Model 'x' not found", code: 'model_not_found' } },
    '`lms load x`',
  ],
  ['vLLM', chatVLLM, { error: { message: 'The model `x` does not exist.', code: 404 } }, '`vllm serve x`'],
])('%s that lacks the model is an error that lists those it has', async (_, make, body, command) => {
  const server = await loopback((reply, asked) =>
    asked.method === 'GET'
      ? json(reply, 200, { data: [{ id: 'qwen3' }, { id: 'gemma' }] })
      : json(reply, 404, body),
  )
  const { message } = await refusalOf(make({ baseUrl: server.url, model: 'x', retries: 0 }).chat('Hi'))
  expect(message).toContain('It has qwen3, gemma.')
  expect(message).toContain(command)
})

describe('where they are', () => {
  const at = (make: (options: { readonly model: string }) => Chat): string =>
    make({ model: 'm' }).provider.baseUrl

  test('is this machine, at their usual ports', () => {
    expect(at(chatOllama)).toBe('http://localhost:11434')
    expect(at(chatLMStudio)).toBe('http://localhost:1234/v1')
  })

  test.each([
    ['OLLAMA_BASE_URL', 'http://gpu:11434/v1', 'http://gpu:11434'],
    ['OLLAMA_BASE_URL', 'http://gpu:11434/', 'http://gpu:11434'],
    ['OLLAMA_HOST', '0.0.0.0', 'http://127.0.0.1:11434'],
    ['OLLAMA_HOST', '0.0.0.0:8000', 'http://127.0.0.1:8000'],
    ['OLLAMA_HOST', 'gpu', 'http://gpu:11434'],
    ['OLLAMA_HOST', 'https://gpu.example', 'https://gpu.example'],
  ])('is found in %s: %s', (variable, value, address) => {
    vi.stubEnv(variable, value)
    expect(at(chatOllama)).toBe(address)
  })

  test('is found in LMSTUDIO_BASE_URL, with and without the path of the API', () => {
    for (const address of ['http://gpu:1234', 'http://gpu:1234/v1/']) {
      vi.stubEnv('LMSTUDIO_BASE_URL', address)
      expect(at(chatLMStudio)).toBe('http://gpu:1234/v1')
    }
  })

  test('is nothing that is made up: a model and, for vLLM, an address are needed', () => {
    expect(() => chatOllama({} as never)).toThrow(/pass model \(`ollama list`/)
    expect(() => chatLMStudio({ model: '' })).toThrow(/model must be a non-empty string/)
    expect(() => chatVLLM({ model: 'm' } as never)).toThrow(/baseUrl/)
  })
})
