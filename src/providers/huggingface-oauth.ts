import { ChatError, type ChatErrorCode } from '../core/errors.ts'
import { abortable } from '../lib/abortable.ts'
import { isObject } from '../lib/merge.ts'
import { type HubAccess, askHub } from './hub.ts'
import { huggingface } from './huggingface.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
/** Where the server names no interval, and by how much `slow_down` lengthens it, in milliseconds (RFC 8628, 3.2 and 3.5). */
const PACE = 5000
/** How long a code is good where the server does not say, in milliseconds. */
const LIFE = 15 * 60_000

/** Where a person makes an OAuth application. */
export const APPLICATIONS = 'https://huggingface.co/settings/applications/new'

/** What chatting needs: who it is, calls to Inference Providers and to one's Endpoints, and what was used. */
export const SCOPES: readonly string[] = [
  'openid',
  'profile',
  'inference-api',
  'read-endpoints',
  'read-billing',
]

/** The application that asks. */
export interface OAuthClient extends HubAccess {
  /** Of an OAuth application without a secret; made at https://huggingface.co/settings/applications/new */
  readonly clientId: string
}

/** A sign-in that waits for a person. */
export interface DeviceCode {
  /** What the person types at `page`. */
  readonly userCode: string
  readonly page: string
  /** The page with the code filled in, where the server gives one. */
  readonly pageWithCode: string | undefined
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** Milliseconds between two questions. */
  readonly interval: number
  /** A secret: it fetches the token. */
  readonly deviceCode: string
}

/** What a person granted. */
export interface OAuthToken {
  readonly token: string
  readonly scopes: readonly string[]
  readonly expiresAt: Date | undefined
}

/**
 * Begins to sign in a person who sits before another screen. https://huggingface.co/docs/hub/oauth#device-code-oauth
 * @throws ChatError
 */
export async function startSignIn(
  client: OAuthClient & { readonly scopes?: readonly string[] | undefined },
): Promise<DeviceCode> {
  const { clientId, scopes = SCOPES, ...access } = client
  const body = await askHub({
    ...access,
    path: 'oauth/device',
    form: { client_id: clientId, scope: scopes.join(' ') },
    advice: ({ status = 0 }) =>
      status < 500
        ? `Check the client id, and that its application grants these scopes: ${APPLICATIONS}`
        : undefined,
  })
  const reply = isObject(body) ? body : {}
  const deviceCode = word(reply.device_code)
  const userCode = word(reply.user_code)
  const page = webPage(reply.verification_uri) ?? webPage(reply.verification_url)
  if (deviceCode === undefined || userCode === undefined || page === undefined)
    throw failed('Hugging Face answered without a code to sign in with. Try again.', 'bad-reply')
  return {
    userCode,
    page,
    pageWithCode: webPage(reply.verification_uri_complete),
    expiresAt: Date.now() + (seconds(reply.expires_in) ?? LIFE),
    interval: seconds(reply.interval) ?? PACE,
    deviceCode,
  }
}

/**
 * Waits until the person has said yes, and gives the token.
 * @param slower milliseconds that each `slow_down` adds to the interval
 * @throws ChatError `forbidden` where they say no, `timeout` where the code expires first, `aborted`
 */
export async function finishSignIn(
  code: DeviceCode,
  client: OAuthClient,
  slower = PACE,
): Promise<OAuthToken> {
  const { clientId, ...access } = client
  let { interval } = code
  for (;;) {
    await pause(interval, client.signal)
    if (Date.now() > code.expiresAt) throw expired()
    try {
      const form = { grant_type: GRANT, device_code: code.deviceCode, client_id: clientId }
      return readToken(await askHub({ ...access, path: 'oauth/token', form, secrets: [code.deviceCode] }))
    } catch (error) {
      const said = oauthError(error)
      if (said === 'slow_down') interval += slower
      else if (said === 'expired_token') throw expired()
      else if (said === 'access_denied') throw failed('The sign-in was refused on the page.', 'forbidden')
      else if (said !== 'authorization_pending' && !mayPass(error)) throw error
    }
  }
}

function readToken(body: unknown): OAuthToken {
  const reply = isObject(body) ? body : {}
  const token = word(reply.access_token)
  if (token === undefined) throw failed('Hugging Face answered without a token. Try again.', 'bad-reply')
  const life = seconds(reply.expires_in)
  return {
    token,
    scopes: word(reply.scope)?.split(/\s+/) ?? [],
    expiresAt: life ? new Date(Date.now() + life) : undefined,
  }
}

/** The error's name by RFC 6749 and 8628; servers send it with status 400. */
const oauthError = (error: unknown): unknown =>
  ChatError.is(error) && isObject(error.body) ? error.body.error : undefined

/** A connection that was lost while a person reads a page is no reason to begin anew. */
const mayPass = (error: unknown): boolean =>
  ChatError.is(error) &&
  ['connection', 'timeout', 'rate-limited', 'server-error', 'overloaded'].includes(error.code)

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    await abortable(new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))), signal)
  } catch (error) {
    throw failed('The sign-in was aborted by the caller.', 'aborted', error)
  } finally {
    clearTimeout(timer)
  }
}

const expired = (): ChatError =>
  failed('The code expired before anybody entered it on the page. Sign in again.', 'timeout')

const failed = (message: string, code: ChatErrorCode, cause?: unknown): ChatError =>
  new ChatError(message, { code, provider: huggingface.name, cause })

const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** A page that a person may be sent to. */
const webPage = (value: unknown): string | undefined =>
  typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value) ? value : undefined

const seconds = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 && value < 1e9 ? value * 1000 : undefined
