import { env } from '#platform'
import { transport as platformTransport } from '#transport'
import { ChatError, type ChatErrorCode } from '../core/errors.ts'
import { Halt } from '../lib/halt.ts'
import type { Authorize } from './auth.ts'
import { huggingface } from './huggingface.ts'
import type { Advice } from './provider.ts'
import type { Exchange, HttpReply } from './transport.ts'
import { bodyText } from './body-text.ts'

/** How long the Hub may take to answer, and to accept a connection, in milliseconds. */
const PATIENCE = 30_000
const CONNECT = 10_000

/** How the Hub is reached. */
export interface HubAccess {
  /** A fetch to use instead of the platform's transport. */
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly signal?: AbortSignal | undefined
  /** The longest an answer may take, in milliseconds. @default 30_000 */
  readonly timeout?: number | undefined
}

/** One question to the Hub's API. */
export interface HubQuestion extends HubAccess {
  /** With its query, without a slash before it. */
  readonly path: string
  readonly authorize?: Authorize | undefined
  /** Sent as a form by POST; without it the question is a GET. */
  readonly form?: Readonly<Record<string, string>>
  /** What must not appear in an error, besides what authorises. */
  readonly secrets?: readonly string[]
  /** What to do about an error. */
  readonly advice?: Advice
}

/**
 * Where the Hub is, without a slash at the end: `HF_ENDPOINT`, or huggingface.co.
 * @throws TypeError where `HF_ENDPOINT` is no http: or https: URL
 */
export function hubUrl(): string {
  const url = env('HF_ENDPOINT')?.trim().replace(/\/+$/, '') || 'https://huggingface.co'
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url
  throw new TypeError(`HF_ENDPOINT must be an http: or https: URL: it is ${JSON.stringify(url)}`)
}

/**
 * The JSON that the Hub answers. https://huggingface.co/docs/hub/api
 * @throws ChatError where it refuses, cannot be reached, or answers with something else
 */
export async function askHub(question: HubQuestion): Promise<unknown> {
  const { signal, timeout = PATIENCE } = question
  const halt = new Halt()
  const abort = (): void =>
    halt.stop(failed('The request was aborted by the caller.', 'aborted', signal?.reason))
  const timer = setTimeout(
    () => halt.stop(failed(`Hugging Face was not done after ${timeout / 1000} s. Try again.`, 'timeout')),
    timeout,
  )
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return await ask(question, halt)
  } catch (error) {
    throw halt.reason ? halt.reason.error : error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

async function ask(question: HubQuestion, halt: Halt): Promise<unknown> {
  const { path, authorize, form, secrets = [], advice } = question
  const url = `${hubUrl()}/${path}`
  const method = form ? 'POST' : 'GET'
  const body = form && new URLSearchParams(form).toString()
  const type = form && { 'content-type': 'application/x-www-form-urlencoded' }
  const headers = { accept: 'application/json', ...type }
  let auth: Readonly<Record<string, string>> = {}
  let exchange: Exchange | undefined
  let reply: HttpReply | undefined
  try {
    if (authorize)
      auth = await halt.race(Promise.resolve(authorize({ method, url, headers, body: body ?? '' })))
    const transport = await transportOf(question)
    if (halt.reason) throw halt.reason.error
    const sent = { method, url, headers: { ...headers, ...auth }, connectTimeout: CONNECT } as const
    const running = transport(body === undefined ? sent : { ...sent, body })
    exchange = running
    halt.onStop = (error) => running.cancel(error)
    reply = await running.reply
    if (reply.status >= 200 && reply.status < 300) return parsed(await bodyText(reply))
    throw await (await import('./read-refused.ts')).readRefused(reply, () => undefined)
  } catch (error) {
    exchange?.cancel(error)
    const { explain } = await import('./failure.ts')
    throw await explain(error, {
      provider: advice ? { ...huggingface, advice: () => Promise.resolve(advice) } : huggingface,
      url,
      status: reply?.status,
      requestId: reply?.header('x-request-id'),
      connectTimeout: CONNECT,
      secrets: [...Object.values(auth), ...secrets],
    })
  }
}

const transportOf = async ({ fetch }: HubAccess): Promise<typeof platformTransport> =>
  fetch ? (await import('./transport-fetch.ts')).fetchTransport(fetch) : platformTransport

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw failed(
      `Hugging Face answered with something that is no JSON. Check HF_ENDPOINT: ${hubUrl()}`,
      'bad-reply',
    )
  }
}

const failed = (message: string, code: ChatErrorCode, cause?: unknown): ChatError =>
  new ChatError(message, { code, provider: huggingface.name, cause })
