import { isTrustedHub } from './hub-trust.ts'
import { abortable } from '../lib/abortable.ts'
import { type Got, getJson } from './get-json.ts'
import type { Line } from './line.ts'

/** How many renames and moves are followed. */
const MOST_HOPS = 5

/** What the Hub said. */
export interface HubReply extends Got {
  /** Why it refused, such as `GatedRepo` or `RepoNotFound`. */
  readonly errorCode: string | undefined
}

/** Who asks, and how. */
export interface HubFetchOptions {
  readonly line?: Pick<Line, 'fetch'>
  readonly token?: () => string | undefined | Promise<string | undefined>
  readonly signal?: AbortSignal | undefined
}

/** Fetches pages of the Hub until a deadline: moves within it are followed, and the token goes nowhere else. */
export class HubFetch {
  readonly #endpoint: string
  readonly #deadline: number
  readonly #options: HubFetchOptions
  /** Set once the Hub does not know the token: what is public is there without it. */
  #isTokenBad = false

  /** @param deadline milliseconds since 1970 */
  constructor(endpoint: string, deadline: number, options: HubFetchOptions) {
    this.#endpoint = endpoint
    this.#deadline = deadline
    this.#options = options
  }

  /**
   * What is at a path; undefined where no sensible answer came in time, or a longer one than `limit` characters.
   * @throws the reason of the signal where that is aborted
   */
  async get(path: string, limit: number): Promise<HubReply | undefined> {
    try {
      return await this.#follow(new URL(`${this.#endpoint}/${path}`), limit)
    } catch {
      this.#options.signal?.throwIfAborted()
      return undefined
    }
  }

  async #follow(start: URL, limit: number): Promise<HubReply | undefined> {
    let url = start
    for (let hop = 0; hop <= MOST_HOPS; hop++) {
      const got = await this.#ask(url, limit)
      if (got.status < 300 || got.status >= 400) {
        const isPage = /^\s*<(?:!doctype|html)\b/i.test(got.text)
        return isPage && got.status === 200 ? undefined : { ...got, errorCode: got.header('x-error-code') }
      }
      const next = new URL(got.header('location') ?? '', url)
      // A page of a network that wants a login, or of whoever has the name now.
      if (next.origin !== url.origin || next.href === url.href) return undefined
      if (next.search === '') next.search = url.search
      url = next
    }
    return undefined
  }

  async #ask(url: URL, limit: number): Promise<Got> {
    const { line = {}, signal } = this.#options
    const key = !this.#isTokenBad && isTrustedHub(url.href) ? await this.#token() : undefined
    const patience = this.#deadline - Date.now()
    if (patience <= 0) throw new Error('the Hub had its time')
    const headers = { accept: '*/*', ...(key && { authorization: `Bearer ${key}` }) }
    const got = await getJson(line, url.href, { patience, limit, signal, headers })
    if (got.status !== 401 || !key || got.header('x-error-code') !== undefined) return got
    this.#isTokenBad = true
    return this.#ask(url, limit)
  }

  /** A token that cannot be had, or cannot be one, is done without. */
  async #token(): Promise<string | undefined> {
    const { signal, token } = this.#options
    const limit = AbortSignal.timeout(Math.max(0, this.#deadline - Date.now()))
    try {
      const key = await abortable(token?.(), signal ? AbortSignal.any([signal, limit]) : limit)
      return /^[\x21-\x7e]+$/.exec(key?.trim() ?? '')?.[0]
    } catch {
      signal?.throwIfAborted()
      return undefined
    }
  }
}
