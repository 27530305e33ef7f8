import { expect, test } from 'vitest'
import { answered, asked } from './router/ask.ts'
import type { EndpointKind } from './router/endpoints.ts'
import { behaviour } from './router/backends.ts'
import { startHuggingFace } from './router/hugging-face.ts'
import type { Json } from './router/wire.ts'

const hub = await startHuggingFace({ models: [] })
const ping = { messages: [{ role: 'user', content: 'ping' }] }

test.each<[EndpointKind, RegExp]>([
  ['cold-text', /^Service Temporarily Unavailable$/],
  ['cold-json', /^{"error":"Model bench\/endpoint is currently loading","estimated_time":20}$/],
])('a %s Endpoint refuses two requests, then works, and sleeps again after a reset', async (kind, words) => {
  const url = hub.endpoint(kind)
  for (let n = 0; n < 2; n++) {
    const cold = await asked(url, {})
    expect([cold.status, cold.text]).toEqual([503, expect.stringMatching(words)])
  }
  expect((await answered(url, ping)).text).toBe('pong')
  hub.reset()
  expect((await asked(url, {})).status).toBe(503)
})

test('an Endpoint may take its time instead, and holds who has the patience', async () => {
  const slow = await startHuggingFace({ models: [], sleep: { ms: 150 } })
  const url = slow.endpoint('cold-text')
  expect((await asked(url, {})).status).toBe(503)
  const started = performance.now()
  const held = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer hf_bench', 'x-scale-up-timeout': '600' },
    body: JSON.stringify(ping),
  })
  expect(held.status).toBe(200)
  expect(performance.now() - started).toBeGreaterThan(20)
  expect((await answered(url, ping)).text).toBe('pong')
})

const bites = (name: string): Json => behaviour(name).bites ?? {}
const WHETHER = { messages: [{ role: 'user', content: 'What is the weather in Paris?' }] }

test('TGI takes its own schema, tools or a schema, and no temperature 0', async () => {
  const url = hub.endpoint('tgi')
  for (const name of ['tools-xor-schema', 'schema-as-tgi', 'refuses-temperature-zero', 'refuses-five-stops'])
    expect((await asked(url, bites(name))).status).toBe(422)
  const schema = { type: 'object', properties: { answer: { type: 'string' } } }
  const { text } = await answered(url, { ...ping, response_format: { type: 'json_object', value: schema } })
  expect(JSON.parse(text)).toEqual({ answer: 'pong' })
})

test('vLLM refuses tools without a parser, and pictures', async () => {
  const url = hub.endpoint('vllm')
  for (const name of ['refuses-tools-vllm', 'vision-refused-vllm'])
    expect((await asked(url, bites(name))).status).toBe(400)
  expect((await answered(url, ping)).text).toBe('pong')
})

test('llama-server lets the schema win, and a named tool be any', async () => {
  const url = hub.endpoint('llama-server')
  const tools = bites('ignores-tools')
  expect((await answered(url, { ...WHETHER, ...tools })).calls).toHaveLength(1)
  expect(
    (await answered(url, { ...WHETHER, ...tools, response_format: { type: 'json_object' } })).calls,
  ).toEqual([])
  const named = { type: 'function', function: { name: 'get_weather' } }
  expect((await answered(url, { ...ping, ...tools, tool_choice: named })).text).toBe('pong')
  expect((await asked(url, bites('no-vision'))).status).toBe(500)
  const { events } = await answered(url, { ...ping, stream: true })
  expect(JSON.parse(events[0] ?? '')).toMatchObject({
    choices: [{ delta: { role: 'assistant', content: null } }],
  })
  expect(JSON.parse(events.at(-2) ?? '')).toHaveProperty('timings')
})

test('transformers serve writes calls as text, drops pictures and schemas, and refuses unknown fields', async () => {
  const url = hub.endpoint('transformers-serve')
  expect((await answered(url, { ...WHETHER, ...bites('tools-as-text') })).text).toMatch(/^<tool_call>/)
  expect((await answered(url, { ...ping, response_format: { type: 'json_object' } })).text).toBe('pong')
  expect((await answered(url, { messages: [], ...bites('no-vision') })).text).toBe('no image')
  expect((await asked(url, { top_k: 4 })).text).toBe(
    '{"detail":"Unexpected fields in the request: {\'top_k\'}"}',
  )
  const { events, usage } = await answered(url, { ...ping, stream: true })
  expect([events.at(-1) === '[DONE]', usage]).toEqual([false, expect.objectContaining({ prompt_tokens: 5 })])
})

test('an Endpoint wants a token and a name that there is', async () => {
  expect((await asked(hub.endpoint('tgi'), {}, null)).status).toBe(401)
  expect((await asked(hub.endpoint('none' as EndpointKind), {})).status).toBe(404)
})

test('what no server takes is refused by all, in words that name the mistake', async () => {
  const url = hub.endpoint('vllm')
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }
  const complaints: readonly [object, RegExp][] = [
    [{ messages: [] }, /at least one message/],
    [{ messages: [{ role: 'alien', content: 'x' }] }, /messages\[0\].role/],
    [{ messages: [{ role: 'user', content: null }] }, /messages\[0\].content/],
    [{ messages: [{ role: 'assistant', content: null }] }, /got null/],
    [
      { messages: [...ping.messages, { role: 'assistant', tool_calls: [call] }] },
      /must be followed by tool messages.*c1/,
    ],
    [
      { messages: [...ping.messages, { role: 'tool', tool_call_id: 'c1', content: 'x' }] },
      /must be a response/,
    ],
    [{ tools: [{}] }, /'tools'/],
    [{ tool_choice: { type: 'function', function: { name: 'f' } } }, /only allowed when 'tools'/],
    [{ stream_options: { include_usage: true } }, /only allowed when 'stream'/],
  ]
  for (const [body, words] of complaints) {
    const { status, text } = await asked(url, body as Record<string, unknown>)
    expect([status, text]).toEqual([400, expect.stringMatching(words)])
  }
})
