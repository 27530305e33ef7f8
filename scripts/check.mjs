// Everything but the tests, two at a time. `--fix` first lets the formatter and the linter mend what they can.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const CODE = ['src', 'test', 'scripts', 'bench'].filter((folder) => existsSync(folder))
const AT_ONCE = 2

// The slow ones first, so that the short ones fill the gaps; size and shape wait for the build in fresh-dist.mjs.
const CHECKS = [
  ['types', bin('tsc'), '--noEmit', '--incremental', '--tsBuildInfoFile', '.cache/types.tsbuildinfo'],
  ['page types', bin('tsc'), '--noEmit', '-p', 'src/web/page'],
  ['build', process.execPath, script('fresh-dist.mjs')],
  ['package shape', process.execPath, script('package-shape.mjs')],
  ['dead code', bin('knip'), '--no-progress'],
  ['bundle size', process.execPath, script('size.mjs')],
  ['lint', bin('oxlint'), '--deny-warnings', '--threads=1', ...CODE],
  ['format', bin('oxfmt'), '--check', '--threads=1', ...CODE],
  // Would `npm ci` take package-lock.json? Every platform's optional packages must stand in it.
  ['lockfile', 'npm', 'ci', '--dry-run', '--ignore-scripts', '--offline', '--loglevel=error'],
  ['arrows', process.execPath, script('arrows.mjs')],
  ['house rules', process.execPath, script('house.mjs')],
]

if (process.argv.includes('--fix')) {
  spawnSync(bin('oxlint'), ['--fix', '--quiet', ...CODE], { stdio: 'inherit' })
  spawnSync(bin('oxfmt'), CODE, { stdio: 'inherit' })
}

const started = performance.now()
const failed = []
const waiting = [...CHECKS]
await Promise.all(Array.from({ length: AT_ONCE }, work))

console.log(`\n${CHECKS.length - failed.length} of ${CHECKS.length} checks passed in ${since(started)}`)
if (!CODE.includes('bench')) console.log('skipped: format and lint of bench, which is not here')
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}${failed.some(canMend) ? '; try npm run check -- --fix' : ''}`)
  process.exitCode = 1
}

async function work() {
  for (let next; (next = waiting.shift());) await run(...next)
}

async function run(name, command, ...args) {
  const from = performance.now()
  const { code, output } = await outcome(command, args)
  const isOurs = command === process.execPath
  const note = code === 0 && isOurs ? output.trim().replaceAll('\n', ', ') : ''
  console.log(
    `${code === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(14)}${since(from).padStart(7)}  ${note}`.trimEnd(),
  )
  if (code === 0) return
  failed.push(name)
  console.log(output.trimEnd().replace(/^/gm, '      '))
}

function outcome(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', (error) => resolve({ code: 1, output: String(error) }))
    child.on('close', (code) => resolve({ code, output }))
  })
}

function canMend(name) {
  return name === 'format' || name === 'lint'
}

function bin(name) {
  return `node_modules/.bin/${name}`
}

function script(name) {
  return fileURLToPath(new URL(name, import.meta.url))
}

function since(time) {
  return `${((performance.now() - time) / 1000).toFixed(1)} s`
}
