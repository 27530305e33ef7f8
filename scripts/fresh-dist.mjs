// Builds dist when it is older than its sources. Several tests and checks may ask at the same time: one builds, the rest wait.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { filesUnder } from './files.mjs'

const MARK = 'dist/index.js'
const LOCK = 'node_modules/.natter-build'
const LOCK_LASTS = 60_000

/** Makes dist what the sources say; throws with the compiler's words when it cannot. */
export async function ensureDist() {
  if (!isStale()) return
  while (!takeLock()) await sleep(100)
  try {
    if (isStale()) build()
  } finally {
    freeLock()
  }
}

function build() {
  const started = new Date()
  try {
    execFileSync('npm', ['run', '--silent', 'build'], { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    throw new Error(`the build failed:\n${error.stdout}${error.stderr}`, { cause: error })
  }
  // A source saved while the compiler ran is newer than this, so the next call builds again.
  utimesSync(MARK, started, started)
}

function isStale() {
  const built = modified(MARK)
  const sources = filesUnder('src', 'package.json', 'tsconfig.json', 'tsconfig.build.json')
  return sources.some((file) => modified(file) > built) || filesUnder('dist').some(isOrphan)
}

/** A built file whose source is gone would still be packed. The page is built anew as a whole. */
function isOrphan(file) {
  return (
    !file.startsWith('dist/web/page/') &&
    file.endsWith('.js') &&
    !existsSync(file.replace('dist/', 'src/').replace(/js$/, 'ts'))
  )
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function takeLock() {
  try {
    mkdirSync(LOCK)
    return true
  } catch {
    // Whoever took it may have been killed.
    if (Date.now() - modified(LOCK) > LOCK_LASTS) freeLock()
    return false
  }
}

function freeLock() {
  rmSync(LOCK, { recursive: true, force: true })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await ensureDist()
