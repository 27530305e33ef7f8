import { Utf8 } from '../lib/utf8.ts'
import { type Line, transportOf } from './line.ts'

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
    const utf8 = new Utf8()
    let text = ''
    for (let bytes = await reply.read(); bytes; bytes = await reply.read()) {
      text += utf8.decode(bytes)
      if (text.length > limit)
        throw new Error(`${new URL(url).origin} answered with more than ${limit} characters`)
    }
    text += utf8.end()
    return { status: reply.status, body: parsed(text), text, header: (name) => reply.header(name) }
  } catch (error) {
    exchange.cancel(error)
    throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
