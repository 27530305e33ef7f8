import { transport } from '#transport'
import { TIMEOUTS } from '../providers/line.ts'
import { aside, dim, harmless } from './io.ts'
import { keepSecret, redacted } from './secrets.ts'

const SECRET = /authorization|api-?key|token|secret|cookie/i
const LONGEST = 200

/**
 * A fetch for `--debug`: the platform's own transport, with every request and the head of its answer written to standard error.
 * Keys are left out, and long data (pictures) is cut short.
 */
export function recorder(): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    const headers = Object.fromEntries(new Headers(init?.headers))
    const body = typeof init?.body === 'string' ? init.body : undefined
    record('>', request(url, headers, body))
    const started = performance.now()
    const exchange = transport({
      method: 'POST',
      url,
      headers,
      connectTimeout: TIMEOUTS.connect,
      ...(body !== undefined && { body }),
    })
    init?.signal?.addEventListener('abort', () => exchange.cancel(init.signal?.reason), { once: true })
    const reply = await exchange.reply
    const time = Math.round(performance.now() - started)
    record('<', `${reply.status} ${reply.header('content-type') ?? ''} after ${time} ms`)
    // Only what the client of this fetch reads.
    const response = {
      status: reply.status,
      headers: { get: (name: string) => reply.header(name) ?? null },
      body: new ReadableStream<Uint8Array>({
        async pull(controller) {
          const chunk = await reply.read()
          if (chunk) controller.enqueue(chunk)
          else controller.close()
        },
        cancel: (reason) => exchange.cancel(reason),
      }),
    }
    return response as unknown as Response
  }
}

function request(url: string, headers: Readonly<Record<string, string>>, body: string | undefined): string {
  const shown = new URL(url)
  if (shown.password) shown.password = '[redacted]'
  const lines = [`POST ${shown.href}`]
  for (const [name, value] of Object.entries(headers)) {
    if (SECRET.test(name)) keepSecret(value)
    lines.push(`${name}: ${SECRET.test(name) ? '[redacted]' : value}`)
  }
  if (body !== undefined) lines.push(JSON.stringify(JSON.parse(body), clipped, 2))
  return lines.join('\n')
}

const clipped = (_key: string, value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('data:') && value.length > LONGEST
    ? `${value.slice(0, 60)}… (${value.length} characters)`
    : value

const record = (mark: string, text: string): void =>
  aside(`${dim(redacted(harmless(text)).replace(/^/gm, `${mark} `))}\n`)
