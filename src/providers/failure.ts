import { ChatError, type ChatErrorCode, type ChatErrorDetails } from '../core/errors.ts'
import { type Refusal, WireError } from '../dialects/dialect.ts'
import { readRefusal } from '../dialects/refusal.ts'
import { isObject } from '../lib/merge.ts'
import type { Provider } from './provider.ts'
import { FlawedAnswer } from './read-answer.ts'
import { redact, secretsOf } from './redact.ts'
import { ConnectTimeout } from './transport.ts'

const OVERFLOW =
  /context[ _](?:length|window|size)|maximum context|too many (?:input )?tokens|prompt is too long|input (?:is )?too long|exceeds? the (?:model'?s )?max(?:imum)? (?:model |input )?(?:len|token)|max_model_len|reduce the length/i
const CREDITS =
  /monthly included credits|insufficient[_ ](?:balance|quota|credits|funds)|not[_ ]enough[_ ]balance|exceeded your current quota|out of credits|payment required/i
const UNSUPPORTED_MODEL =
  /model_not_supported|not supported by (?:any )?provider|model_not_found|no endpoints found|is not a valid model|unknown model/i

const ADVICE: Readonly<Partial<Record<ChatErrorCode, string>>> = {
  unauthorized: 'Check the key.',
  forbidden: 'The key lacks the permission for this.',
  credits: 'Asking again will not help: the account has no credit left.',
  'not-found': 'Check the model and the base URL.',
  'context-overflow': 'Start a new chat, drop older turns, or choose a model with a larger context.',
  'rate-limited': 'Wait a little, or ask less often.',
  'server-error': 'Try again, or choose another model or provider.',
  overloaded: 'Try again in a while, or choose another model or provider.',
}

/** The circumstances of a failure. */
export interface Circumstances {
  readonly provider: Provider
  readonly url: string
  /** Known once the head of an answer has come. */
  readonly requestId?: string | undefined
  readonly servedBy?: string | undefined
  readonly status?: number | undefined
  /** The model that was asked for. */
  readonly model?: string | undefined
  /** Milliseconds. */
  readonly connectTimeout?: number
  /** The provider's own advice. */
  readonly advice?: ((error: ChatError) => string | undefined) | undefined
  /** What authorised the request. */
  readonly secrets?: readonly string[]
  /** What else was sent with it. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The error for a refusal: an HTTP status of 300 or more, or an error inside an answer (status 200). */
export function refused(
  refusal: Refusal,
  answer: { readonly status: number; readonly body: unknown; readonly retryAfter?: number | undefined },
  { provider, requestId, servedBy, advice: special }: Circumstances,
): ChatError {
  const status = answer.status >= 300 ? answer.status : (refusal.status ?? answer.status)
  const code = codeOf(status, refusal)
  const message = refusal.message.trimEnd().replace(/\.$/, '').trimEnd()
  const details = {
    code,
    provider: provider.name,
    status: answer.status,
    body: answer.body,
    serverCode: refusal.code,
    serverType: refusal.type,
    requestId,
    servedBy,
    retryAfter: answer.retryAfter,
    ...(code === 'context-overflow' && sizes(message, answer.body)),
  }
  const advice = special?.(new ChatError(message, details)) ?? waitAdvice(details) ?? ADVICE[code]
  const how = answer.status >= 300 ? `answered ${answer.status}` : 'broke off its answer with an error'
  return new ChatError(`${provider.name} ${how}: ${message}.${advice ? ` ${advice}` : ''}`, details)
}

/** How long to wait, where the server says so. */
const waitAdvice = ({
  code,
  retryAfter,
}: Pick<ChatErrorDetails, 'code' | 'retryAfter'>): string | undefined =>
  code === 'rate-limited' && retryAfter !== undefined && retryAfter >= 1000
    ? `Wait ${Math.ceil(retryAfter / 1000)} s, or ask less often.`
    : undefined

const LIMIT =
  /(?:maximum context length|context (?:length|window|size)|max(?:imum)?(?:_model_len| model len)?)[^\d]{0,40}?(\d[\d,]*)/i
const NEEDED =
  /(?:resulted in|requested|you requested|input (?:is|has)|contains|prompt is too long:?|request \()[^\d]{0,20}?(\d[\d,]*)/i

/** The sizes that an overflow names: llama-server in members of its own, others in their message. */
function sizes(
  message: string,
  body: unknown,
): { readonly contextSize?: number; readonly promptTokens?: number } {
  const error = isObject(body) && isObject(body.error) ? body.error : {}
  const contextSize = whole(error.n_ctx) ?? whole(LIMIT.exec(message)?.[1])
  const promptTokens = whole(error.n_prompt_tokens) ?? whole(NEEDED.exec(message)?.[1])
  return {
    ...(contextSize !== undefined && { contextSize }),
    ...(promptTokens !== undefined && { promptTokens }),
  }
}

function whole(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value.replaceAll(',', '')) : value
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : undefined
}

function codeOf(status: number, { message, code = '', type = '' }: Refusal): ChatErrorCode {
  const words = `${message} ${code} ${type}`
  if (status === 402 || CREDITS.test(words)) return 'credits'
  if (OVERFLOW.test(words)) return 'context-overflow'
  if (status < 500 && UNSUPPORTED_MODEL.test(words)) return 'model-not-supported'
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  // A redirect: what was asked for is not at this address.
  if (status === 404 || (status >= 300 && status < 400)) return 'not-found'
  if (status === 408) return 'timeout'
  if (status === 429 || /rate.?limit/i.test(code + type)) return 'rate-limited'
  // llama-server says 500 for what it cannot do: "image input is not supported - hint: … mmproj", "tools param requires --jinja flag".
  if (status >= 500 && /not supported|unsupported|requires --\w|template error/i.test(message))
    return 'bad-request'
  if (status === 503 || status === 529 || /overloaded|unavailable/i.test(code + type)) return 'overloaded'
  if (status >= 500) return 'server-error'
  if (status >= 400 || /validation|invalid/i.test(code + type)) return 'bad-request'
  return 'server-error'
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused: is the server running, and is the address right?',
  ENOTFOUND: 'there is no such host: is the address right, and is there a network?',
  EAI_AGAIN: 'the name could not be looked up: is there a network?',
  ECONNRESET: 'the connection was reset: try again.',
  EPIPE: 'the connection was closed while sending: try again.',
  ETIMEDOUT: 'the connection timed out: is there a network, or a proxy to set in HTTPS_PROXY?',
  EHOSTUNREACH: 'the host cannot be reached: is there a network?',
  ENETUNREACH: 'the network cannot be reached: is there a network?',
}

/** The error for a connection that failed: before the answer, or in its middle. */
export function disconnected(
  error: unknown,
  { provider, url, requestId, servedBy, connectTimeout = 0, advice: special }: Circumstances,
): ChatError {
  const where = `${provider.name} at ${new URL(url).origin}`
  const evidence = { provider: provider.name, requestId, servedBy, cause: error }
  if (error instanceof ConnectTimeout)
    return new ChatError(
      `No connection to ${where} within ${connectTimeout / 1000} s: is there a network, or a proxy to set in HTTPS_PROXY? The limit is timeout.connect.`,
      { code: 'timeout', ...evidence },
    )
  const code = errno(error)
  const reason =
    REASONS[code ?? ''] ??
    `${error instanceof Error ? error.message : String(error)}${code ? ` (${code})` : ''}`
  const message = `Could not reach ${where}: ${reason}`
  const details = { code: 'connection', ...evidence } as const
  const advice = special?.(new ChatError(message, details))
  return new ChatError(advice ? `${message} ${advice}` : message, details)
}

/** The system's code of a network error; fetch hides it in `cause`. */
function errno(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string') return at.code
  return undefined
}

/** The error for whatever went wrong on the way, without the keys a server may have echoed. */
export async function explain(error: unknown, circumstances: Circumstances): Promise<unknown> {
  const { provider, url, model, headers = {}, secrets = [] } = circumstances
  let bare: ChatError | undefined
  const general = inWords(error, { ...circumstances, advice: (it) => void (bare = it) })
  const advise = bare && (await provider.advice?.())
  const word = bare && (await advise?.(bare, { url, model, headers }))
  const told = word === undefined ? general : inWords(error, { ...circumstances, advice: () => word })
  return redact(told, [...secrets, ...secretsOf(headers)])
}

function inWords(error: unknown, at: Circumstances): unknown {
  if (error instanceof ChatError || (error instanceof TypeError && error.cause === undefined)) return error
  if (error instanceof WireError)
    return refused(
      readRefusal(JSON.stringify(error.body)),
      { status: at.status ?? 200, body: error.body },
      at,
    )
  if (!(error instanceof FlawedAnswer)) return disconnected(error, at)
  const { flaw } = error
  switch (flaw.type) {
    case 'cut':
      return cut(at)
    case 'unreadable':
      return unreadable(flaw.text, at)
    case 'refused': {
      const moved = flaw.location === undefined ? undefined : absolute(flaw.location, at.url)
      const said = moved
        ? { message: `moved to ${moved}: pass that as baseUrl` }
        : { ...(flaw.errorType && { type: flaw.errorType }), ...readRefusal(flaw.text) }
      return refused(
        said,
        { status: at.status ?? 0, body: jsonOf(flaw.text), retryAfter: flaw.retryAfter },
        at,
      )
    }
  }
}

/** The error of a function that was to give a key. */
export const keyless = (error: unknown, provider: string): ChatError =>
  new ChatError(
    `The function credentials failed: ${error instanceof Error ? error.message : String(error)}`,
    {
      code: 'no-key',
      provider,
      cause: error,
    },
  )

const absolute = (location: string, base: string): string =>
  URL.canParse(location, base) ? new URL(location, base).href : location

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The error of an answer that is not whole. */
const cut = ({ provider, requestId, servedBy, status }: Circumstances): ChatError =>
  new ChatError(
    `${provider.name} broke off: the connection was closed before the answer was complete. Try again.`,
    {
      code: 'cut',
      provider: provider.name,
      status,
      requestId,
      servedBy,
    },
  )

/** The error of a body that is no chat answer. */
function unreadable(text: string, { provider, url, requestId, servedBy, status }: Circumstances): ChatError {
  const what =
    text.trim() === ''
      ? 'an empty body'
      : `something that is no chat answer: ${readRefusal(text.slice(0, 2000)).message}`
  return new ChatError(`${provider.name} answered with ${what}. Check the base URL: ${new URL(url).origin}`, {
    code: 'bad-reply',
    provider: provider.name,
    status,
    body: text.slice(0, 2000),
    requestId,
    servedBy,
  })
}
