import { env, homePath, joinPath, readText, writeText } from '#platform'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'

/** Something that was kept, and when. */
export interface Kept {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly value: unknown
}

/**
 * Where natter keeps what it may forget: `NATTER_CACHE`, else `natter` in `XDG_CACHE_HOME` or `~/.cache`. Undefined where `NATTER_CACHE`
 * is `off`.
 */
export function cacheFolder(): string | undefined {
  const asked = env('NATTER_CACHE')
  if (asked === 'off') return undefined
  return asked ?? joinPath(env('XDG_CACHE_HOME') ?? homePath('.cache'), 'natter')
}

/** What was kept under a name; undefined where nothing was, or it cannot be read. */
export function readKept(name: string): Kept | undefined {
  const folder = cacheFolder()
  const text = folder === undefined ? undefined : readText(joinPath(folder, `${name}.json`))
  const kept = text === undefined ? undefined : parsedJson(text)
  return isObject(kept) && typeof kept.at === 'number' && Number.isFinite(kept.at)
    ? { at: kept.at, value: kept.value }
    : undefined
}

/** Keeps something under a name, of letters, digits and `-`; false where there is no place for it. */
export async function keep(name: string, value: unknown): Promise<boolean> {
  const folder = cacheFolder()
  if (folder === undefined) return false
  return writeText(joinPath(folder, `${name}.json`), JSON.stringify({ at: Date.now(), value }))
}
