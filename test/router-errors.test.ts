import { describe, expect, test } from 'vitest'
import { type ChatErrorCode, chatHuggingFace } from 'natter'
import { json, loopback, refusalOf } from './loopback.ts'

/** Every shape in which the platform refuses (reference/huggingface.md A10): what it means, and what a person is told to do. */
const SHAPES: readonly [string, number, unknown, ChatErrorCode, RegExp][] = [
  [
    'no enabled provider',
    400,
    {
      error: {
        message: "The requested model 'org/model' is not supported by any provider you have enabled.",
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_supported',
      },
    },
    'model-not-supported',
    /settings\/inference-providers/,
  ],
  [
    'not at this provider',
    400,
    { error: 'Model not supported by provider together' },
    'model-not-supported',
    /Choose a model/,
  ],
  [
    'credits',
    402,
    { error: 'You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO.' },
    'credits',
    /https:\/\/huggingface\.co\/settings\/billing/,
  ],
  [
    'a permission',
    403,
    {
      error:
        'This authentication method does not have sufficient permissions to call Inference Providers on behalf of user X',
    },
    'forbidden',
    /settings\/tokens\/new\?ownUserPermissions=inference\.serverless\.write/,
  ],
  [
    'a gated model',
    403,
    { error: 'Access to model org/model is restricted and you are not in the authorized list.' },
    'forbidden',
    /Ask for access on the model's page: https:\/\/huggingface\.co\/org\/model$/,
  ],
  [
    'a wrong token',
    401,
    { error: 'Invalid username or password.' },
    'unauthorized',
    /make a new one at https/,
  ],
  [
    'parameters',
    422,
    { code: '422', error_type: 'UNSUPPORTED_OPENAI_PARAMS', message: 'Nothing that was sent', param: 'x' },
    'bad-request',
    /Nothing that was sent/,
  ],
  [
    'a template',
    422,
    { error: 'Template error: template not found', error_type: 'template_error' },
    'bad-request',
    /Template error/,
  ],
  [
    'an overload of TGI',
    429,
    { error: 'Model is overloaded', error_type: 'overloaded' },
    'rate-limited',
    /ask less often/,
  ],
  [
    'a generation that failed',
    424,
    { error: 'Request failed during generation', error_type: 'generation' },
    'bad-request',
    /generation/,
  ],
  [
    'an incomplete generation',
    500,
    { error: 'Incomplete generation', error_type: 'incomplete_generation' },
    'server-error',
    /Try again/,
  ],
  ['a balance of theirs', 400, { message: 'NOT_ENOUGH_BALANCE', code: 403 }, 'credits', /billing/],
  [
    'a problem document',
    400,
    { type: 'about:blank', title: 'Bad Request', detail: 'The field x is wrong' },
    'bad-request',
    /The field x is wrong/,
  ],
  [
    'an HTML page',
    502,
    '<html><head><title>Bad gateway</title></head></html>',
    'server-error',
    /HTML page titled "Bad gateway"/,
  ],
  ['plain text', 503, 'Service Unavailable', 'overloaded', /Try again in a while/],
]

describe("Hugging Face's refusals", () => {
  test.each(SHAPES)('that name %s are told with what to do', async (_name, status, body, code, advice) => {
    const server = await loopback((reply) => json(reply, status, body))
    const chat = chatHuggingFace({
      baseUrl: server.url,
      model: 'org/model',
      apiKey: 'hf_secret_of_a_test',
      retries: 0,
      coldStart: 0,
    })
    const error = await refusalOf(chat.chat('hi'))
    expect({ code: error.code, status: error.status }).toEqual({ code, status })
    expect(error.message).toMatch(advice)
    expect(error.message).toContain('Hugging Face')
    expect(JSON.stringify(error) + error.message).not.toContain('hf_secret')
    expect(chat.turns).toEqual([])
  })

  test('that ask to wait say how long', async () => {
    const server = await loopback((reply) =>
      json(reply, 429, { error: 'Too many requests' }, { 'retry-after': '30' }),
    )
    const chat = chatHuggingFace({ baseUrl: server.url, model: 'org/model', apiKey: 'hf_x', retries: 0 })
    const error = await refusalOf(chat.chat('hi'))
    expect(error.message).toMatch(/Wait 30 s, or ask less often\.$/)
    expect(error.retryAfter).toBe(30_000)
  })

  test('inside a 200, as an event of a stream, are errors too', async () => {
    const server = await loopback((reply) =>
      reply
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('data:{"error":"Input validation error: `temperature` is wrong","error_type":"validation"}\n\n'),
    )
    const chat = chatHuggingFace({
      baseUrl: server.url,
      model: 'org/model',
      apiKey: 'hf_x',
      retries: 0,
      stream: true,
    })
    expect(await refusalOf(chat.chat('hi'))).toMatchObject({ code: 'bad-request', status: 200 })
  })
})
