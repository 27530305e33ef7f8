import { forgetToken, tokenPath } from '../providers/token-store.ts'
import { tokenInUse } from './account.ts'
import { note } from './io.ts'

/** Removes the token from this machine, and gives the exit code. */
export async function logout(): Promise<number> {
  const path = await forgetToken()
  note(path === undefined ? `there was no token at ${tokenPath()}` : `signed out: ${path} is removed`)
  const left = tokenInUse()
  if (left) note(`a token is still in ${left.place}: natter goes on using that`)
  return 0
}
