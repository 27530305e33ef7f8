import { readText } from '#platform'
import { ChatError } from '../core/errors.ts'
import type { Authorize } from './auth.ts'
import { type Expiring, cachedToken } from './cached-token.ts'
import { loadCrypto, rsaKey, signJwt } from './jwt.ts'
import { authorizeOnly, secureUrl } from './secure-url.ts'
import {
  type SnowflakeConnection,
  type SnowflakePlaces,
  snowflakeConnection,
  snowflakeFile,
  snowflakeUrl,
} from './snowflake-connection.ts'

/** How requests to Snowflake are authorised. */
export interface SnowflakeOptions extends SnowflakePlaces {
  /** Where requests go; others are given nothing. @default the address of the account */
  readonly endpoint?: string | undefined
  /** The clock, in milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

/** How long a signed token holds, in milliseconds; Snowflake takes an hour at most. */
const LIFE = 600_000

/**
 * Authorises requests to Snowflake: by a token, of OAuth or a programmatic one; else by a token signed with the user's private key,
 * which is kept until shortly before it ends. https://docs.snowflake.com/developer-guide/snowflake-rest-api/authentication
 * @throws TypeError where no account is known, or the endpoint is not safe to send a secret to
 * @throws ChatError `no-key`, at a request, where there are no credentials
 */
export function snowflakeAuthorize(options: SnowflakeOptions = {}): Authorize {
  const { endpoint = snowflakeUrl(options), now = () => Date.now() } = options
  const { origin } = secureUrl(endpoint, 'the endpoint of Snowflake')
  const signed = cachedToken(() => signIn(options, now), now)
  return authorizeOnly(
    (url) => url.origin === origin,
    async () => {
      const { token, tokenType } = snowflakeConnection(options)
      return token ? headers(token, tokenType) : headers(await signed(), 'KEYPAIR_JWT')
    },
  )
}

const headers = (token: string, type: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${token}`,
  'x-snowflake-authorization-token-type': type,
})

/** https://docs.snowflake.com/developer-guide/sql-api/authenticating#using-key-pair-authentication */
async function signIn(options: SnowflakeOptions, now: () => number): Promise<Expiring<string>> {
  const connection = snowflakeConnection(options)
  const { account, user, privateKey, privateKeyPath, passphrase } = connection
  const pem = privateKey ?? (privateKeyPath && readText(privateKeyPath))
  if (!account || !user || !pem) throw nothingFound(options, connection)
  const where = privateKey === undefined ? `${privateKeyPath}` : 'SNOWFLAKE_PRIVATE_KEY'
  const key = await rsaKey(pem, where, passphrase)
  const { createHash, createPublicKey } = await loadCrypto()
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const subject = `${accountIn(account)}.${user.toUpperCase()}`
  const seconds = Math.floor(now() / 1000)
  const claims = {
    iss: `${subject}.SHA256:${createHash('sha256').update(spki).digest('base64')}`,
    sub: subject,
    iat: seconds,
    exp: seconds + LIFE / 1000,
  }
  return { value: await signJwt(claims, key), expiresAt: now() + LIFE }
}

/** The account in a token: without the region that may follow a locator, and without the id that follows a global name. */
const accountIn = (account: string): string =>
  (account.includes('.global') ? account.replace(/-.*$/, '') : account.replace(/\..*$/, '')).toUpperCase()

function nothingFound(
  options: SnowflakeOptions,
  { account, user, privateKey, privateKeyPath }: SnowflakeConnection,
): ChatError {
  const { name, path } = snowflakeFile(options)
  const key = privateKey ?? privateKeyPath
  const lacks = [
    ...(account ? [] : ['SNOWFLAKE_ACCOUNT is not set']),
    ...(key && !user ? ['SNOWFLAKE_USER is not set'] : []),
    ...(user && !key ? ['SNOWFLAKE_PRIVATE_KEY is not set'] : []),
    ...(user && !privateKey && privateKeyPath ? [`${privateKeyPath} cannot be read`] : []),
  ]
  return new ChatError(
    `No key for Snowflake was found${lacks.length > 0 ? ` (${lacks.join(', ')})` : ''}. Looked in SNOWFLAKE_TOKEN, in ` +
      `SNOWFLAKE_USER with SNOWFLAKE_PRIVATE_KEY or SNOWFLAKE_PRIVATE_KEY_PATH, and in the connection ${name} of ${path}. ` +
      `Set one of these, or pass token or privateKey.`,
    { code: 'no-key' },
  )
}
