import { text } from 'node:stream/consumers'
import { APPLICATIONS, finishSignIn, startSignIn } from '../providers/huggingface-oauth.ts'
import { huggingface } from '../providers/huggingface.ts'
import { storeToken } from '../providers/token-store.ts'
import { ownerOf, tokenInUse, tokenPage, warnOfRights } from './account.ts'
import { UsageError } from './failure.ts'
import { aside, clearProgress, harmless, note, showProgress } from './io.ts'
import { keepSecret } from './secrets.ts'
import type { LoginTask } from './task.ts'

/** Signs in, keeps the token, and gives the exit code. A token that the Hub does not know is not kept. */
export async function login(task: LoginTask): Promise<number> {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const { token, expiresAt } = task.isTokenPiped
    ? { token: await pipedToken(), expiresAt: undefined }
    : await signIn(task, stop.signal)
  const account = await ownerOf(token, stop.signal)
  const path = await storeToken(token)
  note(`signed in as ${account.name ?? 'somebody without a name'}; the token is in ${path}`)
  if (expiresAt) note(`it is good until ${expiresAt.toLocaleString()}; then sign in again`)
  warnOfRights(account)
  const used = tokenInUse()
  if (used && used.key !== token)
    note(`the token in ${used.place} goes before it: unset that to use the new one`)
  return 0
}

async function signIn(
  { clientId, scopes }: LoginTask,
  signal: AbortSignal,
): Promise<{ readonly token: string; readonly expiresAt: Date | undefined }> {
  if (clientId === undefined)
    throw new UsageError(
      `no OAuth application to sign in to is known. Either make a token at ${tokenPage()} and pipe it in ` +
        '(natter login --token-stdin < file), or run `hf auth login`, whose token is found too, or name an application ' +
        `with --client-id or NATTER_HF_CLIENT_ID (made at ${APPLICATIONS})`,
    )
  const client = { clientId, signal }
  const code = await startSignIn({ ...client, scopes })
  keepSecret(code.deviceCode)
  aside(`Open  ${harmless(code.pageWithCode ?? code.page)}\nEnter ${harmless(code.userCode)}\n`)
  showProgress(`waiting for ${huggingface.name} (Ctrl-C gives up)`)
  try {
    return await finishSignIn(code, client)
  } finally {
    clearProgress()
  }
}

async function pipedToken(): Promise<string> {
  if (process.stdin.isTTY)
    throw new UsageError(
      '--token-stdin takes what is piped in, as in natter login --token-stdin < file: what is typed would stay on the screen',
    )
  const token = (await text(process.stdin)).trim()
  keepSecret(token)
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new UsageError(
    token === ''
      ? 'standard input is empty: pipe a token in'
      : 'standard input holds something that is no token',
  )
}
