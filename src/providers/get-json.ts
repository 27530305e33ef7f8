import { type Line, transportOf } from './line.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import { bodyText } from './body-text.ts'

/** How a page is fetched. */
export interface GetOptions {
  /** The longest it may take, in milliseconds. */
  readonly patience: number
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** The most characters that are read. @default 32 million */
  readonly limit?: number
}

/** What a server said to a GET. */
export interface Got {
  readonly status: number
  /** Undefined where it is no JSON. */
  readonly body: unknown
  readonly text: string
  readonly header: (name: string) => string | undefined
}

const LIMIT = 32e6

/**
 * Fetches a page, whatever its status. It is redirected nowhere.
 * @throws Error where none came in time, or it is too long
 */
export async function getJson(
  line: Pick<Line, 'fetch'>,
  url: string,
  { patience, headers, signal, limit = LIMIT }: GetOptions,
): Promise<Got> {
  signal?.throwIfAborted()
  const transport = await transportOf(line)
  const exchange = transport({
    method: 'GET',
    url,
    headers: { accept: 'application/json', ...headers },
    connectTimeout: patience,
  })
  const abort = (): void => exchange.cancel(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  const timer = setTimeout(
    () => exchange.cancel(new Error(`${new URL(url).origin} did not answer within ${patience / 1000} s`)),
    patience,
  )
  try {
    const reply = await exchange.reply
    const text = await bodyText(reply, limit + 1)
    if (text.length > limit)
      throw new Error(`${new URL(url).origin} answered with more than ${limit} characters`)
    return { status: reply.status, body: parsedJson(text), text, header: (name) => reply.header(name) }
  } catch (error) {
    exchange.cancel(error)
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}
