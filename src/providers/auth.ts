import { env } from '#platform'
import { isObject } from '../lib/merge.ts'
import { isLoopback } from './trust.ts'

/** Words that may come only when they are needed: most programs never say them. */
export type Words = string | (() => Promise<string>)

/** Where a provider's key comes from and how it is sent. */
export interface Auth {
  /** Environment variables that may hold the key, in order. */
  readonly variables: readonly string[]
  /** Further places, looked into after the variables. */
  readonly find?: () => string | undefined
  /** All places in words, for the error that no key was found. */
  readonly places: Words
  /** The page where a key is made. */
  readonly page?: Words
  /** Whether requests without a key make sense. */
  readonly isOptional?: boolean
  /**
   * Whether a key found in the environment may be sent to this address; an explicit one always is.
   * @default the host of the provider's base URL, and this machine
   */
  readonly trusts?: (url: URL) => boolean
  /** Authorises where no key is found, as by the credentials of a cloud; only what is sent to an address that is trusted. */
  readonly authorize?: () => Authorize | Promise<Authorize>
  /** Variables that `authorize` itself reads, any of which may be enough. */
  readonly chainVariables?: readonly string[]
  /** The header for a key; by default `authorization: Bearer …`. */
  readonly header?: (key: string) => Readonly<Record<string, string>>
}

/** What a credentials function may give: a key, or headers. */
export type CredentialsResult = string | Readonly<Record<string, string>>

/** Called for each request; never stored. */
export type Credentials = () => CredentialsResult | Promise<CredentialsResult>

/** A request that is ready but for what authorises it; a signature covers all of it. */
export interface Unauthorized {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Gives the headers that authorise one request. */
export type Authorize = (
  request: Unauthorized,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>

const bearer = (key: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${key}` })

/**
 * How requests are authorised: by `apiKey`, by `credentials`, or by what the environment holds at each request. The key lives
 * in this closure only, so that nothing that prints a chat can show it.
 * @throws TypeError when both are given, or either is of the wrong type.
 */
export function authorizer(
  provider: { readonly name: string; readonly baseUrl: string; readonly auth: Auth },
  baseUrl: string,
  apiKey?: string,
  credentials?: Credentials,
): Authorize {
  const { auth } = provider
  const header = auth.header ?? bearer
  if (apiKey !== undefined && credentials !== undefined)
    throw new TypeError('pass apiKey or credentials, not both')
  if (apiKey !== undefined) {
    if (typeof apiKey !== 'string') throw new TypeError(`apiKey must be a string: got ${typeof apiKey}`)
    const headers = header(usable(apiKey, 'apiKey'))
    return () => headers
  }
  if (credentials !== undefined) {
    if (typeof credentials !== 'function')
      throw new TypeError(`credentials must be a function: got ${typeof credentials}`)
    return async () => {
      const result: unknown = await credentials()
      if (typeof result === 'string') return header(usable(result, 'the key that credentials returned'))
      if (isObject(result)) return result as Readonly<Record<string, string>>
      throw new TypeError(
        `credentials must return a key or headers: got ${result === null ? 'null' : typeof result}`,
      )
    }
  }
  let chain: Promise<Authorize> | undefined
  const chained = async (request: Unauthorized): Promise<Readonly<Record<string, string>>> => {
    chain ??= Promise.resolve(auth.authorize?.() ?? (() => ({})))
    // What could not be had once may be there the next time.
    chain.catch(() => (chain = undefined))
    return (await chain)(request)
  }
  let place: { readonly isTrusted: boolean; readonly isHome: boolean } | undefined
  return (request) => {
    place ??= placeOf(provider, new URL(baseUrl))
    const key = place.isTrusted ? findKey(auth)?.key : undefined
    if (key) return header(usable(key, 'the key found in the environment'))
    if (place.isTrusted && auth.authorize) return chained(request)
    // A server of one's own may want no key; it says so itself if it does.
    if (auth.isOptional || !place.isHome) return {}
    return noKey(provider)
  }
}

/** Its words are loaded only where they are needed. */
async function noKey(provider: { readonly name: string; readonly auth: Auth }): Promise<never> {
  throw await (await import('./no-key.ts')).noKey(provider)
}

function placeOf(
  { auth, baseUrl }: { readonly auth: Auth; readonly baseUrl: string },
  target: URL,
): { readonly isTrusted: boolean; readonly isHome: boolean } {
  const isHome = target.origin === new URL(baseUrl).origin
  return { isHome, isTrusted: auth.trusts?.(target) ?? (isHome || isLoopback(target)) }
}

/** The key in the environment and the place it was found; undefined where there is none. */
export function findKey(auth: Auth): { readonly key: string; readonly place: string } | undefined {
  for (const variable of auth.variables) {
    const key = env(variable)?.trim()
    if (key) return { key, place: variable }
  }
  const key = auth.find?.()?.trim()
  return key ? { key, place: 'a token file' } : undefined
}

/** A key fit for a header: an accidental newline or a typographic quote would fail far away, in words nobody understands. */
function usable(key: string, what: string): string {
  const trimmed = key.trim()
  if (trimmed === '') throw new TypeError(`${what} is empty`)
  if (!/^[\x21-\x7e]+$/.test(trimmed))
    throw new TypeError(`${what} has a character no key has: a space, a line break or a letter outside ASCII`)
  return trimmed
}
