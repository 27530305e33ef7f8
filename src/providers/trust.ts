import { env } from '#platform'

/** Whether an address is this machine's own. */
export const isLoopback = ({ hostname }: URL): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)

/**
 * Decides where keys from the environment may go: to this machine, by https to these hosts and to those below them, and to
 * wherever the environment itself sends them.
 */
export const trusting =
  (hosts: readonly string[], variable?: string): ((url: URL) => boolean) =>
  (url) =>
    isLoopback(url) ||
    (url.protocol === 'https:' &&
      hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`))) ||
    (variable !== undefined && url.origin === originOf(env(variable)))

/** The origin of an address, which may lack its scheme. */
const originOf = (address: string | undefined): string | undefined =>
  address !== undefined && URL.canParse(address) ? new URL(address).origin : undefined

/** An address from the environment, without a slash at its end. */
export const addressIn = (variable: string): string | undefined =>
  env(variable)?.trim().replace(/\/+$/, '') || undefined
