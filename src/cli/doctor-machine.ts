import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { cacheFolder } from '../providers/disk-cache.ts'
import { hubUrl } from '../providers/hub.ts'
import { allLearned } from '../providers/knowledge-store.ts'
import { type Check, check } from './check.ts'
import { ago } from './in-words.ts'
import { version } from '../lib/version-node.ts'

/** What there is to see on this machine. */
export const machineChecks = async (baseUrl: string): Promise<readonly Check[]> => [
  node(),
  check('natter', 'ok', version()),
  await proxy(baseUrl),
  cache(),
  await learned(),
]

function node(): Check {
  const wanted = /\d+(?:\.\d+)*/.exec(engines())?.[0] ?? '0'
  const has = process.versions.node
  return isOlder(has, wanted)
    ? check('node', 'fail', `${has} is too old`, `install Node ${wanted} or newer`)
    : check('node', 'ok', has)
}

/** The path is the same from src/cli and from dist/cli. */
function engines(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { readonly engines: { readonly node: string } }).engines.node
}

/** Whether a version is before another, both of numbers between dots. */
export function isOlder(has: string, wanted: string): boolean {
  const [a, b] = [has, wanted].map((text) => text.split('.').map(Number))
  const place = (b ?? []).findIndex((number, n) => number !== (a?.[n] ?? 0))
  return place >= 0 && (a?.[place] ?? 0) < (b?.[place] ?? 0)
}

async function proxy(baseUrl: string): Promise<Check> {
  const { getProxyForUrl } = await import('proxy-from-env')
  const urls = [baseUrl, hubUrlOrNone()].filter((url) => url !== undefined)
  const used = [...new Set(urls.map((url) => getProxyForUrl(url)).filter(Boolean))]
  const wrong = used.filter((url) => !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
  if (wrong.length > 0)
    return check(
      'proxy',
      'fail',
      'the environment names a proxy that is no http: or https: URL',
      'correct HTTPS_PROXY, or name hosts without a proxy in NO_PROXY',
    )
  // A proxy's address may hold a password.
  const hosts = used.map((url) => new URL(url).host)
  return check('proxy', 'ok', hosts.length > 0 ? `requests go through ${hosts.join(' and ')}` : 'none')
}

function hubUrlOrNone(): string | undefined {
  try {
    return hubUrl()
  } catch {
    return undefined
  }
}

const CACHE_FIX = 'set NATTER_CACHE to a folder that can be written, or to off'

function cache(): Check {
  const folder = cacheFolder()
  if (folder === undefined) return check('cache', 'ok', 'off: nothing is kept between processes')
  let place = folder
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place)
  try {
    if (!statSync(place).isDirectory()) return check('cache', 'warn', `${place} is no folder`, CACHE_FIX)
    accessSync(place, constants.W_OK)
    return check('cache', 'ok', folder)
  } catch {
    return check('cache', 'warn', `${place} cannot be written: all is asked and learned anew`, CACHE_FIX)
  }
}

async function learned(): Promise<Check> {
  const lessons = [...(await allLearned()).values()]
  if (lessons.length === 0) return check('learned', 'ok', 'nothing yet')
  const oldest = new Date(Math.min(...lessons.map(({ at }) => at)))
  const number = `${lessons.length} model${lessons.length === 1 ? '' : 's'} at a backend or anywhere`
  return check('learned', 'ok', `of ${number}, the oldest ${ago(oldest)}; natter forget clears it`)
}
