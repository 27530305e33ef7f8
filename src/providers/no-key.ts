import { ChatError } from '../core/errors.ts'
import type { Auth, Words } from './auth.ts'

/** The error where a key is needed and none was found: where it was looked for, and where one is made. */
export async function noKey({
  name,
  auth,
}: {
  readonly name: string
  readonly auth: Auth
}): Promise<ChatError> {
  const page = auth.page ? ` Make a key at ${await said(auth.page)}` : ''
  return new ChatError(
    `${name} needs a key, and none was found. Looked in ${await said(auth.places)}. Set one of these, or pass apiKey.${page}`,
    { code: 'no-key', provider: name },
  )
}

const said = async (words: Words): Promise<string> => (typeof words === 'string' ? words : words())
