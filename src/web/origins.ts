import { WebError, errorResponse } from './error-view.ts'

/** The sites whose pages may call a handler: its own, and those that are listed. */
export class Origins {
  readonly #listed: ReadonlySet<string>

  /** @throws TypeError for what is no origin */
  constructor(origins: readonly string[] = []) {
    for (const origin of origins)
      if (!URL.canParse(origin) || new URL(origin).origin !== origin)
        throw new TypeError(`origins are such as https://app.example.com: ${JSON.stringify(origin)} is none`)
    this.#listed = new Set(origins)
  }

  /** The answer to a request of another site, or of a browser that asks beforehand; undefined for all others. */
  answer(request: Request): Response | undefined {
    const { method, headers } = request
    const origin = headers.get('origin') ?? ''
    // A browser says this itself, whatever proxies have made of the address.
    const site = headers.get('sec-fetch-site')
    const isOther = site === 'cross-site' || site === 'same-site'
    if (isOther && !this.#listed.has(origin))
      return errorResponse(new WebError(403, 'forbidden', 'Pages of other sites may not call this.'))
    if (method !== 'OPTIONS') return undefined
    return this.allow(request, new Response(undefined, { status: 204 }))
  }

  /** Lets a listed site read an answer. */
  allow(request: Request, response: Response): Response {
    const origin = request.headers.get('origin') ?? ''
    if (!this.#listed.has(origin)) return response
    const allowed = new Response(response.body, response)
    allowed.headers.set('access-control-allow-origin', origin)
    allowed.headers.set('access-control-allow-credentials', 'true')
    allowed.headers.append('vary', 'origin')
    if (request.method === 'OPTIONS') {
      allowed.headers.set('access-control-allow-methods', 'GET, POST, DELETE')
      allowed.headers.set('access-control-allow-headers', 'content-type, last-event-id')
      allowed.headers.set('access-control-max-age', '600')
    }
    return allowed
  }
}
