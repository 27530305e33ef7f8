import type { JsonSchema } from '../core/schema.ts'
import type { UserTurn } from '../core/turn.ts'
import type { Session } from './session.ts'

/** What an answer depends on besides its prompt. */
export interface ResumeSettings {
  readonly provider: string
  readonly model: string
  readonly system: unknown
  readonly params: unknown
  readonly schema: unknown
  /** The conversation so far, and the tools. */
  readonly rest: unknown
}

/** What the answers of a run depend on. */
export const settingsOf = (
  { line, model, systemPrompt, params, extra, turns, toolbox }: Session,
  schema: JsonSchema | undefined,
): ResumeSettings => ({
  provider: `${line.provider.id} ${origin(line.baseUrl)}`,
  model,
  system: systemPrompt ?? null,
  params: [params, extra ?? null],
  schema: schema ?? null,
  rest: [turns.map(({ role, contents }) => [role, contents]), toolbox.specs() ?? null],
})

/** An address without what may hold a key. */
const origin = (address: string): string => {
  const url = new URL(address)
  return url.origin + url.pathname
}

/** The key of one prompt under settings whose digest is at hand. */
export const keyOf = (settings: string, { contents }: UserTurn): Promise<string> =>
  digest([settings, contents])

/** A short name for a JSON value: the same for the same value, whatever the order of its members. */
export async function digest(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value, sorted) ?? '')
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes), 0, 16)
  return btoa(String.fromCharCode(...hash)).replace(/=+$/, '')
}

/** For JSON.stringify: objects with their members in order. */
const sorted = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** The settings as they stand in a file: what differs can be named, and long texts are a hash. */
export const shown = async ({ provider, model, ...rest }: ResumeSettings): Promise<ResumeSettings> => ({
  provider,
  model,
  system: await digest(rest.system),
  params: await digest(rest.params),
  schema: await digest(rest.schema),
  rest: await digest(rest.rest),
})

/** What is not now as it was before, in words; empty where all is. */
export const changesOf = (before: ResumeSettings, now: ResumeSettings): string =>
  Object.entries(now)
    .filter(([name, value]) => before[name as never] !== value)
    .map(([name, value]) => {
      const values = isShort(name) ? ` (${String(before[name as never])}, now ${String(value)})` : ''
      return `another ${NAMES[name]}${values}`
    })
    .join(' and ')

const NAMES: Readonly<Record<string, string>> = {
  provider: 'provider',
  model: 'model',
  system: 'system prompt',
  params: 'set of parameters',
  schema: 'schema',
  rest: 'conversation or set of tools',
}
const isShort = (name: string): boolean => name === 'provider' || name === 'model'
