// The benchmark: every client does the same work against the same server, each measured run in a process of
// its own, the clients taking turns in rounds so that a slow minute of the machine falls on all of them.
import { execFileSync, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cases as measured } from './cases.mjs'
import { clients, everyone } from './clients/list.mjs'
import { constructors } from './constructors.mjs'
import { heading, tableOf, targetsOf, footing } from './report.mjs'
import { page } from './page.mjs'
import { sizes } from './sizes.mjs'

const here = import.meta.dirname
const root = join(here, '..')
const cases = [...measured, sizes, constructors, page]
const usage = `Usage: npm run bench -- [--case name] [--clients a,b] [--rounds n] [--quick] [--patient] [--write]
  --case     only this case, or those that start so: ${cases.map(({ name }) => name).join(', ')}
  --clients  only these: ${Object.keys(clients).join(', ')}
  --rounds   how often the clients take turns in each case
  --quick    one round of smaller work, about a minute
  --patient  also what one client takes minutes for, once
  --write    write bench/RESULTS.md, as a full run does`

const { values } = readArguments()
const chosenCases = cases.filter(({ name, quick }) => {
  if (values.case !== undefined) return name.startsWith(values.case)
  return !values.quick || quick !== false
})
const wanted = values.clients?.split(',') ?? Object.keys(clients)
// What is of natter alone needs no peers.
const hasPeers = chosenCases.some(({ table }) => table === undefined)
const clientsOf = (one) =>
  (one.clients ?? (one.table ? ['natter'] : everyone)).filter((name) => wanted.includes(name))
const chosenClients = wanted.filter((name) => chosenCases.some((one) => clientsOf(one).includes(name)))
const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
if (chosenCases.length === 0) fail(`no case is called ${values.case}`)
const stranger = wanted.find((name) => clients[name] === undefined)
if (stranger !== undefined) fail(`no client is called ${stranger}`)
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0))
  fail(`--rounds ${values.rounds}: not a count`)

function readArguments() {
  const options = { case: { type: 'string' }, clients: { type: 'string' }, rounds: { type: 'string' } }
  const flag = { type: 'boolean', default: false }
  try {
    return parseArgs({ options: { ...options, quick: flag, patient: flag, write: flag, help: flag } })
  } catch (error) {
    fail(error.message)
  }
}

function fail(message) {
  console.error(`${message}\n${usage}`)
  process.exit(2)
}

function modifiedIn(folder) {
  return Math.max(
    ...readdirSync(folder, { recursive: true }).map((file) => statSync(join(folder, file)).mtimeMs),
  )
}

/** Installs the peers and builds natter where that has not been done. */
function prepare() {
  const npm = (cwd, ...args) => execFileSync('npm', args, { cwd, stdio: ['ignore', 2, 2] })
  const installed = join(here, 'node_modules/.package-lock.json')
  const stale =
    !existsSync(installed) || statSync(installed).mtimeMs < statSync(join(here, 'package-lock.json')).mtimeMs
  if (stale && hasPeers) npm(here, 'ci', '--no-audit', '--no-fund', '--ignore-scripts')
  if (!chosenClients.includes('natter')) return
  const entry = join(root, 'dist/index.js')
  if (!existsSync(entry)) npm(root, 'run', 'build')
  else if (modifiedIn(join(root, 'src')) > statSync(entry).mtimeMs) {
    console.error(
      'src/ is newer than dist/: what is measured is the older build (npm run build makes a new one)',
    )
  }
}

/** No proxy, key or switch of the person's shell may reach a client: it would do other work. */
const env = Object.fromEntries(['PATH', 'HOME'].map((name) => [name, process.env[name]]))

/** Says on a terminal what is going on, in one line that the next replaces. */
function tell(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
}

/** One measured run, in a process of its own; its last line of output is the result. */
async function measureOnce(one, clientName, url) {
  const { script = 'measure.mjs', flags = [], name } = one
  const args = script === 'cold.mjs' ? [clientName, url] : [clientName, name, '--url', url]
  if (values.quick && script === 'measure.mjs') args.push('--quick')
  if (values.patient && script === 'measure.mjs') args.push('--patient')
  const child = spawn(process.execPath, [...flags, join(here, script), ...args], {
    cwd: here,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: values.patient ? 600_000 : 120_000,
    killSignal: 'SIGKILL',
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (part) => (output += part))
  child.stderr.on('data', (part) => (errors += part))
  const [code, signal] = await once(child, 'close')
  if (code !== 0) {
    const why = errors.split('\n').find((line) => /Error\b/.test(line)) ?? `it ended with ${signal ?? code}`
    throw new Error(why.trim())
  }
  return JSON.parse(output.trim().split('\n').at(-1))
}

/** ms that a client may spend on a case; over it, it sits the other rounds out (the second at twice this). */
const patience = 5000

/**
 * The runs of one case: a list of rounds, each the results by client. `absent` says of clients why they have
 * none, and grows when one is left out for what its own first run predicts.
 */
async function runCase(one, url, failures, absent) {
  const names = clientsOf(one)
  const results = []
  const spent = {}
  const count = values.quick && rounds === undefined ? 1 : (rounds ?? one.rounds)
  // The first start after a while reads the files from disk, which is not what a cold import means here.
  if (one.script === 'cold.mjs') {
    for (const name of names) await measureOnce(one, name, url).catch(() => {})
  }
  for (let round = 0; round < count; round++) {
    const result = {}
    const take = async (name) => {
      if (absent[name] !== undefined || failures.has(`${one.name} ${name}`)) return
      if (rounds === undefined && spent[name] > patience * (round === 1 ? 2 : 1)) return
      tell(`${one.name}  round ${round + 1} of ${count}  ${name}`)
      const start = performance.now()
      try {
        const outcome =
          one.weigh === undefined ? await measureOnce(one, name, url) : await one.weigh(name, !values.quick)
        if (outcome.skipped === undefined) result[name] = outcome
        else absent[name] = outcome.skipped
      } catch (error) {
        failures.set(`${one.name} ${name}`, error.message)
      }
      spent[name] = (spent[name] ?? 0) + performance.now() - start
    }
    // Those after the first go side by side where they mostly wait.
    const alone = one.isTogether ? names.slice(0, 1) : names
    for (const name of alone) await take(name)
    await Promise.all(names.slice(alone.length).map(take))
    results.push(result)
  }
  tell('')
  return results
}

async function main() {
  const start = performance.now()
  prepare()
  const server = fork(join(here, 'server.mjs'), { env, execArgv: [] })
  const [{ url }] = await once(server, 'message')
  const failures = new Map()
  const runs = new Map()
  const report = [heading(chosenClients, values.quick)]
  console.log(report[0])
  try {
    for (const one of chosenCases) {
      if (one.table !== undefined) {
        if (!chosenClients.includes('natter')) continue
        report.push(await one.table())
        console.log(report.at(-1))
        continue
      }
      const absent = { ...one.absent }
      const results = await runCase(one, url, failures, absent)
      runs.set(one.name, results)
      report.push(tableOf(one, clientsOf(one), results, absent))
      console.log(report.at(-1))
    }
  } finally {
    server.disconnect()
  }
  if (failures.size > 0) {
    report.push(`Failed:\n\n${[...failures].map(([what, why]) => `- ${what}: ${why}`).join('\n')}\n`)
    console.log(report.at(-1))
  }
  const targets = targetsOf(chosenCases, runs)
  console.log(targets)
  report.splice(1, 0, targets)
  report.push(footing(performance.now() - start))
  const full = !values.quick && values.case === undefined && values.clients === undefined
  if (full || values.write) writeFileSync(join(here, 'RESULTS.md'), report.join('\n'))
  process.exitCode = failures.size > 0 ? 1 : 0
}

if (values.help) console.log(usage)
else await main()
