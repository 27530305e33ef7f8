import { hostName, isLoopback } from '../local/caller.ts'

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\])$/i

/**
 * Whether a request names this server. A web page whose own name was made to point here (DNS rebinding) names itself; an address cannot be
 * made to point elsewhere.
 */
export function isOurs(authority: string, host: string): boolean {
  const asked = hostName(authority)
  if (isLoopback(asked)) return true
  if (isLoopback(host)) return false
  return ADDRESS.test(asked) || asked.toLowerCase() === host.toLowerCase()
}
