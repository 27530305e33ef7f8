import { TOKEN_PAGE } from '../providers/huggingface-key.ts'
import { authorizer, findKey } from '../providers/auth.ts'
import { hubUrl } from '../providers/hub.ts'
import { type Account, whoami } from '../providers/huggingface-account.ts'
import { huggingface } from '../providers/huggingface.ts'
import { note } from './io.ts'
import { keepSecret } from './secrets.ts'

/** The page where a token is made that may call Inference Providers. */
export const tokenPage = (): string => TOKEN_PAGE

/** The token in use and where it was found; nothing that is printed from now on can hold it. */
export function tokenInUse(): { readonly key: string; readonly place: string } | undefined {
  const found = findKey(huggingface.auth)
  if (found) keepSecret(found.key)
  return found
}

/**
 * Whose token it is, by the Hub's word.
 * @throws ChatError
 */
export function ownerOf(token: string, signal?: AbortSignal): Promise<Account> {
  keepSecret(token)
  return whoami({ authorize: authorizer(huggingface, hubUrl(), token), signal })
}

/** Says what keeps a token from chatting. */
export function warnOfRights({ token }: Account): void {
  if (token.mayInfer === false)
    note(`this token lacks the permission "Make calls to Inference Providers"; make one at ${tokenPage()}`)
}
