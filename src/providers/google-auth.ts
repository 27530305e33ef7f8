import { env } from '#platform'
import { ChatError } from '../core/errors.ts'
import type { Authorize } from './auth.ts'
import { type Expiring, cachedToken } from './cached-token.ts'
import { type GoogleFile, type GooglePlaces, LOGIN, googleFile } from './google-credentials.ts'
import { metadataToken } from './google-metadata.ts'
import { rsaKey, signJwt } from './jwt.ts'
import type { Line } from './line.ts'
import { authorizeOnly, secureUrl } from './secure-url.ts'
import { requestToken } from './token-request.ts'

/** How requests to Google Cloud are authorised. */
export interface GoogleOptions extends GooglePlaces {
  /** An address besides `*.googleapis.com` that may have the token, such as a gateway's. */
  readonly endpoint?: string | undefined
  /** What the token is for. @default https://www.googleapis.com/auth/cloud-platform */
  readonly scope?: string | undefined
  /** Who pays, where that is not the project itself. @default `GOOGLE_CLOUD_QUOTA_PROJECT`, or the file's */
  readonly quotaProject?: string | undefined
  readonly fetch?: Line['fetch']
  /** The clock, in milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

/** What is needed of google-auth-library. */
export interface GoogleLibrary {
  readonly GoogleAuth: new (options: { readonly keyFilename: string; readonly scopes: string }) => {
    getClient(): Promise<{
      getAccessToken(): Promise<{ readonly token?: string | null }>
      readonly credentials: { readonly expiry_date?: number | null }
    }>
  }
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const GOOGLE = 'Google'
const TOKENS = 'https://oauth2.googleapis.com/token'
/** Not a literal in the import: a bundler would take the package in. */
const PACKAGE: string = 'google-auth-library'

const loadLibrary = async (): Promise<GoogleLibrary> =>
  (await import(/* @vite-ignore */ PACKAGE)) as GoogleLibrary

/**
 * Authorises requests to Google Cloud by its application default credentials: a service account's or a person's file, else the
 * metadata server of Google's machines; other kinds of files are read by google-auth-library. A token is kept until shortly before
 * it ends. https://cloud.google.com/docs/authentication/application-default-credentials
 * @throws ChatError `no-key` where there are no credentials, `missing-package` where only the package can read them
 */
export function googleAuthorize(
  options: GoogleOptions = {},
  load: () => Promise<GoogleLibrary> = loadLibrary,
): Authorize {
  const { endpoint, now = () => Date.now() } = options
  const gateway = endpoint && secureUrl(endpoint, 'the endpoint of Google Cloud').origin
  const headers = cachedToken(async () => {
    const file = googleFile(options)
    const { value: token, expiresAt } = await askFor(file, options, now, load)
    const payer = options.quotaProject ?? env('GOOGLE_CLOUD_QUOTA_PROJECT') ?? file?.field('quota_project_id')
    const value = { authorization: `Bearer ${token}`, ...(payer && { 'x-goog-user-project': payer }) }
    return { value, expiresAt }
  }, now)
  return authorizeOnly(
    ({ origin, protocol, hostname }) =>
      origin === gateway || (protocol === 'https:' && hostname.endsWith('.googleapis.com')),
    headers,
  )
}

function askFor(
  file: GoogleFile | undefined,
  options: GoogleOptions,
  now: () => number,
  load: () => Promise<GoogleLibrary>,
): Promise<Expiring<string>> {
  switch (file?.type) {
    case undefined:
      return metadataToken(options.scope ?? SCOPE, options.fetch, now)
    case 'service_account':
      return askAsService(file as GoogleFile, options, now)
    case 'authorized_user':
      return askAsPerson(file as GoogleFile, options, now)
    default:
      return askLibrary(file as GoogleFile, options, now, load)
  }
}

/** https://developers.google.com/identity/protocols/oauth2/service-account#httprest */
async function askAsService(
  file: GoogleFile,
  { scope = SCOPE, fetch }: GoogleOptions,
  now: () => number,
): Promise<Expiring<string>> {
  const [issuer, pem] = needed(file, 'client_email', 'private_key')
  const url = file.field('token_uri') ?? TOKENS
  const id = file.field('private_key_id')
  const seconds = Math.floor(now() / 1000)
  const claims = { iss: issuer, scope, aud: url, iat: seconds, exp: seconds + 3600 }
  const assertion = await signJwt(claims, await rsaKey(pem, file.path), id ? { kid: id } : {})
  return requestToken({
    url,
    who: GOOGLE,
    form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion },
    secrets: [assertion],
    advice: `Check the service account's key in ${file.path}, and this machine's clock.`,
    fetch,
    now,
  })
}

/** https://developers.google.com/identity/protocols/oauth2/web-server#offline */
async function askAsPerson(
  file: GoogleFile,
  { fetch }: GoogleOptions,
  now: () => number,
): Promise<Expiring<string>> {
  const [id, secret, refreshToken] = needed(file, 'client_id', 'client_secret', 'refresh_token')
  return requestToken({
    url: file.field('token_uri') ?? TOKENS,
    who: GOOGLE,
    form: { grant_type: 'refresh_token', client_id: id, client_secret: secret, refresh_token: refreshToken },
    secrets: [secret, refreshToken],
    advice: `${LOGIN} again: the sign-in in ${file.path} may have ended.`,
    fetch,
    now,
  })
}

/** The fields of a file, all of them, in this order. */
function needed<const T extends readonly string[]>(
  { path, field }: GoogleFile,
  ...names: T
): { readonly [K in keyof T]: string } {
  const values = names.map((name) => field(name) ?? '')
  const missing = names.filter((_, at) => values[at] === '')
  if (missing.length === 0) return values as { [K in keyof T]: string }
  throw new ChatError(`${path} lacks ${missing.join(' and ')}. ${LOGIN}, or download the key again.`, {
    code: 'no-key',
  })
}

async function askLibrary(
  { path, type }: GoogleFile,
  { scope = SCOPE }: GoogleOptions,
  now: () => number,
  load: () => Promise<GoogleLibrary>,
): Promise<Expiring<string>> {
  const { GoogleAuth } = await load().catch((cause: unknown) => {
    throw new ChatError(
      `${path} holds credentials of the kind ${type}, which ${PACKAGE} reads, and that is not installed: run \`npm install ${PACKAGE}\`.`,
      { code: 'missing-package', cause },
    )
  })
  const ask = async (): Promise<Expiring<string>> => {
    const client = await new GoogleAuth({ keyFilename: path, scopes: scope }).getClient()
    const { token } = await client.getAccessToken()
    if (!token) throw new Error('it gave no token')
    // Without an end it is asked for each time, and the library says when that is too often.
    return { value: token, expiresAt: client.credentials.expiry_date ?? now() }
  }
  return ask().catch((error: unknown) => {
    // Its message only: the error itself holds the request with all its secrets.
    const said = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ')
    throw new ChatError(`${PACKAGE} got no token with ${path}: ${said.slice(0, 500)}`, { code: 'no-key' })
  })
}
