import { isObject } from '../lib/merge.ts'
import type { Refusal } from './dialect.ts'
import { parsedJson } from '../lib/parsed-json.ts'

/**
 * Reads what an error body says, in any of the shapes servers use: `{error: {message, code, type, param}}`, `{error: text}`,
 * `{error: [texts]}`, `{message}`, `{detail: text | [{msg, loc}]}`, `{errors: [{message}]}`, problem+json, JSON inside
 * `html-message`, an HTML page, plain text.
 */
export function readRefusal(said: string): Refusal {
  const text = said.replace(/^\uFEFF/, '')
  const body = parsedJson(text)
  if (body !== undefined && typeof body !== 'string') return fromJson(body) ?? { message: clip(text) }
  return { message: fromHtml(text) ?? (clip(typeof body === 'string' ? body : text) || 'no explanation') }
}

/** The error of a JSON body or chunk; undefined where it reports none. */
export function fromJson(body: unknown): Refusal | undefined {
  const refusal = find(body)
  return refusal && { ...refusal, message: clip(refusal.message) || clip(JSON.stringify(body)) }
}

function find(body: unknown): Refusal | undefined {
  if (Array.isArray(body)) return body.length > 0 ? find(body[0]) : undefined
  if (!isObject(body)) return undefined
  const { error } = body
  // Portkey wraps an upstream's answer as text.
  const wrapped = body['html-message']
  if (typeof wrapped === 'string') return readRefusal(wrapped)
  if (isObject(error)) return { ...outer(body), ...described(error) }
  if (typeof error === 'string') return { ...outer(body), message: error }
  if (Array.isArray(error)) return { ...outer(body), message: error.map(line).join('; ') }
  if (Array.isArray(body.errors) && body.errors.length > 0) return find({ error: body.errors[0] })
  if (body.detail !== undefined || body.title !== undefined) {
    const { detail, title } = body
    const message = Array.isArray(detail) ? detail.map(line).join('; ') : line(detail ?? title)
    return { ...outer(body), message }
  }
  if (typeof body.message === 'string' || typeof body.msg === 'string')
    return { ...outer(body), ...described(body) }
  // Mistral's validation errors put the list where the text should be.
  if (isObject(body.message))
    return find(body.message) ?? { ...outer(body), message: clip(JSON.stringify(body.message)) }
  return undefined
}

function described(error: Readonly<Record<string, unknown>>): Refusal {
  const message =
    text(error.message) ??
    text(error.msg) ??
    text(error.detail) ??
    text(error.code) ??
    clip(JSON.stringify(error))
  const upstream = isObject(error.metadata) ? text(error.metadata.raw) : undefined
  return {
    ...outer(error),
    // OpenRouter says "Provider returned error" and puts what the provider said beside it.
    message: upstream && !message.includes(upstream) ? `${message}: ${clip(upstream)}` : message,
  }
}

function outer(body: Readonly<Record<string, unknown>>): Omit<Refusal, 'message'> {
  const code = word(body.code) ?? word(body.error_code)
  // Google's type is its status, a word beside the number in `code`.
  const named =
    typeof body.status === 'string' && /^[A-Z][A-Z_]+$/.test(body.status) ? body.status : undefined
  const type = word(body.type) ?? word(body.error_type) ?? named
  const param = word(body.param)
  const status = [body.status, body.status_code, body.code].map(Number).find((n) => n >= 400 && n < 600)
  return { ...(code && { code }), ...(type && { type }), ...(param && { param }), ...(status && { status }) }
}

/** One line of a list of problems: pydantic's `{loc, msg}`, an object with a message, or text. */
function line(item: unknown): string {
  if (!isObject(item)) return typeof item === 'string' ? item : clip(JSON.stringify(item) ?? '')
  const message = text(item.msg) ?? text(item.message)
  if (!message) return clip(JSON.stringify(item))
  const where = Array.isArray(item.loc) ? item.loc.join('.') : ''
  return where ? `${where}: ${message}` : message
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined

/** The title or first heading of an HTML page. */
function fromHtml(page: string): string | undefined {
  if (!/^\s*<(?:!doctype|html|head|body)/i.test(page)) return undefined
  const heading = /<(title|h1)[^<>]*>([^<]*)</i.exec(page)?.[2]?.trim()
  return heading ? `an HTML page titled "${clip(heading)}"` : 'an HTML page'
}

const clip = (value: string): string => {
  const flat = value.replaceAll(/\s+/g, ' ').trim()
  return flat.length > 500 ? `${flat.slice(0, 500)}…` : flat
}
