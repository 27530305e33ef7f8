/** Where a Redis is, without what is secret in its URL. */
export function addressOf(url: string): string {
  const { hostname, port } = parsed(url)
  return `${hostname}:${port || 6379}`
}

/** The secrets in the URL of a Redis. */
export function secretsIn(url: string): readonly string[] {
  const { password } = parsed(url)
  return password === '' ? [] : [password, decodeURIComponent(password)]
}

function parsed(url: string): URL {
  const found = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  // The wrong URL may hold a password, so it is not repeated.
  if (!found || !/^rediss?:$/.test(found.protocol) || found.hostname === '')
    throw new TypeError('redis must be a URL such as redis://127.0.0.1:6379, or rediss:// for TLS')
  return found
}
