import type { Authorize } from './auth.ts'
import { isLoopback } from './trust.ts'

/**
 * The URL of a server that may be told a secret: by https:, or on this machine.
 * @param what its name, for the error
 * @throws TypeError where it is another
 */
export function secureUrl(url: string, what: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const isSecure = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopback(parsed))
  if (parsed && isSecure && !parsed.username && !parsed.password) return parsed
  // Not all of the address is shown: it may hold a password.
  const shown = parsed ? `${parsed.protocol}//${parsed.host}` : 'no URL'
  throw new TypeError(`${what} must be an https: URL without a password: it is ${shown}`)
}

/** Authorises requests to the places that are meant, and to this machine; others get nothing, so that a token goes nowhere else. */
export const authorizeOnly =
  (isMeant: (url: URL) => boolean, authorize: Authorize): Authorize =>
  (request) => {
    const url = new URL(request.url)
    return isMeant(url) || isLoopback(url) ? authorize(request) : {}
  }
