import { randomBytes } from 'node:crypto'
import { sameSecret } from '../local/caller.ts'
import { Attempts } from './attempts.ts'
import { WebError, errorResponse } from './error-view.ts'
import { notice, signIn } from './gate-pages.ts'
import { isOurs } from './our-host.ts'

/** Who may come in. */
export interface GateOptions {
  /** Where the server listens. */
  readonly host: string
  /** Comes in as often as it likes; else there is one that works once. */
  readonly token?: string | undefined
  readonly password?: string | undefined
}

/** The most browsers that can be signed in; the first is signed out for the next. */
const MOST_SIGNED_IN = 100

/**
 * The door of the page. A token in the address, or a password, is exchanged for a cookie that no script can read and no other site can
 * use; whatever comes from elsewhere, or by another name, is refused.
 */
export class Gate {
  readonly #options: GateOptions
  readonly #attempts = new Attempts()
  readonly #cookies = new Set<string>()
  /** Works once, where there is neither a token nor a password of the user's. */
  #once: string | undefined
  /** Other servers of this machine may have cookies too, and cookies know no ports. */
  #cookie = 'natter'

  constructor(options: GateOptions) {
    this.#options = options
    if (options.token === undefined && options.password === undefined)
      this.#once = randomBytes(32).toString('base64url')
  }

  /** The address to open, with the token where one is needed. */
  entrance(url: string): string {
    this.#cookie = `natter_${new URL(url).port}`
    const token = this.#once ?? (this.#options.password === undefined ? this.#options.token : undefined)
    return token === undefined ? url : `${url}?token=${encodeURIComponent(token)}`
  }

  /** What a request is answered that may not pass; undefined for one that may. */
  async check(
    request: Request,
    from: string,
    readForm: () => Promise<string>,
  ): Promise<Response | undefined> {
    const { method, headers } = request
    const authority = headers.get('host') ?? ''
    if (!isOurs(authority, this.#options.host))
      return refuse(403, 'forbidden', 'This server does not go by that name: open the address it printed.')
    const url = new URL(request.url)
    const isEntrance = url.pathname === '/' && method === 'GET'
    if (!isFromHere(request, authority) && !(isEntrance && headers.get('sec-fetch-mode') === 'navigate'))
      return refuse(403, 'forbidden', 'Other sites may not call this server.')
    const token = url.searchParams.get('token')
    if (this.#knows(headers.get('cookie') ?? ''))
      return isEntrance && token !== null ? notice(200, 'in') : undefined
    if (isEntrance && token !== null) return this.#tried(from, () => this.#takes(token))
    const { password } = this.#options
    if (password !== undefined && url.pathname === '/sign-in' && method === 'POST') {
      const said = new URLSearchParams(await readForm()).get('password') ?? ''
      return this.#tried(from, () => sameSecret(said, password))
    }
    if (isEntrance) return password === undefined ? notice(401, 'out') : signIn(401)
    return refuse(401, 'unauthorized', 'Not signed in: open the address that natter printed.')
  }

  #tried(from: string, isRight: () => boolean): Response {
    const wait = Math.ceil(this.#attempts.wait(from) / 1000)
    if (wait > 0) {
      const refused = refuse(429, 'rate-limited', `Too many wrong attempts: try again in ${wait} s.`)
      refused.headers.set('retry-after', String(wait))
      return refused
    }
    if (!isRight()) {
      this.#attempts.fail(from)
      return this.#options.password === undefined ? notice(401, 'wrong') : signIn(401, true)
    }
    const secret = randomBytes(32).toString('base64url')
    this.#cookies.add(secret)
    for (const first of this.#cookies) {
      if (this.#cookies.size <= MOST_SIGNED_IN) break
      this.#cookies.delete(first)
    }
    const welcome = notice(200, 'in')
    welcome.headers.set('set-cookie', `${this.#cookie}=${secret}; Path=/; HttpOnly; SameSite=Strict`)
    return welcome
  }

  #takes(token: string): boolean {
    const { token: own } = this.#options
    if (own !== undefined && sameSecret(token, own)) return true
    if (this.#once === undefined || !sameSecret(token, this.#once)) return false
    this.#once = undefined
    return true
  }

  #knows(header: string): boolean {
    const own = header.split(';').map((pair) => pair.trim().split('='))
    return own.some(([name, value = '']) => name === this.#cookie && this.#cookies.has(value))
  }
}

/** Whether a request comes from our own page, or from a person who typed its address. */
function isFromHere({ method, headers }: Request, authority: string): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') return false
  const origin = headers.get('origin')
  // What changes something must say where it is from; all browsers do.
  if (origin === null) return method === 'GET' || method === 'HEAD'
  return origin === `http://${authority}` || origin === `https://${authority}`
}

const refuse = (status: number, code: string, message: string): Response =>
  errorResponse(new WebError(status, code, message))
