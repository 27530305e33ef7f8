import { describe, expect, test } from 'vitest'
import { readRefusal } from '../dialects/refusal.ts'
import { disconnected, refused } from './failure.ts'
import { huggingface } from './huggingface.ts'
import { advice } from './huggingface-advice.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { ConnectTimeout } from './transport.ts'

const at = {
  provider: huggingface,
  advice,
  url: 'https://router.huggingface.co/v1/chat/completions',
  requestId: 'r1',
  status: 200,
}
const refusal = (status: number, body: unknown): ReturnType<typeof refused> =>
  refused(readRefusal(typeof body === 'string' ? body : JSON.stringify(body)), { status, body }, at)

describe('refused', () => {
  test.each<[number, unknown, string, RegExp]>([
    [
      400,
      {
        error: {
          message: "The requested model 'X' is not supported by any provider you have enabled.",
          code: 'model_not_supported',
        },
      },
      'model-not-supported',
      /inference-providers/,
    ],
    [400, { error: 'Model not supported by provider together' }, 'model-not-supported', /inference_provider/],
    [
      400,
      { object: 'error', message: 'System role not supported', type: 'BadRequestError', code: 400 },
      'bad-request',
      /System role/,
    ],
    [401, { error: 'Invalid username or password.' }, 'unauthorized', /settings\/tokens/],
    [402, { error: 'You have exceeded your monthly included credits' }, 'credits', /settings\/billing/],
    [
      403,
      {
        error:
          'This authentication method does not have sufficient permissions to call Inference Providers on behalf of user X',
      },
      'forbidden',
      /Make calls to Inference Providers/,
    ],
    [
      403,
      { error: 'Access to model meta-llama/X is restricted. You must be authenticated' },
      'forbidden',
      /model's page/,
    ],
    [403, { code: 403, reason: 'NOT_ENOUGH_BALANCE', message: 'not enough balance' }, 'credits', /billing/],
    [404, { error: 'Not Found' }, 'not-found', /base URL/],
    [408, 'Request Timeout', 'timeout', /Request Timeout/],
    [413, 'Payload Too Large', 'bad-request', /Too Large/],
    [422, { error: 'Template error: x', error_type: 'template_error' }, 'bad-request', /Template error/],
    [
      422,
      {
        error:
          'Input validation error: `inputs` must have less than 4096 tokens. Given: 5000, maximum context',
        error_type: 'validation',
      },
      'context-overflow',
      /larger context/,
    ],
    [
      400,
      {
        error: {
          message: "This model's maximum context length is 8192 tokens.",
          code: 'context_length_exceeded',
        },
      },
      'context-overflow',
      /new chat/,
    ],
    [
      400,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size. try increasing it',
          type: 'exceed_context_size_error',
        },
      },
      'context-overflow',
      /new chat/,
    ],
    [424, { error: 'Generation error', error_type: 'generation' }, 'bad-request', /Generation error/],
    [429, { error: 'Model is overloaded', error_type: 'overloaded' }, 'rate-limited', /Wait/],
    [
      429,
      { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } },
      'credits',
      /billing/,
    ],
    [
      500,
      { error: 'Incomplete generation', error_type: 'incomplete_generation' },
      'server-error',
      /Try again/,
    ],
    [502, '<html><title>502 Bad Gateway</title></html>', 'server-error', /502 Bad Gateway/],
    [503, 'Service Temporarily Unavailable', 'overloaded', /Temporarily Unavailable/],
    [
      503,
      { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
      'overloaded',
      /Loading model/,
    ],
    [
      529,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      'overloaded',
      /Overloaded/,
    ],
    [307, '', 'not-found', /307/],
  ])('takes %i %j for %s', (status, body, code, message) => {
    const error = refusal(status, body)
    expect(error).toMatchObject({ code, status, provider: 'Hugging Face', requestId: 'r1' })
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(new RegExp(`^Hugging Face answered ${status}: `))
    expect(error.message).not.toMatch(/\.\.|undefined|\[object/)
  })

  test('keeps the code and type of the server, the body and the wait', () => {
    const body = { error: { message: 'Slow down.', code: 'rl', type: 'tokens' } }
    const error = refused(readRefusal(JSON.stringify(body)), { status: 429, body, retryAfter: 2000 }, at)
    expect(error).toMatchObject({ serverCode: 'rl', serverType: 'tokens', body, retryAfter: 2000 })
  })

  test('takes the status an error inside a stream names, and says that it broke off', () => {
    const error = refusal(200, { error: { message: 'busy', code: 503 } })
    expect(error).toMatchObject({ code: 'overloaded', status: 200 })
    expect(error.message).toMatch(/^Hugging Face broke off its answer with an error: busy\./)
  })

  test.each<[unknown, number, number | undefined]>([
    [
      {
        error: {
          code: 400,
          message: 'request (9000 tokens) exceeds the available context size (2048 tokens)',
          type: 'exceed_context_size_error',
          n_prompt_tokens: 9000,
          n_ctx: 2048,
        },
      },
      2048,
      9000,
    ],
    [
      {
        error: {
          message:
            "This model's maximum context length is 8192 tokens. However, your messages resulted in 9,001 tokens. Please reduce the length of the messages.",
          code: 'context_length_exceeded',
        },
      },
      8192,
      9001,
    ],
    [
      { message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens." },
      4096,
      5000,
    ],
  ])('reads the sizes of an overflow: %j', (body, contextSize, promptTokens) => {
    expect(refusal(400, body)).toMatchObject({ code: 'context-overflow', contextSize, promptTokens })
  })

  test('is quick about any text', () => {
    const started = performance.now()
    refused({ message: `${' '.repeat(200_000)}x${' .'.repeat(100_000)}x` }, { status: 400, body: '' }, at)
    expect(performance.now() - started).toBeLessThan(500)
  })

  test('gives no advice about Hugging Face for another server', () => {
    const other = { ...at, advice: undefined, provider: openaiCompatible('http://127.0.0.1:1/v1', 'mine') }
    for (const status of [401, 402, 403, 404, 429, 500])
      expect(refused({ message: 'no' }, { status, body: '' }, other).message).not.toContain('huggingface')
  })
})

describe('disconnected', () => {
  const broken = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code })

  test.each([
    ['ECONNREFUSED', /refused.*running/],
    ['ENOTFOUND', /no such host/],
    ['EAI_AGAIN', /looked up/],
    ['ECONNRESET', /reset/],
    ['EHOSTUNREACH', /reached/],
    ['CERT_HAS_EXPIRED', /CERT_HAS_EXPIRED/],
  ])('explains %s and names the host', (code, message) => {
    const error = disconnected(broken(code), { ...at, connectTimeout: 10_000 })
    expect(error).toMatchObject({ code: 'connection', provider: 'Hugging Face' })
    expect(error.message).toMatch(message)
    expect(error.message).toContain('https://router.huggingface.co')
  })

  test("finds the system's code where fetch hides it", () => {
    const hidden = new TypeError('fetch failed', {
      cause: new AggregateError([], '', { cause: broken('ECONNREFUSED') }),
    })
    expect(disconnected(hidden, { ...at, connectTimeout: 1 }).message).toMatch(/refused/)
  })

  test('names the limit for connecting', () => {
    expect(disconnected(new ConnectTimeout('x'), { ...at, connectTimeout: 10_000 })).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/within 10 s.*timeout\.connect/s),
    })
  })

  test('takes whatever was thrown', () => {
    for (const thrown of ['text', undefined, null, 42, {}])
      expect(disconnected(thrown, { ...at, connectTimeout: 1 }).code).toBe('connection')
  })
})
