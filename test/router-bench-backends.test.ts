import { expect, test } from 'vitest'
import { answered, asked } from './router/ask.ts'
import { BEHAVIOURS, behaviour, modelWith } from './router/backends.ts'
import { startHuggingFace } from './router/hugging-face.ts'

const hub = await startHuggingFace({
  models: BEHAVIOURS.map((behaving) => modelWith(behaving, { id: `bench/${behaving.name}` })),
})
const at = (name: string, more: object = {}): ReturnType<typeof asked> =>
  asked(hub.url, { model: `bench/${name}`, ...more })
const read = (name: string, more: object): ReturnType<typeof answered> =>
  answered(hub.url, { model: `bench/${name}`, ...more })
const biting = (name: string): object => behaviour(name).bites ?? {}

/** What each backend that refuses says when it is bitten. */
const REFUSALS: readonly [string, number, RegExp][] = [
  ['refuses-tools-novita', 400, /"message":"model features function calling not support/],
  ['refuses-tools-nscale', 422, /"error_type":"UNSUPPORTED_OPENAI_PARAMS".*"param":"tools, tool_choice"/],
  ['refuses-tools-vllm', 400, /"object":"error".*--enable-auto-tool-choice/],
  ['refuses-tools-llama-server', 500, /tools param requires --jinja flag/],
  ['refuses-tool-choice', 400, /only 'auto' and 'none' are supported/],
  ['refuses-tool-choice-field', 400, /"param":"tool_choice","code":"wrong_api_format"/],
  ['refuses-parallel-tool-calls', 400, /field: 'parallel_tool_calls', value: false/],
  ['refuses-strict', 400, /Unknown parameter: 'strict'/],
  ['tools-xor-schema', 422, /"error":"Input validation error: Grammar and tools.*"error_type":"validation"/],
  ['refuses-temperature', 400, /"param":"temperature","code":"unsupported_parameter"/],
  ['refuses-top-p', 400, /^{"message":"body.top_p: property 'body.top_p' is unsupported"/],
  ['refuses-top-k', 400, /property 'top_k' is unsupported/],
  ['refuses-seed', 422, /^{"detail":\[{"type":"extra_forbidden","loc":\["body","seed"\]/],
  ['refuses-frequency-penalty', 422, /UNSUPPORTED_OPENAI_PARAMS.*frequency_penalty/],
  ['refuses-presence-penalty', 400, /'loc': \('body', 'presence_penalty'\)/],
  ['refuses-max-tokens', 400, /Use 'max_completion_tokens' instead/],
  ['refuses-max-completion-tokens', 400, /^{"message":"unknown field: parameter 'max_completion_tokens'/],
  ['refuses-stop', 400, /"detail":"The parameter \\"stop\\" is not supported/],
  ['refuses-logprobs', 400, /`logprobs` is not supported/],
  ['refuses-reasoning-effort', 400, /^{"error":"reasoning_effort is not supported/],
  ['refuses-stream-options', 400, /field: 'stream_options'/],
  ['knows-three-reasoning-efforts', 400, /Supported values are: 'low', 'medium', and 'high'/],
  ['refuses-temperature-zero', 422, /`temperature` must be strictly positive/],
  ['refuses-five-stops', 422, /`stop` supports up to 4 stop sequences. Given: 5/],
  ['limits-max-tokens', 400, /max_tokens must be <= 4096, got 8192/],
  ['refuses-unknown-fields', 422, /^{"detail":"Unexpected fields in the request: {'top_k', 'min_p'}"}$/],
  ['refuses-in-plain-text', 422, /^Failed to deserialize the JSON body/],
  ['no-system-vllm', 400, /"object":"error","message":"System role not supported"/],
  ['no-system-tgi', 422, /System role not supported.*"error_type":"template_error"/],
  ['roles-must-alternate', 400, /Conversation roles must alternate user\/assistant/],
  ['content-array-refused', 422, /invalid type: sequence, expected a string/],
  ['content-string-refused', 422, /"type":"list_type","loc":\["body","messages",0,"content"\]/],
  ['vision-refused-llama-server', 500, /image input is not supported - hint: .*mmproj/],
  ['vision-refused-vllm', 400, /is not a multimodal model/],
  ['cannot-fetch-image-url', 400, /Error while downloading https.*"code":"invalid_image_url"/],
  [
    'json-object-only',
    400,
    /does not support 'json_schema' response format. Supported formats: json_object\./,
  ],
  ['response-format-refused', 400, /response_format is not supported/],
  ['schema-as-tgi', 422, /unknown variant `json_schema`/],
  ['schema-as-together', 400, /missing field `schema`/],
  ['schema-as-fireworks', 400, /Input should be 'json_object'/],
]

const PING_IN_PARTS = { messages: [{ role: 'user', content: [{ type: 'text', text: 'ping' }] }] }

test.each(REFUSALS)('%s refuses what it says with %i, and nothing else', async (name, status, words) => {
  const refusal = await at(name, biting(name))
  expect(refusal.text).toMatch(words)
  expect(refusal.status).toBe(status)
  expect(refusal.headers.get('x-inference-provider')).toBe('novita')
  expect(refusal.headers.get('x-request-id')).toMatch(/^Root=1-/)
  const plain = name === 'content-string-refused' ? PING_IN_PARTS : {}
  expect((await read(name, plain)).text).toBe('pong')
})

/** What each backend that always fails answers. */
const FAILURES: readonly [string, number, RegExp][] = [
  ['credits-spent', 402, /^{"error":"You have exceeded your monthly included credits/],
  ['out-of-balance', 403, /NOT_ENOUGH_BALANCE/],
  ['rate-limited', 429, /rate_limit_exceeded/],
  ['server-error', 500, /Internal server error/],
  ['overloaded', 503, /^{"error":"overloaded"}$/],
  ['overloaded-tgi', 429, /"error_type":"overloaded"/],
  ['model-not-supported', 400, /"param":"model","code":"model_not_supported"/],
  ['model-not-supported-here', 400, /^{"error":"Model not supported by provider together"}$/],
  ['problem-document', 500, /"detail":"The upstream did not answer."/],
]

test.each(FAILURES)('%s fails with %i each time', async (name, status, words) => {
  for (const stream of [false, true, false]) {
    const failure = await at(name, { stream })
    expect(failure.text).toMatch(words)
    expect(failure.status).toBe(status)
  }
})

test('two backends fail at first only, and tell when to come again', async () => {
  hub.reset()
  const statuses = async (name: string): Promise<readonly number[]> => [
    (await at(name)).status,
    (await at(name)).status,
    (await at(name)).status,
  ]
  expect(await statuses('rate-limited-twice')).toEqual([429, 429, 200])
  expect(await statuses('server-error-once')).toEqual([502, 200, 200])
  expect((await at('rate-limited')).headers.get('retry-after')).toBe('1')
  hub.reset()
  const page = await at('server-error-once')
  expect([page.headers.get('content-type'), page.text.slice(0, 6)]).toEqual(['text/html', '<html>'])
})

const WHETHER = { messages: [{ role: 'user', content: 'What is the weather in Paris?' }] }
const CALL = { name: 'get_weather', input: { city: 'Paris' } }

test('backends that take no calls seriously answer 200 in text', async () => {
  const said = async (name: string): Promise<unknown> => {
    const { text, calls, finish } = await read(name, { ...WHETHER, ...biting(name) })
    expect([calls, finish]).toEqual([[], 'stop'])
    return text
  }
  expect(await said('ignores-tools')).toBe('I cannot look up the weather from here.')
  expect(await said('tools-as-text')).toBe(
    '<tool_call>\n{"name":"get_weather","arguments":{"city":"Paris"}}\n</tool_call>',
  )
  expect(await said('tools-as-bare-json')).toBe('{"name":"get_weather","arguments":{"city":"Paris"}}')
  expect(await said('tools-as-broken-text')).toBe('get_weather(city=')
  expect(await said('schema-wins-over-tools')).toMatch(/^{"answer":/)
})

test('a history of calls is lost where tools are ignored', async () => {
  const call = { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }
  const messages = [
    ...WHETHER.messages,
    { role: 'assistant', content: '', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c1', content: '21 degrees' },
  ]
  expect((await read('willing', { messages })).text).toBe('The tool says: 21 degrees')
  expect((await read('ignores-tools', { messages })).text).toBe('I cannot look up the weather from here.')
})

test('tool choices are ignored as said, and vLLM can be held to a named tool', async () => {
  const ping = { messages: [{ role: 'user', content: 'ping' }] }
  const named = { type: 'function', function: { name: 'get_weather' } }
  const tools = biting('ignores-tools')
  expect((await read('ignores-tool-choice', { ...ping, ...tools, tool_choice: 'required' })).text).toBe(
    'pong',
  )
  expect((await read('ignores-named-tool-choice', { ...ping, ...tools, tool_choice: named })).text).toBe(
    'pong',
  )
  const required = await read('ignores-named-tool-choice', { ...ping, ...tools, tool_choice: 'required' })
  expect(required.calls).toHaveLength(1)
  expect((await read('refuses-tools-vllm', { ...WHETHER, ...tools, tool_choice: named })).calls).toEqual([
    CALL,
  ])
  expect((await at('refuses-tools-vllm', { ...WHETHER, ...tools, tool_choice: 'required' })).status).toBe(400)
})

test('a system prompt is dropped in silence, and heard where it is folded', async () => {
  expect((await read('drops-system', biting('drops-system'))).text).toBe('no code word')
  const folded = [{ role: 'user', content: 'The code word is heron.\n\nWhat is the code word?' }]
  for (const name of ['drops-system', 'no-system-vllm', 'no-system-tgi', 'roles-must-alternate'])
    expect((await read(name, { messages: folded })).text).toBe('heron')
})

test('who wants roles in turn takes no system message first and no tool message', async () => {
  const system = {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'ping' },
    ],
  }
  expect((await at('roles-must-alternate', system)).text).toContain('Conversation roles must alternate')
  const call = { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }
  const messages = [
    ...WHETHER.messages,
    { role: 'assistant', content: '', tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c1', content: '21 degrees' },
  ]
  expect((await at('roles-must-alternate', { messages })).text).toContain('Only user and assistant roles')
})

test('a picture is dropped in silence, or wanted as data', async () => {
  expect((await read('willing', biting('no-vision'))).text).toBe('I see a red square')
  expect((await read('no-vision', biting('no-vision'))).text).toBe('no image')
  expect((await read('cannot-fetch-image-url', biting('no-vision'))).text).toBe('I see a red square')
})

const ADA = { messages: [{ role: 'user', content: 'Extract the person: Ada is 36 years old.' }] }
const SCHEMA = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer' } } }
const OPENAI = { type: 'json_schema', json_schema: { name: 'person', schema: SCHEMA } }

test.each([
  ['willing', OPENAI],
  ['schema-as-tgi', { type: 'json_object', value: SCHEMA }],
  ['schema-as-together', { type: 'json_schema', schema: SCHEMA }],
  ['schema-as-fireworks', { type: 'json_object', schema: SCHEMA }],
])('%s fills a schema in its own spelling', async (name, format) => {
  expect(JSON.parse((await read(name, { ...ADA, response_format: format })).text)).toEqual({
    name: 'Ada',
    age: 36,
  })
})

test('where no schema is read the answer is prose, or JSON of another form', async () => {
  const said = async (name: string, format: object): Promise<string> =>
    (await read(name, { ...ADA, response_format: format })).text
  expect(await said('response-format-ignored', OPENAI)).toBe('That is Ada.')
  const json = { type: 'json_object' }
  for (const [name, format] of [
    ['schema-makes-json-only', OPENAI],
    ['json-object-only', { ...json, schema: SCHEMA }],
    ['schema-as-together', { ...json, value: SCHEMA }],
    ['schema-as-fireworks', { ...json, value: SCHEMA }],
  ] as const)
    expect(JSON.parse(await said(name, format))).toEqual({ answer: 'That is Ada.' })
  expect((await at('schema-as-tgi', { ...ADA, response_format: json })).text).toContain(
    'missing field `value`',
  )
})

test('connections are cut where it is said, and one is never answered', async () => {
  const received = async (name: string, stream: boolean): Promise<string> => {
    const reply = await fetch(`${hub.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer hf_bench' },
      body: JSON.stringify({ model: `bench/${name}`, messages: [{ role: 'user', content: 'ping' }], stream }),
      signal: AbortSignal.timeout(name === 'hangs' ? 100 : 5000),
    }).catch((error: unknown) => (error as Error).name)
    if (typeof reply === 'string') return reply
    let text = ''
    try {
      for await (const piece of reply.body ?? []) text += Buffer.from(piece).toString()
      return `${text} END`
    } catch {
      return `${text} CUT`
    }
  }
  expect(await received('dies-before-the-first-delta', true)).toBe(' CUT')
  expect(await received('dies-before-the-first-delta', false)).toBe(' CUT')
  expect(await received('dies-mid-stream', true)).toMatch(/"content":"pong"}[^]* CUT$/)
  expect(await received('dies-mid-stream', false)).toMatch(/^{"id"[^]* CUT$/)
  expect(await received('error-in-a-200', true)).toMatch(/^data: {"error":"Request failed.*\s+END$/)
  expect(await received('error-in-a-200', false)).toMatch(/^{"error":"Request failed.* END$/)
  expect(await received('error-mid-stream', true)).toMatch(
    /"content":"pong"}[^]*data: {"error":{"message":"boom"[^]* END$/,
  )
  expect(await received('hangs', true)).toBe('TimeoutError')
})

test('usage, [DONE] and reasoning come as said', async () => {
  const stream = { stream: true, stream_options: { include_usage: true } }
  expect((await read('willing', { stream: true })).usage).toBeUndefined()
  const usual = await read('willing', stream)
  expect(usual.usage).toMatchObject({ prompt_tokens: 5 })
  expect([usual.events.at(-1), JSON.parse(usual.events.at(-2) ?? '')]).toMatchObject([
    '[DONE]',
    { choices: [] },
  ])
  expect((await read('no-usage', stream)).usage).toBeUndefined()
  expect((await read('no-usage', {})).usage).toBeUndefined()
  const last = (await read('no-done', { stream: true })).events.at(-1) ?? ''
  expect(JSON.parse(last)).toMatchObject({
    choices: [{ finish_reason: 'stop' }],
    usage: { prompt_tokens: 5 },
  })
  expect((await at('reasons-aloud')).text).toContain('"reasoning_content":"They want an answer."')
  expect((await read('reasons-aloud', { stream: true })).events[0]).toContain('reasoning_content')
})

test('what is combined refuses or ignores both', async () => {
  const both = 'refuses-tools-and-formats'
  expect((await at(both, biting('refuses-tools-novita'))).text).toContain('function calling not support')
  expect((await at(both, biting('response-format-refused'))).text).toContain(
    'response_format is not supported',
  )
  const messages = [{ role: 'user', content: 'What is the weather in Paris?' }]
  const ignored = await read('ignores-tools-and-formats', { ...biting('ignores-tools'), messages })
  expect(ignored.text).toBe('I cannot look up the weather from here.')
})

test('every behaviour has a name of its own, says what it does, and is proved in this file', async () => {
  const { readFile } = await import('node:fs/promises')
  const here = await readFile(new URL(import.meta.url), 'utf8')
  const names = BEHAVIOURS.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.filter((name) => !here.includes(`'${name}'`))).toEqual([])
  expect(BEHAVIOURS.filter(({ says, source }) => !says || !source)).toEqual([])
})
