// What a client weighs: in a bundle, and on disk after `npm install`.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundle } from '../scripts/bundle.mjs'
import { clients } from './clients/list.mjs'

const run = promisify(execFile)
const here = import.meta.dirname
const root = join(here, '..')

/** kB of the least a user imports, with all that is loaded at once; undefined where it cannot be bundled so. */
async function bundled(name, platform) {
  const { bytes } = await bundle(clients[name].entry, platform, here).catch(() => ({}))
  return bytes === undefined ? undefined : bytes / 1000
}

async function bytesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath ?? entry.path, entry.name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** What `npm install` puts on disk in an empty folder: bytes of all files, and packages. */
async function installed(name) {
  const { packages } = clients[name]
  if (packages.length === 0) return { bytes: 0, count: 0 }
  const folder = await mkdtemp(join(tmpdir(), 'natter-bench-'))
  try {
    const npm = (...args) => run('npm', args, { cwd: folder, timeout: 120_000 })
    await writeFile(join(folder, 'package.json'), '{ "private": true }')
    let wanted = packages
    if (name === 'natter') {
      // As a user gets it: packed, with what `files` names. The build is there already.
      await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
      wanted = (await readdir(folder)).filter((file) => file.endsWith('.tgz')).map((file) => `./${file}`)
    } else {
      const { dependencies } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'))
      wanted = packages.map((one) => `${one}@${dependencies[one]}`)
    }
    await npm('install', '--no-audit', '--no-fund', '--ignore-scripts', ...wanted)
    const lock = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8'))
    const count = Object.keys(lock.packages).length
    return { bytes: await bytesUnder(join(folder, 'node_modules')), count }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const kilobytes = { unit: 'kB', digits: 1 }

/** The case `sizes`, in the form of the others; it is measured once, by the runner itself. */
export const sizes = {
  name: 'sizes',
  title: 'Weight',
  metrics: [
    { key: 'node', title: 'bundle for Node, gzip', ...kilobytes },
    { key: 'browser', title: 'bundle for a browser, gzip', ...kilobytes },
    { key: 'disk', title: 'installed', unit: 'MB' },
    { key: 'count', title: 'packages', unit: '' },
  ],
  rounds: 1,
  async weigh(name, install) {
    const node = await bundled(name, 'node')
    const browser = name === 'floor-http' ? undefined : await bundled(name, 'browser')
    if (!install) return { node, browser }
    try {
      const { bytes, count } = await installed(name)
      return { node, browser, disk: bytes / 1e6, count }
    } catch (error) {
      console.error(`${name} could not be installed: ${error.message.split('\n')[0]}`)
      return { node, browser }
    }
  },
}
