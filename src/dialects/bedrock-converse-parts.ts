import type { Citation, Media } from '../core/content.ts'
import type { Usage } from '../core/usage.ts'
import { isObject } from '../lib/merge.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** A source: a page of the web, a search result, or a document of the conversation, which is named `document:` and its number. */
export function readCitation({ title, source, location }: JsonObject): Citation {
  const where = isObject(location) ? Object.entries(location)[0] : undefined
  const at = isObject(where?.[1]) ? where[1] : {}
  const given = [at.url, source].find((url) => typeof url === 'string' && url !== '')
  const url = typeof given === 'string' ? given : `document:${String(at.documentIndex ?? 0)}`
  return { type: 'citation', url, ...(typeof title === 'string' && title !== '' && { title }) }
}

/** A picture that a model made. */
export function readPicture({ format, source }: JsonObject): Media | undefined {
  if (!isObject(source) || typeof source.bytes !== 'string') return undefined
  return { type: 'media', kind: 'image', mimeType: `image/${String(format ?? 'png')}`, data: source.bytes }
}

/** The counts of an answer; the API counts what is read from its cache and written to it apart from the rest of the input. */
export function readUsage(counts: unknown): Usage | undefined {
  if (!isObject(counts)) return undefined
  const input = count(counts.inputTokens)
  const output = count(counts.outputTokens)
  // The longer names are older.
  const cachedInput = count(counts.cacheReadInputTokens) ?? count(counts.cacheReadInputTokenCount)
  const cacheWrite = count(counts.cacheWriteInputTokens) ?? count(counts.cacheWriteInputTokenCount)
  if ((input ?? output ?? cachedInput ?? cacheWrite) === undefined) return undefined
  return {
    ...(input !== undefined && { input: input + (cachedInput ?? 0) + (cacheWrite ?? 0) }),
    ...(output !== undefined && { output }),
    ...(cachedInput !== undefined && { cachedInput }),
    ...(cacheWrite !== undefined && { cacheWrite }),
  }
}

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 ? value : undefined
