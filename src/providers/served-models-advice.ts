import { isObject } from '../lib/merge.ts'
import { getJson } from './get-json.ts'
import type { Advice } from './provider.ts'

/** How long a server may take to list its models, in milliseconds. */
const PATIENCE = 2000
/** How many models are named. */
const MOST = 10

/** What to do about the errors of a server of one's own: it mostly does not run, or has another model. */
export const adviceFor =
  (start: string, load: (model: string) => string): Advice =>
  async ({ code, message }, { url, headers }) => {
    if (code === 'connection' && /refused/.test(message))
      return `${start}; where it runs elsewhere than at ${new URL(url).origin}, pass baseUrl.`
    const isUnknown =
      code === 'not-found' ||
      code === 'model-not-supported' ||
      /model.*(?:not found|not loaded|does not exist|no models? loaded)|no models? loaded/i.test(message)
    if (!isUnknown) return undefined
    const [, model] = /[`'"]([^`'"\s]+)[`'"]/.exec(message) ?? []
    const names = await namesAt(url.replace(/\/chat\/completions(?=$|\?)/, '/models'), headers)
    const there = names.length > 0 ? `It has ${names.slice(0, MOST).join(', ')}.` : undefined
    return [there, `${load(model ?? '<model>')}.`].filter(Boolean).join(' ')
  }

/** The models a server lists; none where it does not. */
async function namesAt(url: string, headers: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const got = await getJson({}, url, { patience: PATIENCE, headers }).catch(() => undefined)
  const rows = isObject(got?.body) && Array.isArray(got.body.data) ? got.body.data : []
  return rows.flatMap((row) => (isObject(row) && typeof row.id === 'string' ? [row.id] : []))
}
