import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromJson, readRefusal } from './refusal.ts'

const json = (body: unknown): ReturnType<typeof readRefusal> => readRefusal(JSON.stringify(body))

describe('readRefusal', () => {
  test.each<[string, unknown, object]>([
    [
      "the router's own",
      {
        error: {
          message: "The requested model 'X' is not supported by any provider you have enabled.",
          type: 'invalid_request_error',
          param: 'model',
          code: 'model_not_supported',
        },
      },
      {
        message: "The requested model 'X' is not supported by any provider you have enabled.",
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_supported',
      },
    ],
    [
      "Google's, whose type is its status",
      { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } },
      { message: 'API key not valid.', code: '400', type: 'INVALID_ARGUMENT', status: 400 },
    ],
    [
      'an error that is a string',
      { error: 'Model not supported by provider together' },
      { message: 'Model not supported by provider together' },
    ],
    [
      "vLLM's",
      {
        object: 'error',
        message: 'System role not supported',
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
      { message: 'System role not supported', type: 'BadRequestError', code: '400', status: 400 },
    ],
    [
      "nscale's",
      {
        code: '422',
        error_type: 'UNSUPPORTED_OPENAI_PARAMS',
        message: 'Unsupported parameters',
        param: 'tools, tool_choice',
      },
      {
        message: 'Unsupported parameters',
        type: 'UNSUPPORTED_OPENAI_PARAMS',
        code: '422',
        status: 422,
        param: 'tools, tool_choice',
      },
    ],
    [
      "TGI's",
      { error: 'Input validation error: too long', error_type: 'validation' },
      { message: 'Input validation error: too long', type: 'validation' },
    ],
    [
      'a list of errors',
      { error: ['Error in `parameters`', 'Error in `x`'] },
      { message: 'Error in `parameters`; Error in `x`' },
    ],
    [
      'problem+json',
      { type: 'about:blank', title: 'Not Found', status: 404, detail: 'There is no such model' },
      { message: 'There is no such model', status: 404 },
    ],
    ['problem+json without a detail', { title: 'Gone', status: 410 }, { message: 'Gone', status: 410 }],
    ['a message at the top', { message: 'Unauthorized' }, { message: 'Unauthorized' }],
    [
      "llama-server's",
      { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
      { message: 'Loading model', type: 'unavailable_error', code: '503', status: 503 },
    ],
    [
      "pydantic's",
      {
        detail: [
          { type: 'missing', loc: ['body', 'model'], msg: 'Field required' },
          { loc: ['body', 'messages', 0], msg: 'Bad' },
        ],
      },
      { message: 'body.model: Field required; body.messages.0: Bad' },
    ],
    [
      "`transformers serve`'s",
      { detail: "Unexpected fields in the request: {'top_k'}" },
      { message: "Unexpected fields in the request: {'top_k'}" },
    ],
    [
      'errors of a gateway',
      { errors: [{ message: 'No route', code: 7003 }], success: false },
      { message: 'No route', code: '7003' },
    ],
    [
      "Mistral's",
      {
        object: 'error',
        message: { detail: [{ loc: ['body', 'stop'], msg: 'Too many' }] },
        type: 'invalid_request_error',
      },
      { message: 'body.stop: Too many' },
    ],
    [
      "xAI's",
      { code: 'Client specified an invalid argument', error: 'Bad model' },
      { message: 'Bad model', code: 'Client specified an invalid argument' },
    ],
    [
      "Groq's inside a stream",
      {
        error: {
          message: 'Failed to call a function',
          type: 'invalid_request_error',
          code: 'tool_use_failed',
          status_code: 400,
        },
      },
      { message: 'Failed to call a function', code: 'tool_use_failed', status: 400 },
    ],
    [
      "OpenRouter's, with what its provider said",
      {
        error: {
          message: 'Provider returned error',
          code: 429,
          metadata: { raw: 'too hot', provider_name: 'X' },
        },
      },
      { message: 'Provider returned error: too hot', code: '429', status: 429 },
    ],
    [
      "Portkey's wrapped one",
      { 'html-message': '{"error":{"message":"Invalid key","type":"auth"}}' },
      { message: 'Invalid key', type: 'auth' },
    ],
    [
      "Google's list",
      [{ error: { code: 400, message: 'API key not valid', status: 'INVALID_ARGUMENT' } }],
      { message: 'API key not valid', status: 400 },
    ],
    ['an error without a message', { error: { type: 'overloaded_error' } }, { type: 'overloaded_error' }],
    ['a JSON string', 'Not Found', { message: 'Not Found' }],
    ['JSON that says nothing', { ok: false }, { message: '{"ok":false}' }],
  ])('reads %s', (_name, body, expected) => {
    expect(json(body)).toMatchObject(expected)
  })

  test.each([
    ['<html><head><title>502 Bad Gateway</title></head></html>', /HTML page.*502 Bad Gateway/],
    ['\n<!DOCTYPE html>\n<body><h1 class="x">Sorry</h1></body>', /HTML page.*Sorry/],
    ['<!doctype html><p>no heading</p>', /HTML page/],
    ['Service Temporarily Unavailable', /^Service Temporarily Unavailable$/],
    ['', /no explanation/],
    ['  \n ', /no explanation/],
    ['null', /./],
    ['\uFEFF{"error":"with a byte order mark"}', /^with a byte order mark$/],
  ])('reads %j', (text, message) => {
    expect(readRefusal(text).message).toMatch(message)
  })

  test('never throws, and always says something short', () => {
    const check = (text: string): void => {
      const { message } = readRefusal(text)
      expect(typeof message).toBe('string')
      expect(message.trim()).not.toBe('')
      expect(message.length).toBeLessThan(3000)
    }
    fc.assert(fc.property(fc.string(), check), { numRuns: 500 })
    fc.assert(fc.property(fc.json(), check), { numRuns: 500 })
    const key = fc.constantFrom(
      'error',
      'message',
      'detail',
      'errors',
      'title',
      'html-message',
      'code',
      'msg',
      'loc',
      'metadata',
      'raw',
      'type',
    )
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.string({ maxLength: 6 }), fc.integer(), fc.constant(null), fc.boolean()),
      tree: fc.oneof(
        { depthSize: 'small' },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(tree, (body) => check(JSON.stringify(body))),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['a long run of spaces', JSON.stringify({ error: `a${' '.repeat(200_000)}b` })],
    ['titles that never end', `<html>${'<title'.repeat(40_000)}`],
    ['arrays in arrays', '['.repeat(50_000)],
    ['arrays in arrays that end', `${'['.repeat(5000)}${']'.repeat(5000)}`],
  ])('is quick about %s', (_name, text) => {
    const started = performance.now()
    expect(readRefusal(text).message.length).toBeLessThan(1000)
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('fromJson', () => {
  test.each([
    [{ choices: [] }],
    [{ id: 'x', usage: {} }],
    [null],
    [[]],
    ['text'],
    [{ error: null, choices: [] }],
  ])('sees no error in %o', (body) => {
    expect(fromJson(body)).toBeUndefined()
  })
})
