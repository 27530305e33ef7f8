import { type Capabilities, learned } from '../capabilities/capabilities.ts'
import { bareUrl } from '../lib/bare-url.ts'

/** What was learned of a model at a backend, from what it refused or did not heed. */
export interface Learned {
  /** When the last of it was learned, in milliseconds since 1970. */
  readonly at: number
  readonly capabilities: Capabilities
}

/** Which model of which server is meant. */
export interface Subject {
  readonly baseUrl: string
  readonly model: string
  /** The backend that runs it, behind a router. */
  readonly backend?: string | undefined
}

/** Shared by all chats of the process: what one has paid for in a failed request, none pays again. */
export const known = new Map<string, Learned>()
let isRead: Promise<void> | undefined

/** The name of a subject, without anything secret that its address may hold. */
export function keyOf({ baseUrl, model, backend }: Subject): string {
  return `${bareUrl(baseUrl)} ${model}${backend === undefined ? '' : `:${backend}`}`
}

/** What is known of a model, with what is known of it at this backend; undefined where that is nothing. */
export function knownOf(subject: Subject): Capabilities | undefined {
  const atBackend = subject.backend === undefined ? undefined : known.get(keyOf(subject))
  const anywhere = known.get(keyOf({ ...subject, backend: undefined }))
  return anywhere && atBackend
    ? learned(anywhere.capabilities, atBackend.capabilities)
    : (atBackend ?? anywhere)?.capabilities
}

/**
 * The backend at which something was learned of a model last: it is asked again by the next chat, which so pays for no refusal twice.
 * Undefined where none has refused anything.
 */
export function taughtBy(subject: Subject): string | undefined {
  const start = `${keyOf({ ...subject, backend: undefined })}:`
  let last: { readonly backend: string; readonly at: number } | undefined
  for (const [key, { at }] of known)
    if (key.startsWith(start) && at >= (last?.at ?? 0)) last = { backend: key.slice(start.length), at }
  return last?.backend
}

/** Reads what earlier processes have learned, once. */
export function recall(): Promise<void> {
  isRead ??= import('./knowledge-store.ts').then(({ stored }) => {
    for (const [key, lesson] of stored()) if (!known.has(key)) known.set(key, lesson)
  })
  return isRead
}
