/** An address less what may hold a key: user, password, query and fragment. */
export function bareUrl(address: string): string {
  if (!URL.canParse(address)) return address
  const { origin, pathname } = new URL(address)
  return origin === 'null' ? address : (origin + pathname).replace(/\/+$/, '')
}
