import { transport as platformTransport } from '#transport'
import type { Authorize } from './auth.ts'
import type { Provider } from './provider.ts'
import type { HttpReply, Transport } from './transport.ts'

/** Limits in milliseconds; 0 is none. */
export interface Timeouts {
  /** Until there is a connection. */
  readonly connect: number
  /** From sending the request to the first byte of the answer. */
  readonly firstByte: number
  /** Between two pieces of the answer. */
  readonly idle: number
  /** For the whole answer. */
  readonly total: number
}

/** The limits where none are given. */
export const TIMEOUTS: Timeouts = { connect: 10_000, firstByte: 300_000, idle: 120_000, total: 0 }

/** How requests to a provider are made. */
export interface Line {
  readonly provider: Provider
  readonly baseUrl: string
  readonly authorize: Authorize
  readonly headers: Readonly<Record<string, string>>
  readonly timeouts: Timeouts
  /** How often to try again after a failure that may pass. */
  readonly retries: number
  /** Instead of the platform's transport. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Hears of each answer when its head has come. */
  readonly heard?: ((reply: HttpReply) => void) | undefined
}

/** A way to end a request from outside. */
export interface Leash {
  pull?: () => void
  /** Set once it was pulled: also what begins afterwards ends at once. */
  isPulled?: boolean
}

/** How a line's requests travel. */
export const transportOf = ({ fetch }: Pick<Line, 'fetch'>): Transport | Promise<Transport> =>
  fetch
    ? import('./transport-fetch.ts').then(({ fetchTransport }) => fetchTransport(fetch))
    : platformTransport

/** A URL of a server: the path goes before a query that belongs to the base, and a query of its own joins it. */
export function urlOf(base: string, path: string): string {
  const [, root = '', query = ''] = /^([^?#]*?)\/*(\?[^#]*)?(?:#.*)?$/.exec(base) ?? []
  return `${root}/${path}${path.includes('?') ? query.replace('?', '&') : query}`
}
