import type { KeyObject } from 'node:crypto'
import { ChatError } from '../core/errors.ts'

/** Not a literal in the import: a bundler for the web would look for it. */
const CRYPTO: string = 'node:crypto'

/** Node's cryptography, loaded when it is first needed. */
export const loadCrypto = (): Promise<typeof import('node:crypto')> =>
  import(/* @vite-ignore */ CRYPTO) as Promise<typeof import('node:crypto')>

/**
 * Reads a private RSA key in PEM, also one whose line breaks stand as `\n`, as they do in environment variables.
 * @param where it was found, for the error
 * @throws ChatError `no-key` where it is none, or its passphrase is missing or wrong; the key is not in it
 */
export async function rsaKey(pem: string, where: string, passphrase?: string): Promise<KeyObject> {
  const { createPrivateKey } = await loadCrypto()
  const key = pem.replaceAll('\\n', '\n').trim()
  const read = (): KeyObject | undefined => {
    try {
      return createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) })
    } catch {
      // OpenSSL's error helps nobody: "error:1E08010C:DECODER routines::unsupported".
      return undefined
    }
  }
  const found = read()
  if (found?.asymmetricKeyType === 'rsa') return found
  const isLocked = /ENCRYPTED/.test(key)
  const why = found
    ? `is of the kind ${found.asymmetricKeyType}, not RSA`
    : isLocked
      ? `is locked, and ${passphrase === undefined ? 'no passphrase was given' : 'the passphrase does not open it'}`
      : 'is no private key in PEM'
  throw new ChatError(`The key in ${where} ${why}.`, { code: 'no-key' })
}

/** Signs claims as a JSON Web Token by RS256. https://www.rfc-editor.org/rfc/rfc7515#section-3.1 */
export async function signJwt(
  claims: Readonly<Record<string, string | number>>,
  key: KeyObject,
  header: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { sign } = await loadCrypto()
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part(claims)}`
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`
}
