import { describe, expect, test } from 'vitest'
import { lessonFrom } from '../../test/lesson-from.ts'
import type { Params } from '../core/params.ts'
import { gemini } from '../dialects/gemini.ts'

const said = (message: string, more: object = {}): object => ({ error: { message, ...more } })
const from = (body: unknown, params: Params, status = 400): unknown =>
  lessonFrom(status, body, { request: { params } })?.capabilities

const PARAMS = { topK: 5, seed: 1, min_p: 0.1 }
const NO_TOP_K = { paramNames: { topK: null } }

describe('a field that is refused', () => {
  test.each<[string, unknown]>([
    ['OpenAI', said("Unsupported parameter: 'top_k' is not supported with this model.", { param: 'top_k' })],
    ['OpenAI, of an unknown one', said('Unrecognized request argument supplied: top_k')],
    ['Groq', said("property 'top_k' is unsupported")],
    [
      'Cerebras',
      {
        message: "body.top_k: property 'body.top_k' is unsupported",
        param: 'validation_error',
        code: 'wrong_api_format',
      },
    ],
    ['Fireworks', said("Extra inputs are not permitted, field: 'top_k', value: 5")],
    [
      'Mistral',
      {
        detail: [
          {
            type: 'extra_forbidden',
            loc: ['body', 'top_k'],
            msg: 'Extra inputs are not permitted',
            input: 5,
          },
        ],
      },
    ],
    [
      'Mistral, wrapped',
      {
        object: 'error',
        message: {
          detail: [
            {
              type: 'extra_forbidden',
              loc: ['body', 'top_k'],
              msg: 'Extra inputs are not permitted',
              input: 5,
            },
          ],
        },
        type: 'invalid_request_error',
      },
    ],
    [
      'vLLM of 2024',
      {
        object: 'error',
        message:
          "[{'type': 'extra_forbidden', 'loc': ('body', 'top_k'), 'msg': 'Extra inputs are not permitted', 'input': 5}]",
        code: 400,
      },
    ],
    [
      'nscale',
      {
        code: '422',
        error_type: 'UNSUPPORTED_OPENAI_PARAMS',
        message: 'Unsupported OpenAI parameters',
        param: 'top_k',
      },
    ],
    ['a capital', said('Top_k is not supported by this model')],
  ])('is left out as %s says it', (_server, body) => {
    expect(from(body, PARAMS)).toEqual(NO_TOP_K)
    expect(from(body, PARAMS, 422)).toEqual(NO_TOP_K)
  })

  test('is omitted under its own name where it is no standard parameter', () => {
    expect(from(said("Unknown parameter: 'min_p'."), PARAMS)).toEqual({ omit: ['min_p'] })
  })

  test('is told with what the server said', () => {
    const lesson = lessonFrom(400, said("property 'top_k' is unsupported"), { request: { params: PARAMS } })
    expect(lesson?.adjustment).toEqual({
      type: 'parameter',
      name: 'topK',
      message: `topK was left out: the server said "Loopback answered 400: property 'top_k' is unsupported."`,
    })
  })

  test('is one of several where they are named at once', () => {
    const body = { detail: "Unexpected fields in the request: {'min_p', 'top_k'}" }
    expect(from(body, PARAMS, 422)).toEqual({ ...NO_TOP_K, omit: ['min_p'] })
  })

  test('is found also where a dialect keeps it in an object', () => {
    const body = said('Invalid JSON payload received. Unknown name "topK": Cannot find field.')
    expect(
      lessonFrom(400, body, { request: { params: { topK: 5 } }, dialect: gemini })?.capabilities,
    ).toEqual(NO_TOP_K)
  })

  test('keeps its limit under the other name', () => {
    const body = said(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { param: 'max_tokens', code: 'unsupported_parameter' },
    )
    expect(from(body, { maxTokens: 9 })).toEqual({ paramNames: { maxTokens: 'max_completion_tokens' } })
    const quirks = { paramNames: { maxTokens: 'max_completion_tokens' } }
    const older = said('Unrecognized request argument supplied: max_completion_tokens')
    expect(lessonFrom(400, older, { request: { params: { maxTokens: 9 } }, quirks })?.capabilities).toEqual({
      paramNames: { maxTokens: 'max_tokens' },
    })
  })
})

describe('nothing is learned from', () => {
  const all: Params = { temperature: 0.5, maxTokens: 100, seed: 1, stopSequences: ['a'], n: 1, user: 'u' }

  test.each([
    [401, 'Incorrect API key provided. temperature is not supported'],
    [403, 'This authentication method does not have sufficient permissions. seed is not supported'],
    [429, 'Rate limit reached: max_tokens is not supported'],
    [503, 'temperature is not supported'],
    [400, 'API key not valid. Please pass a valid API key.'],
    [402, 'You have exceeded your monthly included credits. Unsupported parameter: seed'],
    [404, 'The model `m` does not exist or you do not have access to it.'],
    [400, "The requested model 'm' is not supported by any provider you have enabled."],
    [400, 'Unknown model: m, temperature, seed'],
    [400, "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 99.0 instead."],
    [400, "Field 'temperature': [json.exception.type_error.302] type must be number, but is string"],
    [
      422,
      'Failed to deserialize the JSON body into the target type: missing field `messages` at line 1 column 143',
    ],
    [400, 'User location is not supported for the API use.'],
    [400, "Server is pinned to '/models/tiny'; requested 'nope/none'."],
    [400, 'unexpected value at messages[0].seed'],
    [400, "Unsupported parameter: 'frequency_penalty' is not supported with this model."],
    [500, 'Internal Server Error'],
  ])('%i %s', (status, message) => {
    expect(from(said(message), all, status)).toBeUndefined()
  })

  test('words that a server echoes of the request', () => {
    const body = {
      detail: [
        {
          type: 'missing',
          loc: ['body', 'prompt'],
          msg: 'Field required',
          input: {
            messages: [{ content: 'Is an unsupported parameter such as seed not permitted?' }],
            seed: 1,
          },
        },
      ],
    }
    expect(from(body, all, 422)).toBeUndefined()
  })

  test('a letter that is only how JSON writes a new line', () => {
    expect(from(said('not allowed:\nthis', { details: 'one\ntwo\tthree' }), all)).toBeUndefined()
  })
})
