import { readCatalog } from '../capabilities/catalog.ts'
import { getJson } from './get-json.ts'
import { keep, readKept } from './disk-cache.ts'
import { type Line, urlOf } from './line.ts'

/** How long a catalogue counts as live in memory and on disk, in milliseconds. */
const FRESH = 5 * 60_000
const FRESH_ON_DISK = 60 * 60_000
/** How long to wait for it: nobody asked for it himself. */
const PATIENCE = 5000

/** A router's catalogue as it came, and when. */
export interface KeptCatalog {
  /** The body of `GET /v1/models`. */
  readonly body: unknown
  /** Milliseconds since 1970. */
  readonly at: number
  /** Whether it is older than it should be, because no newer one could be had. */
  readonly isStale: boolean
}

const kept = new Map<string, { readonly at: number; readonly catalog: Promise<KeptCatalog | undefined> }>()

/**
 * The catalogue of the router behind a line, with its backends' prices; kept for five minutes, and on disk for an hour or until there is a
 * newer one. Undefined where the provider has none, or none could be had. https://huggingface.co/docs/inference-providers/hub-api
 */
export function catalogOf(line: Line): Promise<KeptCatalog | undefined> {
  const { provider, baseUrl } = line
  if (!provider.catalogPath) return Promise.resolve(undefined)
  const url = urlOf(baseUrl, provider.catalogPath)
  const known = kept.get(url)
  if (known && Date.now() - known.at < FRESH) return known.catalog
  const catalog = findCatalog(line, url).catch(() => {
    kept.delete(url)
    return undefined
  })
  kept.set(url, { at: Date.now(), catalog })
  return catalog
}

/** The last that was had in this process, by URL: for when there is no disk. */
const last = new Map<string, KeptCatalog>()

async function findCatalog(line: Line, url: string): Promise<KeptCatalog | undefined> {
  const name = `catalog-${nameOf(url)}`
  const stored = readKept(name)
  const old = stored ? { body: stored.value, at: stored.at, isStale: true } : last.get(url)
  if (stored && Date.now() - stored.at < FRESH_ON_DISK)
    return { body: stored.value, at: stored.at, isStale: false }
  try {
    // It is public: no key is sent for it.
    const { status, body } = await getJson(line, url, { patience: PATIENCE })
    if (status === 200 && body !== undefined) {
      const catalog = { body, at: Date.now(), isStale: false }
      // Only a catalogue is worth keeping: what one's own server lists changes with its model.
      if (readCatalog(body)) {
        last.set(url, { ...catalog, isStale: true })
        void keep(name, body)
      }
      return old && !readCatalog(body) ? old : catalog
    }
    // A server without a catalogue will not have one the next time.
    if (status < 500 && status !== 429 && !old) return undefined
    throw new Error(`the catalogue answered ${status}`)
  } catch (error) {
    if (old) return old
    throw error
  }
}

/** A file name for a URL: two that differ must not share one. */
function nameOf(url: string): string {
  let hash = 0n
  for (const char of url) hash = (hash * 131n + BigInt(char.codePointAt(0) ?? 0)) % (1n << 64n)
  return hash.toString(36)
}
