import type { Json } from './wire.ts'

/** An answer that is none. */
export interface Refusal {
  readonly status: number
  /** JSON, or plain text or HTML where it is a string. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const refusal = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Refusal => ({
  status,
  body,
  headers,
})

/** OpenAI's shape, which the router itself, OpenAI, Groq and most hosts use. */
export const openai = (status: number, message: string, more: Json = {}): Refusal =>
  refusal(status, { error: { message, type: 'invalid_request_error', param: null, code: null, ...more } })

/** vLLM before 0.10: everything at the top. */
export const vllm = (message: string, status = 400): Refusal =>
  refusal(status, { object: 'error', message, type: 'BadRequestError', param: null, code: status })

/** TGI: `{error, error_type}`. */
export const tgi = (message: string, type = 'validation', status = 422): Refusal =>
  refusal(status, { error: message, error_type: type })

/** llama-server: `code` is a number, and its status too is often 500. */
export const llama = (status: number, message: string): Refusal =>
  refusal(status, {
    error: { code: status, message, type: status === 500 ? 'server_error' : 'invalid_request_error' },
  })

/** Novita and others: `code`, `reason` and `message` at the top. */
export const novita = (message: string, status = 400): Refusal =>
  refusal(status, { code: status, reason: 'INVALID_REQUEST_BODY', message, metadata: {} })

/** nscale: https://github.com/huggingface/smolagents/issues/1808 */
export const nscale = (param: string): Refusal =>
  refusal(422, {
    code: '422',
    error_type: 'UNSUPPORTED_OPENAI_PARAMS',
    message: `Unsupported OpenAI parameters: ${param}`,
    param,
  })

/** Cerebras: `wrong_api_format` at the top. */
export const cerebras = (param: string): Refusal =>
  refusal(400, {
    message: `body.${param}: property 'body.${param}' is unsupported`,
    type: 'invalid_request_error',
    param,
    code: 'wrong_api_format',
  })

/** A list in `detail`, as FastAPI makes it of pydantic's findings. */
export const fastapi = (
  loc: readonly (string | number)[],
  type: string,
  msg: string,
  input: unknown,
): Refusal => refusal(422, { detail: [{ type, loc: ['body', ...loc], msg, input }] })

/** pydantic's findings as Python prints them, inside vLLM's message. */
export const pydantic = (param: string, input: unknown): Refusal =>
  vllm(
    `[{'type': 'extra_forbidden', 'loc': ('body', '${param}'), 'msg': 'Extra inputs are not permitted', 'input': ${JSON.stringify(input)}}]`,
  )

/** Fireworks: https://github.com/FlowiseAI/Flowise/issues/2866 */
export const fireworks = (param: string, value: unknown): Refusal =>
  refusal(400, {
    error: {
      object: 'error',
      type: 'invalid_request_error',
      message: `Extra inputs are not permitted, field: '${param}', value: ${JSON.stringify(value)}`,
    },
  })

/** A problem document. https://www.rfc-editor.org/rfc/rfc9457 */
export const problem = (status: number, detail: string): Refusal =>
  refusal(
    status,
    { type: 'about:blank', title: status === 400 ? 'Bad Request' : 'Error', status, detail },
    { 'content-type': 'application/problem+json' },
  )

/** A lone sentence in `error`, as Hugging Face itself says it. */
export const sentence = (
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): Refusal => refusal(status, { error }, headers)

/** A lone sentence in `message`. */
export const message = (status: number, text: string): Refusal => refusal(status, { message: text })

/** Plain text. */
export const plain = (status: number, text: string): Refusal =>
  refusal(status, text, { 'content-type': 'text/plain; charset=utf-8' })

/** A page, as proxies in front of a server send it. */
export const html = (status: number, title: string): Refusal =>
  refusal(
    status,
    `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
    { 'content-type': 'text/html' },
  )
