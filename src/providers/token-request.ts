import { ChatError, type ChatErrorCode } from '../core/errors.ts'
import { readRefusal } from '../dialects/refusal.ts'
import { retryAfter } from '../lib/backoff.ts'
import { isObject } from '../lib/merge.ts'
import type { Expiring } from './cached-token.ts'
import { type Line, transportOf } from './line.ts'
import { redact } from './redact.ts'
import { secureUrl } from './secure-url.ts'
import type { HttpReply } from './transport.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import { bodyText } from './body-text.ts'

/** How long a server of tokens may take to answer, and to accept a connection, in milliseconds. */
const PATIENCE = 30_000
const CONNECT = 10_000
/** How long a token is held to be good where the server does not say, in milliseconds. */
const LIFE = 5 * 60_000
/** The most of an answer that is read, in characters. */
const LIMIT = 256 * 1024

/** One question for a token, by OAuth 2. */
export interface TokenRequest {
  readonly url: string
  /** Who is asked, for messages. */
  readonly who: string
  readonly form: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** What must not appear in an error. */
  readonly secrets: readonly string[]
  /** What to do where it is refused, one sentence. */
  readonly advice: string
  readonly fetch?: Line['fetch']
  /** The longest it may take, in milliseconds. @default 30_000 */
  readonly timeout?: number | undefined
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Asks for a token and gives it with the time of its end. https://www.rfc-editor.org/rfc/rfc6749#section-5
 * @throws ChatError `unauthorized` or `forbidden` where it is refused, `connection`, `timeout`, `bad-reply` and the like else
 * @throws TypeError where the URL is not safe to send a secret to
 */
export async function requestToken(request: TokenRequest): Promise<Expiring<string>> {
  const { url, who, form, headers, secrets, timeout = PATIENCE } = request
  const { origin } = secureUrl(url, `the address of ${who}`)
  const transport = await transportOf(request)
  const exchange = transport({
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
    connectTimeout: CONNECT,
  })
  const late = new ChatError(`${who} at ${origin} gave no token within ${timeout / 1000} s. Try again.`, {
    code: 'timeout',
    provider: who,
  })
  const timer = setTimeout(() => exchange.cancel(late), timeout)
  try {
    const reply = await exchange.reply
    const text = await bodyText(reply, LIMIT)
    if (reply.status < 200 || reply.status >= 300) throw refused(request, origin, reply, text)
    return readToken(parsedJson(text), who, request.now)
  } catch (error) {
    exchange.cancel(error)
    throw ChatError.is(error)
      ? redact(error, [...secrets, ...secrets.map(encodeURIComponent)])
      : unreachable(error, who, origin)
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The token of an OAuth answer.
 * @throws ChatError `bad-reply` where there is none
 */
export function readToken(body: unknown, who: string, now: () => number): Expiring<string> {
  const { access_token: token, expires_in: life } = isObject(body) ? body : {}
  // What was sent is not shown: it may hold a token in a place of its own.
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    throw new ChatError(`${who} answered without a token. Check its address, or try again.`, {
      code: 'bad-reply',
      provider: who,
    })
  const seconds = Number(life)
  return { value: token, expiresAt: now() + (seconds > 0 && seconds < 1e9 ? seconds * 1000 : LIFE) }
}

function refused({ who, advice }: TokenRequest, origin: string, reply: HttpReply, text: string): ChatError {
  const { status } = reply
  const body = parsedJson(text)
  const { error, error_description: description } = isObject(body) ? body : {}
  const said = [error, description].filter((part) => typeof part === 'string' && part !== '')
  const message = said.length > 0 ? said.join(': ') : readRefusal(text).message
  const moved = status < 400 ? reply.header('location') : undefined
  const code = codeOf(status)
  const isRefusal = code === 'unauthorized' || code === 'forbidden' || code === 'not-found'
  const first = message.split(/\r?\n/, 1)[0]?.replace(/\.$/, '')
  return new ChatError(
    `${who} at ${origin} gave no token, but ${status}: ${moved ? 'moved elsewhere' : first}.${isRefusal ? ` ${advice}` : ''}`,
    {
      code,
      provider: who,
      status,
      body: body ?? text.slice(0, 2000),
      ...(typeof error === 'string' && { serverCode: error }),
      retryAfter: retryAfter((name) => reply.header(name), Date.now()),
    },
  )
}

/** A token that is refused is one matter, whatever the status: OAuth says 400 for a wrong secret. */
function codeOf(status: number): ChatErrorCode {
  if (status === 429) return 'rate-limited'
  if (status === 408) return 'timeout'
  if (status === 503) return 'overloaded'
  if (status >= 500) return 'server-error'
  if (status === 403) return 'forbidden'
  return status === 404 || status < 400 ? 'not-found' : 'unauthorized'
}

function unreachable(error: unknown, who: string, origin: string): ChatError {
  const { message, code } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  return new ChatError(`Could not reach ${who} at ${origin}: ${message || code || String(error)}`, {
    code: 'connection',
    provider: who,
    cause: error,
  })
}
