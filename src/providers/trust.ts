import { env } from '#platform'

/** Whether an address is this machine's own. */
export const isLoopback = ({ hostname }: URL): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)

/** Decides where keys from the environment may go: to this machine, and by https to these hosts and to those below them. */
export const trusting =
  (...hosts: readonly string[]): ((url: URL) => boolean) =>
  (url) =>
    isLoopback(url) ||
    (url.protocol === 'https:' && hosts.some((host) => `.${url.hostname}`.endsWith(`.${host}`)))

/** The same, and to wherever a variable of the environment itself sends them. */
export const trustingAlso =
  (variable: string, ...hosts: readonly string[]): ((url: URL) => boolean) =>
  (url) => {
    const address = env(variable)
    const isSent = address !== undefined && URL.canParse(address) && new URL(address).origin === url.origin
    return isSent || trusting(...hosts)(url)
  }

/** An address from the environment, without a slash at its end. */
export const addressIn = (variable: string): string | undefined =>
  env(variable)?.trim().replace(/\/+$/, '') || undefined
