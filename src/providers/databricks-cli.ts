import { isObject } from '../lib/merge.ts'
import type { Expiring } from './cached-token.ts'
import { parsedJson } from '../lib/parsed-json.ts'

/** How long the CLI may take, in milliseconds: it may have to renew the token over the network. */
const PATIENCE = 30_000
/** Not a literal in the import: a bundler for the web would look for it. */
const CHILD_PROCESS: string = 'node:child_process'

/** Why the CLI gave no token. */
export interface CliSilence {
  readonly why: string
}

/**
 * A token of whoever has signed in to a workspace with the Databricks CLI, or why there is none.
 * https://docs.databricks.com/aws/en/dev-tools/cli/reference/auth-commands
 * @param now the clock, in milliseconds since 1970
 * @param timeout the longest it may take, in milliseconds
 */
export async function cliToken(
  origin: string,
  now: () => number,
  timeout = PATIENCE,
): Promise<Expiring<string> | CliSilence> {
  const { execFile } = (await import(/* @vite-ignore */ CHILD_PROCESS)) as typeof import('node:child_process')
  return new Promise((resolve) => {
    const args = ['auth', 'token', '--host', origin]
    const child = execFile('databricks', args, { timeout, windowsHide: true }, (error, out, complaint) => {
      if (error) resolve({ why: whyOf(error, complaint, timeout) })
      else resolve(tokenOf(out, now))
    })
    // It may ask a person; nobody is there.
    child.stdin?.end()
  })
}

/** The error itself would hold what was printed, and that may be a token. */
function whyOf(
  { code, killed }: { readonly code?: string | number | null; readonly killed?: boolean },
  complaint: string,
  timeout: number,
): string {
  if (code === 'ENOENT') return 'databricks is not installed'
  if (killed) return `databricks auth token was not done after ${timeout / 1000} s`
  const said = complaint.replaceAll(/\s+/g, ' ').trim().slice(0, 300)
  return said === '' ? `databricks auth token failed: ${code}` : said
}

function tokenOf(out: string, now: () => number): Expiring<string> | CliSilence {
  const said = parsedJson(out)
  const { access_token: value, expiry } = isObject(said) ? said : {}
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value))
    return { why: 'databricks auth token printed no token: is it older than 0.100?' }
  const end = typeof expiry === 'string' ? Date.parse(expiry) : NaN
  // Without an end the CLI is asked each time: it keeps the token itself.
  return { value, expiresAt: Number.isFinite(end) ? end : now() }
}
