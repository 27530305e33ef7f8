/** What is left of one limit, as a server tells it. */
export interface Room {
  readonly left: number
  /** All there can be; undefined where the server does not say. */
  readonly limit: number | undefined
  /** Until it is all there again, in milliseconds. */
  readonly reset: number
  /** Whether it comes back all at once, instead of steadily. */
  readonly isWindow: boolean
}

/** What an answer tells of the limits it counts against. */
export interface Rooms {
  readonly requests?: Room
  readonly tokens?: Room
}

/** How fast a limit comes back, for each millisecond, and how much was gone when the server told so. */
export interface Refill {
  readonly limit: number
  readonly gone: number
  readonly perMs: number
}

/**
 * How fast a limit comes back, by this answer or by the one before: the less is gone, the more the server's rounding counts. Undefined
 * where neither says.
 */
export function refillOf(
  { left, limit = left, reset }: Room,
  before: Refill | undefined,
): Refill | undefined {
  const known = before?.limit === limit ? before : undefined
  const gone = limit - left
  const perMs = gone / reset
  const isSurer = gone * 2 >= (known?.gone ?? 0) && perMs > 0 && perMs < Infinity
  return isSurer ? { limit, gone, perMs } : known
}

type Header = (name: string) => string | undefined

/**
 * The limits in an answer's headers: `x-ratelimit-*` of OpenAI, Groq, Mistral and others, `anthropic-ratelimit-*`, Mistral's
 * `ratelimitbysize-*`, `ratelimit-*` and Hugging Face's `ratelimit: "api";r=12;t=55`. https://platform.openai.com/docs/guides/rate-limits https://docs.claude.com/en/api/rate-limits
 * https://console.groq.com/docs/rate-limits https://huggingface.co/docs/hub/rate-limits
 */
export function roomsOf(header: Header, now: number): Rooms {
  const requests =
    spelled(header, (part) => `x-ratelimit-${part}-requests`, now) ??
    spelled(header, (part) => `anthropic-ratelimit-requests-${part}`, now) ??
    spanned(header, 'req') ??
    windowOf(header)
  const tokens =
    spelled(header, (part) => `x-ratelimit-${part}-tokens`, now) ??
    spelled(header, (part) => `anthropic-ratelimit-tokens-${part}`, now) ??
    spanned(header, 'tokens') ??
    bySize(header, now)
  return { ...(requests && { requests }), ...(tokens && { tokens }) }
}

type Part = 'limit' | 'remaining' | 'reset'

function spelled(header: Header, name: (part: Part) => string, now: number): Room | undefined {
  const left = numberIn(header(name('remaining')))
  const reset = duration(header(name('reset')), now)
  if (left === undefined || reset === undefined) return undefined
  return { left, limit: numberIn(header(name('limit'))), reset, isWindow: false }
}

const SPANS = [
  ['minute', 60_000],
  ['10-second', 10_000],
] as const

/** Mistral's `x-ratelimit-remaining-req-minute` and its like tell no reset: what is gone comes back within that time. */
function spanned(header: Header, what: 'req' | 'tokens'): Room | undefined {
  for (const [span, ms] of SPANS) {
    const left = numberIn(header(`x-ratelimit-remaining-${what}-${span}`))
    const limit = numberIn(header(`x-ratelimit-limit-${what}-${span}`))
    if (left !== undefined && limit)
      return { left, limit, reset: Math.max(0, 1 - left / limit) * ms, isWindow: false }
  }
  return undefined
}

/** Mistral's older fields count what a prompt takes with all that it may be answered: the next takes as much as the last one did. */
function bySize(header: Header, now: number): Room | undefined {
  const room = spelled(header, (part) => `ratelimitbysize-${part}`, now)
  const cost = numberIn(header('ratelimitbysize-query-cost')) ?? 0
  return room && { ...room, left: room.left < cost ? 0 : room.left, isWindow: true }
}

/** The fields of https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/, in its older and its newer spelling. */
function windowOf(header: Header): Room | undefined {
  const joint = header('ratelimit') ?? ''
  const left = numberIn(/;\s*r=(\d+)/.exec(joint)?.[1]) ?? numberIn(header('ratelimit-remaining'))
  const reset = numberIn(/;\s*t=(\d+)/.exec(joint)?.[1]) ?? numberIn(header('ratelimit-reset'))
  if (left === undefined || reset === undefined) return undefined
  return { left, limit: numberIn(header('ratelimit-limit')), reset: reset * 1000, isWindow: true }
}

const numberIn = (text: string | undefined): number | undefined => {
  const number = Number.parseFloat(text ?? '')
  return Number.isFinite(number) && number >= 0 ? number : undefined
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds in `6m0s`, `120ms`, `7.66s`, a number of seconds, or until a date. */
export function duration(text: string | undefined, now: number): number | undefined {
  const bare = text?.trim()
  if (!bare) return undefined
  if (/^\d+(\.\d+)?$/.test(bare)) return Number(bare) * 1000
  if (/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(bare)) {
    let sum = 0
    for (const [, number, unit = ''] of bare.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g))
      sum += Number(number) * (UNITS[unit] ?? 0)
    return sum
  }
  const date = Date.parse(bare)
  return Number.isFinite(date) ? Math.max(0, date - now) : undefined
}
