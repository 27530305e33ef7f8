import { ChatError } from '../core/errors.ts'
import type { Auth } from './auth.ts'

/** The error where a key is needed and none was found: where it was looked for, and where one is made. */
export function noKey({ name, auth }: { readonly name: string; readonly auth: Auth }): ChatError {
  const page = auth.page ? ` Make a key at ${auth.page}` : ''
  return new ChatError(
    `${name} needs a key, and none was found. Looked in ${auth.places}. Set one of these, or pass apiKey.${page}`,
    { code: 'no-key', provider: name },
  )
}
