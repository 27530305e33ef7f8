import { LONGEST_TIMER } from '../lib/longest-timer.ts'
import { isObject } from '../lib/merge.ts'
import { callable, count, milliseconds, show, unfit } from '../lib/option.ts'
import { type Credentials, authorizer } from './auth.ts'
import { type Line, TIMEOUTS, type Timeouts } from './line.ts'
import type { Provider } from './provider.ts'

/** How a provider is reached. */
export interface LineOptions {
  /** The key. @default what the environment holds, looked up at each request */
  readonly apiKey?: string | undefined
  /** Called for each request for a key or for headers, instead of `apiKey`. */
  readonly credentials?: Credentials | undefined
  /** Added to each request's headers. */
  readonly apiHeaders?: Readonly<Record<string, string>> | undefined
  /** Another server that speaks the same API. */
  readonly baseUrl?: string | undefined
  /** A fetch to use instead of the platform's transport. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Limits in milliseconds, 0 for none; a number limits the whole answer. @default connect 10 s, firstByte 300 s, idle 120 s, no total */
  readonly timeout?: number | Partial<Timeouts> | undefined
  /** How often to try again after a failure that may pass. @default 2 */
  readonly retries?: number | undefined
}

/**
 * How requests to a provider are made, by what a caller says of it.
 * @param headers the provider's own; the caller's go before them
 * @throws TypeError or RangeError for an option of the wrong type or value
 */
export function lineOf(
  provider: Provider,
  { apiKey, credentials, apiHeaders, fetch, timeout, retries = 2, ...options }: LineOptions,
  headers: Readonly<Record<string, string>> = {},
): Line {
  const baseUrl = options.baseUrl === undefined ? provider.baseUrl : httpUrl(options.baseUrl, provider)
  count('retries', retries)
  callable('fetch', fetch)
  return {
    provider,
    baseUrl,
    authorize: authorizer(provider, baseUrl, apiKey, credentials),
    headers: { ...provider.headers, ...headers, ...lowerCased(apiHeaders) },
    timeouts: limits(timeout),
    retries,
    fetch,
  }
}

/** A bare host, such as an Endpoint's, means the root of its API. */
function httpUrl(value: string, { root, baseUrl }: Provider): string {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value))
    throw unfit('baseUrl', 'an http: or https: URL', value)
  if (!/^[^/]*\/\/[^/?#]*\/?$/.test(value)) return value
  const path = root ?? baseUrl.replace(/^[^/]*\/\/[^/?#]*\/?/, '')
  return `${value.replace(/\/$/, '')}${path && `/${path}`}`
}

function limits(timeout: LineOptions['timeout']): Timeouts {
  const asked = typeof timeout === 'number' ? { total: timeout } : (timeout ?? {})
  const limited: Record<string, number> = { ...TIMEOUTS }
  for (const [name, ms] of Object.entries(asked)) {
    if (!Object.hasOwn(TIMEOUTS, name))
      throw new TypeError(`timeout.${name} is unknown: choose among ${Object.keys(TIMEOUTS).join(', ')}`)
    if (ms === undefined) continue
    milliseconds(`timeout.${name}`, ms)
    limited[name] = ms > LONGEST_TIMER ? 0 : ms
  }
  return limited as unknown as Timeouts
}

/** Headers with their names in lower case, so that a person's spelling replaces ours instead of standing beside it. */
function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  if (!isObject(headers)) throw unfit('apiHeaders', 'an object', headers)
  for (const [name, value] of Object.entries<unknown>(headers))
    if (typeof value !== 'string' || /[\r\n\0]/.test(value))
      throw unfit(`apiHeaders[${show(name)}]`, 'a text of one line', value)
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
