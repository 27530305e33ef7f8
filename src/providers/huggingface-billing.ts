import { isObject } from '../lib/merge.ts'
import type { ChatError } from '../core/errors.ts'
import type { Authorize } from './auth.ts'
import { type HubAccess, askHub } from './hub.ts'

/** How long it takes until what was asked stands on the bill, in milliseconds: costs are collected from the backends afterwards. */
export const RECONCILED_AFTER = 30 * 60_000

/** Whose bill is read, and how. */
export interface BillingAccess extends HubAccess {
  /** Gives the token's header: `authorizer(huggingface, …)` or a chat's own. */
  readonly authorize: Authorize
  /** An organisation's name on the Hub; its bill needs the permission to read billing. @default the token's owner */
  readonly organisation?: string | undefined
}

/** Which requests are meant: those that carried this `X-HF-Session-id`. */
export interface SessionBillOptions extends BillingAccess {
  readonly sessionId: string
  /** When the first of them was made. */
  readonly since: Date | number
  /** When the last of them ended; without it the bill is never called final. */
  readonly until?: Date | number | undefined
  /** @default now */
  readonly now?: number | undefined
}

/** What a bill says of one session; a member that the Hub does not tell is undefined. */
export interface SessionLines {
  /** US dollars. */
  readonly dollars: number | undefined
  /** As the Hub writes it, in capitals. */
  readonly currency: string | undefined
  readonly requests: number | undefined
}

/** What the requests of a session cost. */
export interface SessionBill extends SessionLines {
  /** Whether it is old enough to be whole; the Hub books costs about half an hour after a request. */
  readonly isFinal: boolean
}

/** What an account used of Inference Providers; a member that the Hub does not tell is undefined. */
export interface InferenceUsage {
  /** US dollars used in the period. */
  readonly used: number | undefined
  /** US dollars that the plan includes. */
  readonly included: number | undefined
  /** US dollars at which requests are refused. */
  readonly limit: number | undefined
  readonly requests: number | undefined
  readonly periodStart: Date | undefined
  readonly periodEnd: Date | undefined
}

/**
 * What the requests of one session cost, from the bill of the account or organisation; `dollars` is undefined until the Hub has
 * booked it. https://huggingface.co/docs/inference-providers/pricing
 * @throws ChatError
 */
export async function sessionBill(options: SessionBillOptions): Promise<SessionBill> {
  const { sessionId, since, until, now = Date.now() } = options
  // The bill is kept by months: one that begins in the middle might miss its first lines.
  const first = new Date(since)
  const start = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), 1))
  const end = new Date(Math.max(now, start.getTime() + 1000))
  const body = await askBilling(options, 'usage-by-inference-session', start.toISOString(), end.toISOString())
  const lines = readSessionBill(body, sessionId)
  const age = until === undefined ? 0 : now - Number(until)
  return { ...lines, isFinal: lines.dollars !== undefined && age >= RECONCILED_AFTER }
}

/**
 * What the account or organisation used of Inference Providers in the month so far.
 * https://huggingface.co/docs/inference-providers/pricing
 * @throws ChatError
 */
export async function usage(
  options: BillingAccess & { readonly now?: number | undefined },
): Promise<InferenceUsage> {
  const now = new Date(options.now ?? Date.now())
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1) / 1000
  const end = Math.max(start + 1, Math.floor(now.getTime() / 1000))
  return readUsage(await askBilling(options, 'usage-v2', String(start), String(end)))
}

/** What a body of `usage-by-inference-session` says of one session, over all its months; never a sum with a part missing. */
export function readSessionBill(body: unknown, sessionId: string): SessionLines {
  const currency =
    isObject(body) && typeof body.currency === 'string' ? body.currency.toUpperCase() : undefined
  const lines = listOf(isObject(body) ? body.periods : undefined)
    .flatMap(({ sessions }) => listOf(sessions))
    .filter(({ id }) => id === sessionId)
  const cents = sumOf(lines.map(({ costCents }) => costCents))
  const isDollars = currency === undefined || currency === 'USD'
  return {
    dollars: cents === undefined || !isDollars ? undefined : cents / 100,
    currency,
    requests: sumOf(lines.map(({ requestCount, numRequests }) => requestCount ?? numRequests)),
  }
}

/** What a body of `usage-v2` says of Inference Providers. */
export function readUsage(body: unknown): InferenceUsage {
  const all = isObject(body) && isObject(body.usage) ? body.usage : {}
  const used = isObject(all.inferenceProviders) ? all.inferenceProviders : {}
  return {
    used: fromNano(used.usedNanoUsd),
    included: fromNano(used.includedNanoUsd),
    limit: fromNano(used.limitNanoUsd),
    requests: amount(used.numRequests),
    periodStart: dateOf(used.periodStart),
    periodEnd: dateOf(used.periodEnd),
  }
}

/** A date of the Hub: ISO text, or seconds or milliseconds since 1970; undefined where it is none. */
export function dateOf(value: unknown): Date | undefined {
  if (typeof value !== 'string' && (typeof value !== 'number' || value <= 0)) return undefined
  // No second since 1970 has as many digits as a millisecond of this century.
  const date = new Date(typeof value === 'number' && value < 1e11 ? value * 1000 : value)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function askBilling(
  { authorize, organisation, fetch, signal, timeout }: BillingAccess,
  what: string,
  startDate: string,
  endDate: string,
): Promise<unknown> {
  const whose = organisation === undefined ? 'settings' : `organizations/${encodeURIComponent(organisation)}`
  const query = new URLSearchParams({ startDate, endDate }).toString()
  return askHub({ path: `api/${whose}/billing/${what}?${query}`, authorize, fetch, signal, timeout, advice })
}

function advice({ code }: ChatError): string | undefined {
  if (code === 'unauthorized') return 'Check the token, or sign in again with `natter login`.'
  if (code !== 'forbidden' && code !== 'not-found') return undefined
  return 'The token may not read this bill: it needs the permission to read billing data, see https://huggingface.co/settings/tokens'
}

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : []

/** The sum of what is known of all of them; undefined where there is none, or one is unknown. */
function sumOf(values: readonly unknown[]): number | undefined {
  const amounts = values.map(amount)
  if (amounts.length === 0 || amounts.includes(undefined)) return undefined
  return amounts.reduce<number>((sum, each) => sum + (each ?? 0), 0)
}

/** A number of 0 or more; large ones come as text. */
function amount(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined
}

function fromNano(value: unknown): number | undefined {
  const nano = amount(value)
  return nano === undefined ? undefined : nano / 1e9
}
