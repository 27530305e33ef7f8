import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether a host name or address is this machine's own. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)

/** The host in a `Host` header, without its port. */
export const hostName = (authority: string): string => authority.replace(/:\d+$/, '')

/** Whether two secrets are equal, in a time that does not tell how much of them is. */
export const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())

/** An address as it stands in a URL. */
export const inUrl = (host: string): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
