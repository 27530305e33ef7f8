// npm test: gets what some tests drive (programs where it can, dist as the sources are), then runs vitest with the same arguments.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDist } from './fresh-dist.mjs'

// What a fresh machine may lack, the Debian package of the same name, and whose tests need it.
const TOOLS = {
  chromium: 'the tests of the page in a browser',
  curl: 'the tests of the server with curl',
  'redis-server': 'the tests of natter/queue',
  tmux: 'the tests of the terminal conversation',
}
const APT_LIMIT = 300_000

const missing = Object.keys(TOOLS).filter((name) => !isHere(name))
if (missing.length > 0) install(missing)
for (const name of missing.filter((it) => !isHere(it))) {
  console.log(`skipped: ${TOOLS[name]}, because ${name} is not installed here`)
}

// Most tests need only src, so they run whatever the compiler says of it.
await ensureDist().catch((error) => console.log(error.message))

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const reporters = [
  '--reporter=default',
  `--reporter=${fileURLToPath(new URL('reporter.mjs', import.meta.url))}`,
]
const args = [vitest, 'run', ...reporters, ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
process.exitCode = status ?? 1

function install(names) {
  if (process.getuid?.() !== 0 || !isHere('apt-get')) return
  console.log(`installing ${names.join(' and ')} for the tests`)
  apt('update')
  apt('install', '--yes', '--no-install-recommends', ...names)
}

function apt(...command) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Its own words matter only when it fails, and then the tests that lack the program say so by name.
  spawnSync('apt-get', ['-qq', ...command], { env, stdio: 'ignore', timeout: APT_LIMIT })
}

function isHere(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
