import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  type Chat,
  type ChatOptions,
  chatAnthropic,
  chatAwsBedrock,
  chatAzureOpenAI,
  chatCloudflare,
  chatCortexAnalyst,
  chatDatabricks,
  chatDeepSeek,
  chatGitHub,
  chatGoogleGemini,
  chatGoogleVertex,
  chatGroq,
  chatHuggingFace,
  chatMistral,
  chatOpenAI,
  chatOpenRouter,
  chatPerplexity,
  chatPortkey,
  chatSnowflake,
  t,
  tool,
} from 'natter'
import { type Asked, type Script, completion, json, loopback, refusalOf } from './loopback.ts'

// What each provider does otherwise than its dialect's others.

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (
      /_(?:KEY|TOKEN|PAT|HOST|URL|ENDPOINT|SECRET|PROFILE|CREDENTIALS|ACCOUNT|REGION|PROJECT|LOCATION)/.test(
        name,
      )
    )
      vi.stubEnv(name, undefined)
  vi.stubEnv('HOME', '/nowhere')
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

type Make = (options: ChatOptions & { readonly baseUrl: string; readonly model: string }) => Chat

/** What a server that answers so is asked, and the chat. */
async function asking(
  make: Make,
  reply: object | Script = completion('ok'),
  ask: (chat: Chat) => Promise<unknown> = (chat) => chat.chat('Hi'),
): Promise<{
  readonly chat: Chat
  readonly asked: readonly Asked[]
  readonly last: Asked
  readonly error: unknown
}> {
  const server = await loopback(
    typeof reply === 'function' ? (reply as Script) : (it) => json(it, 200, reply),
  )
  const chat = make({
    baseUrl: server.url,
    model: 'm',
    apiKey: 'a-key-of-a-test',
    retries: 0,
    adjust: 'silent',
    echo: 'none',
  })
  const error = await ask(chat).then(
    () => undefined,
    (it: unknown) => it,
  )
  return { chat, asked: server.asked, last: server.asked.at(-1) as Asked, error }
}

const failing =
  (status: number, body: object): Script =>
  (reply) =>
    json(reply, status, body)

const person = t.object({ name: t.string() })
const forData = (chat: Chat): Promise<unknown> => chat.structured('Who?', person)
const ADA = completion('{"name":"Ada"}')

const double = tool({
  name: 'double',
  description: 'd',
  input: t.object({ x: t.number() }),
  run: ({ x }) => 2 * x,
})
const CALL = { id: 'call_1', type: 'function', function: { name: 'double', arguments: '{"x":2}' } }
const calling =
  (more: object = {}): Script =>
  (reply, { method, body }) => {
    if (method === 'GET') json(reply, 404, {})
    else if (body.messages.some(({ role }) => role === 'tool')) json(reply, 200, completion('4'))
    else json(reply, 200, completion({ content: null, tool_calls: [CALL], ...more }))
  }

describe('OpenAI', () => {
  const RESPONSE = {
    object: 'response',
    status: 'completed',
    model: 'm',
    output: [
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: '{"name":"Ada"}' }] },
    ],
  }

  test('is asked by responses, nothing is stored, and data is held to its schema strictly', async () => {
    const { last, error } = await asking(chatOpenAI, RESPONSE, forData)
    expect(error).toBeUndefined()
    expect(last).toMatchObject({
      path: '/v1/responses',
      headers: { authorization: 'Bearer a-key-of-a-test' },
      body: { store: false, text: { format: { type: 'json_schema', strict: true } } },
    })
  })

  test('is told the tier of the service, which the body laid over it may change', async () => {
    const { last } = await asking((options) => chatOpenAI({ ...options, serviceTier: 'flex' }), RESPONSE)
    expect(last.body).toMatchObject({ service_tier: 'flex' })
    const apiArgs = { service_tier: 'priority' }
    const other = await asking(
      (options) => chatOpenAI({ ...options, serviceTier: 'flex', apiArgs }),
      RESPONSE,
    )
    expect(other.last.body).toMatchObject(apiArgs)
  })
})

describe('Azure OpenAI', () => {
  test('names the deployment and the version in the path, and sends the key in a header of its own', async () => {
    const { last } = await asking((options) =>
      chatAzureOpenAI({ ...options, model: undefined, deployment: 'my gpt' }),
    )
    expect(last.path).toBe('/v1/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21')
    expect(last.headers).toMatchObject({ 'api-key': 'a-key-of-a-test' })
    expect(last.headers.authorization).toBeUndefined()
  })

  test('follows the chat to another deployment', async () => {
    const { asked } = await asking(chatAzureOpenAI, completion('ok'), async (chat) => {
      await chat.chat('Hi')
      chat.model = 'other'
      await chat.chat('Hi')
    })
    expect(asked.map(({ path }) => /deployments\/(\w+)/.exec(path)?.[1])).toEqual(['m', 'other'])
  })

  test('has an API without dates, in which either dialect is spoken', () => {
    const at = (options: object): string =>
      `${chatAzureOpenAI({ model: 'm', ...options }).provider.baseUrl} ${chatAzureOpenAI({ model: 'm', ...options }).provider.dialect.id}`
    const endpoint = 'https://x.openai.azure.com'
    expect(at({ endpoint, apiVersion: 'v1' })).toBe(`${endpoint}/openai/v1 openai-chat`)
    expect(at({ endpoint: `${endpoint}/openai/v1/`, dialect: 'openai-responses' })).toBe(
      `${endpoint}/openai/v1 openai-responses`,
    )
    expect(at({ endpoint: `${endpoint}/` })).toBe(`${endpoint} openai-chat`)
    expect(() => at({ endpoint, dialect: 'openai-responses' })).toThrow(/apiVersion 'v1'/)
    expect(() => at({})).toThrow(/AZURE_OPENAI_ENDPOINT/)
  })

  test('takes a token of Entra where a key would be', async () => {
    const credentials = (): string => 'eyJhbGciOi.J9.x'
    const { last } = await asking((options) =>
      chatAzureOpenAI({ ...options, apiKey: undefined, credentials }),
    )
    expect(last.headers.authorization).toBe('Bearer eyJhbGciOi.J9.x')
    expect(last.headers).not.toHaveProperty('api-key')
  })

  test('says which role is missing', async () => {
    const message = 'Principal does not have access to API/Operation.'
    const { error } = await asking(
      chatAzureOpenAI,
      failing(401, { error: { code: 'PermissionDenied', message } }),
    )
    expect(String(error)).toContain('Cognitive Services OpenAI User')
  })
})

describe('Anthropic', () => {
  const MESSAGE = {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: '{"name":"Ada"}' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1, output_tokens: 1 },
  }

  test('is told its version, betas, and how long to keep the prompt', async () => {
    const { last } = await asking(
      (options) => chatAnthropic({ ...options, cache: '1h', betaHeaders: ['a-1', 'b-2'] }),
      MESSAGE,
    )
    expect(last.headers).toMatchObject({
      'x-api-key': 'a-key-of-a-test',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'a-1,b-2',
    })
    expect(JSON.stringify(last.body)).toContain('"cache_control":{"type":"ephemeral","ttl":"1h"}')
    const none = await asking((options) => chatAnthropic({ ...options, cache: 'none' }), MESSAGE)
    expect(JSON.stringify(none.last.body)).not.toContain('cache_control')
    expect(() => chatAnthropic({ cache: '2h' as never })).toThrow(/cache must be '5m', '1h' or 'none'/)
  })

  test.each([
    ['claude-sonnet-5', false],
    ['claude-haiku-4-5', false],
    ['claude-opus-4-5-20251101', false],
    ['anthropic/claude-opus-4-6', false],
    ['claude-next', false],
    ['claude-opus-4-1-20250805', true],
    ['claude-sonnet-4-20250514', true],
    ['claude-sonnet-4-0', true],
    ['claude-opus-4@20250514', true],
    ['claude-3-7-sonnet-latest', true],
    ['claude-2.1', true],
  ])('asks %s for data by way of a tool: %s', async (model, isTool) => {
    const { last } = await asking((options) => chatAnthropic({ ...options, model }), MESSAGE, forData)
    expect('tools' in last.body).toBe(isTool)
    expect('output_config' in last.body).toBe(!isTool)
  })
})

describe('Amazon Bedrock', () => {
  const SAID = {
    output: { message: { role: 'assistant', content: [{ text: 'ok' }] } },
    stopReason: 'end_turn',
  }

  test('is asked in a region, the model in the path', async () => {
    expect(chatAwsBedrock({ region: 'eu-north-1' }).provider.baseUrl).toBe(
      'https://bedrock-runtime.eu-north-1.amazonaws.com',
    )
    expect(chatAwsBedrock({ region: 'cn-north-1' }).provider.baseUrl).toMatch(/amazonaws\.com\.cn$/)
    expect(() => chatAwsBedrock()).toThrow(/no AWS region is known/)
    const model = 'us.anthropic.claude-sonnet-5'
    const { last } = await asking((options) => chatAwsBedrock({ ...options, model, cache: 'none' }), SAID)
    expect(last.path).toBe(`/v1/model/${model}/converse`)
    expect(JSON.stringify(last.body)).not.toContain('cachePoint')
  })

  test('is asked with a signature where there are credentials and no key', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wJalrXUtnFEMI')
    const { last } = await asking(
      (options) => chatAwsBedrock({ ...options, apiKey: undefined, region: 'eu-north-1' }),
      SAID,
    )
    expect(last.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-north-1\/bedrock\/aws4_request/,
    )
  })

  test('says to name the inference profile', async () => {
    const message = "Invocation of model ID m with on-demand throughput isn't supported."
    const { error } = await asking(chatAwsBedrock, failing(400, { message }))
    expect(String(error)).toContain('inference profile')
  })
})

describe('Google', () => {
  const SAID = { candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] }

  test('Gemini is asked with its key in a header, and no system prompt is none', async () => {
    const { last } = await asking(chatGoogleGemini, SAID)
    expect(last.headers).toMatchObject({ 'x-goog-api-key': 'a-key-of-a-test' })
    expect(last.body).not.toHaveProperty('systemInstruction')
  })

  test('two calls of one function at once are answered each by its own result', async () => {
    const call = (x: number): object => ({ functionCall: { name: 'double', args: { x } } })
    const both = { content: { role: 'model', parts: [call(2), call(3)] }, finishReason: 'STOP' }
    const reply: Script = (it, _asked, n) => json(it, 200, n === 0 ? { candidates: [both] } : SAID)
    const { last } = await asking((options) => chatGoogleGemini({ ...options, tools: [double] }), reply)
    const told = (last.body as unknown as { contents: readonly { parts: readonly object[] }[] }).contents.at(
      -1,
    )
    expect(told?.parts.map((part) => JSON.stringify(part))).toEqual([
      expect.stringMatching(/"double".*\b4\b/),
      expect.stringMatching(/"double".*\b6\b/),
    ])
  })

  test('Vertex AI is asked in a project and a place', () => {
    const at = (options: object): string => chatGoogleVertex(options).provider.baseUrl
    const path = 'projects/my-project/locations'
    expect(at({ project: 'my-project' })).toBe(
      `https://aiplatform.googleapis.com/v1/${path}/global/publishers/google`,
    )
    expect(at({ project: 'my-project', location: 'europe-west4' })).toBe(
      `https://europe-west4-aiplatform.googleapis.com/v1/${path}/europe-west4/publishers/google`,
    )
    vi.stubEnv('GOOGLE_CLOUD_LOCATION', 'us-east5')
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'my-project')
    expect(at({})).toMatch(/^https:\/\/us-east5-aiplatform.*my-project/)
    expect(() => at({ location: 'evil.example/' })).toThrow(/location must be a name/)
  })

  test('Vertex AI takes a key in express mode, and a token as a token', async () => {
    expect(chatGoogleVertex({ apiKey: 'AIza-key' }).provider.baseUrl).toBe(
      'https://aiplatform.googleapis.com/v1/publishers/google',
    )
    const { last } = await asking((options) => chatGoogleVertex({ ...options, apiKey: 'ya29.token' }), SAID)
    expect(last.headers.authorization).toBe('Bearer ya29.token')
  })
})

describe('Cloudflare', () => {
  test('is asked for the account that is named, also where the environment names another', () => {
    vi.stubEnv('CLOUDFLARE_ACCOUNT_ID', 'other')
    expect(chatCloudflare({ account: 'mine' }).provider.baseUrl).toBe(
      'https://api.cloudflare.com/client/v4/accounts/mine/ai/v1',
    )
    expect(() => chatCloudflare({ account: '../x' })).toThrow(/account must be an id/)
  })

  test('says in a list what is wrong', async () => {
    const body = { success: false, errors: [{ code: 7009, message: 'No such model' }] }
    expect(String((await asking(chatCloudflare, failing(400, body))).error)).toContain('No such model')
  })
})

test('Databricks is told of no strict schema and no options of a stream, and says in a message what is wrong', async () => {
  const { last } = await asking(chatDatabricks, ADA, forData)
  expect(last.body).not.toHaveProperty('response_format.json_schema.strict')
  expect(chatDatabricks({ host: 'x.cloud.databricks.com' }).provider.baseUrl).toBe(
    'https://x.cloud.databricks.com/serving-endpoints',
  )
  const stream = await asking((options) => chatDatabricks({ ...options, stream: true }))
  expect(stream.last.body).toMatchObject({ stream: true })
  expect(stream.last.body).not.toHaveProperty('stream_options')
  const body = { error_code: 'BAD_REQUEST', message: 'No such endpoint' }
  expect(String((await asking(chatDatabricks, failing(400, body))).error)).toContain('No such endpoint')
})

describe('DeepSeek', () => {
  test('gives data as any JSON object, so that the model is told the schema in words', async () => {
    const { last, error } = await asking(chatDeepSeek, ADA, forData)
    expect(error).toBeUndefined()
    expect(last.body.response_format).toEqual({ type: 'json_object' })
    expect(last.body.messages[0]?.content).toMatch(/JSON Schema.*"name"/s)
  })

  test('is told its thinking beside the calls that it led to, and no other', async () => {
    const { last } = await asking(
      (options) => chatDeepSeek({ ...options, tools: [double] }),
      calling({ reasoning_content: 'I must double.' }),
      async (chat) => {
        await chat.chat('Twice 2?')
        await chat.chat('Thanks')
      },
    )
    expect(last.body.messages.map((message) => 'reasoning_content' in message)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ])
    expect(last.body.messages[1]).toMatchObject({ reasoning_content: 'I must double.' })
  })
})

test('Groq holds only gpt-oss to a schema strictly', async () => {
  const strictness = async (model: string): Promise<unknown> => {
    const { last } = await asking((options) => chatGroq({ ...options, model }), ADA, forData)
    return (last.body.response_format as { json_schema: { strict?: boolean } }).json_schema.strict
  }
  expect(await strictness('openai/gpt-oss-20b')).toBe(true)
  expect(await strictness('llama-3.3-70b-versatile')).toBeUndefined()
})

test('Mistral calls the seed otherwise, wants ids of nine letters, and is sent no options of a stream', async () => {
  const { asked } = await asking(
    (options) => chatMistral({ ...options, tools: [double], params: { seed: 7 } }),
    calling(),
  )
  expect(asked[0]?.body).toMatchObject({ random_seed: 7 })
  expect(asked[0]?.body).not.toHaveProperty('seed')
  const [, answer, result] = asked[1]?.body.messages ?? []
  expect(result?.['tool_call_id']).toMatch(/^[a-zA-Z0-9]{9}$/)
  expect(answer).toMatchObject({ tool_calls: [{ id: result?.['tool_call_id'] }] })
  const stream = await asking((options) => chatMistral({ ...options, stream: true }))
  expect(stream.last.body).not.toHaveProperty('stream_options')
})

describe('OpenRouter', () => {
  test('is told the app, and its thinking beside the calls that it led to', async () => {
    const app = { url: 'https://app.example', title: 'App' }
    const { last } = await asking(
      (options) => chatOpenRouter({ ...options, app, tools: [double] }),
      calling({ reasoning: 'I must double.' }),
    )
    expect(last.headers).toMatchObject({ 'http-referer': app.url, 'x-title': app.title })
    expect(last.body.messages[1]).toMatchObject({ reasoning: 'I must double.' })
  })

  test('says inside an answer what its provider said', async () => {
    const error = { code: 429, message: 'Provider returned error', metadata: { raw: 'Slow down, please' } }
    const refusal = await asking(chatOpenRouter, { error })
    expect(String(refusal.error)).toContain('Slow down, please')
    expect(refusal.error).toMatchObject({ code: 'rate-limited' })
  })
})

test('Perplexity gives its sources, as citations, and knows no stop sequence', async () => {
  const params = { stopSequences: ['x'] }
  const more = {
    search_results: [{ title: 'A', url: 'https://a.example' }],
    citations: ['https://a.example'],
  }
  const { chat, last } = await asking(
    (options) => chatPerplexity({ ...options, params }),
    completion('It is so [1].', more),
  )
  expect(last.path).toBe('/v1/chat/completions')
  expect(last.body).not.toHaveProperty('stop')
  expect(chat.lastTurn('assistant')?.contents).toContainEqual({
    type: 'citation',
    url: 'https://a.example',
    title: 'A',
  })
  expect(chatPerplexity().provider.baseUrl).toBe('https://api.perplexity.ai')
})

test('Portkey has a key of its own, a virtual key before the model, and wraps what its provider said', async () => {
  const { last } = await asking((options) => chatPortkey({ ...options, virtualKey: 'prod' }))
  expect(last.headers).toMatchObject({ 'x-portkey-api-key': 'a-key-of-a-test' })
  expect(last.body.model).toBe('@prod/m')
  expect(chatPortkey({ virtualKey: 'prod', model: '@other/m' }).model).toBe('@other/m')
  const body = { 'html-message': '{"error":{"message":"No such model"}}' }
  expect(String((await asking(chatPortkey, failing(400, body))).error)).toContain('No such model')
})

test('Snowflake is asked at the account, by a token whose kind is said', async () => {
  expect(chatSnowflake({ account: 'Org-My_Account' }).provider.baseUrl).toBe(
    'https://org-my-account.snowflakecomputing.com',
  )
  vi.stubEnv('SNOWFLAKE_ACCOUNT', 'org-account')
  vi.stubEnv('SNOWFLAKE_TOKEN', 'a-token')
  const { last } = await asking((options) => chatSnowflake({ ...options, apiKey: undefined }), {
    choices: [{ message: { content: 'ok', content_list: [{ type: 'text', text: 'ok' }] } }],
  })
  expect(last.headers).toMatchObject({
    authorization: 'Bearer a-token',
    'x-snowflake-authorization-token-type': 'OAUTH',
  })
})

test('Cortex Analyst must be told what the tables mean, and is', async () => {
  expect(() => chatCortexAnalyst({ account: 'a' })).toThrow(/semanticModel/)
  const content = [{ type: 'sql', statement: 'SELECT 1' }]
  const { last, chat } = await asking(
    (options) => chatCortexAnalyst({ ...options, semanticModelFile: '@db.schema.stage/model.yaml' }),
    { message: { role: 'analyst', content } },
  )
  expect(last).toMatchObject({
    path: '/v1/api/v2/cortex/analyst/message',
    body: { semantic_model_file: '@db.schema.stage/model.yaml' },
  })
  expect(chat.lastTurn('assistant')?.contents).toContainEqual({ type: 'json', value: { sql: 'SELECT 1' } })
})

describe('GitHub', () => {
  test('says once that its hosted service was retired, and in the error', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const gone = (async () => new Response('{"error":"gone"}', { status: 410 })) as typeof fetch
    const options = { apiKey: 'a-key-of-a-test', fetch: gone, retries: 0 }
    chatGitHub(options)
    const error = await refusalOf(chatGitHub(options).chat('Hi'))
    expect(error.message).toContain('retired its hosted models on 2026-07-30')
    expect(warn).toHaveBeenCalledTimes(1)
    expect(String(warn.mock.calls[0]?.[0])).toContain('2026-07-30')
  })

  test('speaks at any address, and then says nothing of that', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const { error } = await asking(chatGitHub, failing(400, { error: { message: 'no' } }))
    expect(String(error)).not.toContain('retired')
    expect(warn).not.toHaveBeenCalled()
  })
})

describe('Hugging Face', () => {
  test('speaks responses and messages too', async () => {
    const responses = await asking(
      (options) => chatHuggingFace({ ...options, dialect: 'openai-responses' }),
      {
        object: 'response',
        status: 'completed',
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'ok' }] }],
      },
    )
    expect(responses.last.path).toBe('/v1/responses')
    const messages = await asking(
      (options) => chatHuggingFace({ ...options, dialect: 'anthropic-messages' }),
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'text', text: 'ok' }],
        stop_reason: 'end_turn',
      },
    )
    expect(messages.last).toMatchObject({
      path: '/v1/messages',
      headers: { authorization: 'Bearer a-key-of-a-test' },
    })
    expect(JSON.stringify(messages.last.body)).not.toContain('cache_control')
    expect(messages.chat.lastTurn('assistant')).toMatchObject({ contents: [{ text: 'ok' }] })
    expect(() => chatHuggingFace({ dialect: 'gemini' as never })).toThrow(/dialect must be/)
  })

  test('puts no text beside the calls of TGI, and asks it for data in its own spelling', async () => {
    const make: Make = (options) => chatHuggingFace({ ...options, quirks: 'tgi' })
    const { last: second } = await asking(
      (options) => chatHuggingFace({ ...options, quirks: 'tgi', tools: [double] }),
      calling({ content: 'Let me see.' }),
    )
    expect(second.body.messages[1]).toMatchObject({ content: null, tool_calls: [{}] })
    const { last } = await asking(make, ADA, forData)
    expect(last.body.response_format).toMatchObject({ type: 'json_object', value: { type: 'object' } })
  })
})
