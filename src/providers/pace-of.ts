import type { Line } from './line.ts'
import { Pace } from './pace.ts'

const paces = new Map<string, Pace>()
/** What nobody outside this process knows, so that a key cannot be found by its hash. */
const salt = `${Math.random()} ${performance.timeOrigin}`

/** The pace of one account at one model, shared by all who ask it from this process. */
export async function paceOf(line: Line, model: string): Promise<Pace> {
  const key = JSON.stringify([new URL(line.baseUrl).origin, model, await accountOf(line)])
  let pace = paces.get(key)
  if (!pace) paces.set(key, (pace = new Pace()))
  return pace
}

/** What tells accounts apart, the key included: to be hashed, and shown to nobody. What it fails for is told by the request itself. */
export async function payerOf({ authorize, headers, baseUrl }: Line): Promise<string | undefined> {
  let sent: Readonly<Record<string, string>> = {}
  try {
    sent = await authorize({ method: 'POST', url: baseUrl, headers: {}, body: '{}' })
  } catch {
    return undefined
  }
  // A signature is another for each request; whose it is stands in it.
  const signed = /Credential=([^/,]+)/.exec(sent['authorization'] ?? sent['Authorization'] ?? '')?.[1]
  return signed ?? JSON.stringify([sent, headers])
}

async function accountOf(line: Line): Promise<string> {
  const payer = await payerOf(line)
  if (payer === undefined) return 'nobody'
  const bytes = new TextEncoder().encode(salt + payer)
  // Pages without https have no way to hash; there all accounts share one pace.
  const hash = await crypto.subtle?.digest('SHA-256', bytes)
  return hash ? [...new Uint8Array(hash, 0, 12)].join('.') : 'anyone'
}
