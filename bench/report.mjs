// The results as Markdown, which is also what the terminal shows.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { clients, floor as usualFloor } from './clients/list.mjs'

const here = import.meta.dirname

function sorted(numbers) {
  return numbers.filter((number) => Number.isFinite(number)).sort((a, b) => a - b)
}

function median(numbers) {
  const list = sorted(numbers)
  if (list.length === 0) return undefined
  const middle = list.length >> 1
  return list.length % 2 === 1 ? list[middle] : (list[middle - 1] + list[middle]) / 2
}

/** Three figures at most, none made up: 0.123, 1.23, 12.3, 123, 1,234. */
export function figures(number) {
  const digits = number >= 100 ? 0 : number >= 10 ? 1 : number >= 1 ? 2 : 3
  return number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function amount(number, unit) {
  if (number === undefined) return '–'
  const digits = unit === '' ? String(number) : figures(number)
  return unit === '' ? digits : unit === '×' ? `${digits} ×` : `${digits} ${unit}`
}

/** The ratios of a client to the floor of the case, each within one round. */
function ratiosOf(results, name, key, floor = usualFloor) {
  return results.map((round) => round[name]?.[key] / round[floor]?.[key])
}

function ratio(ratios) {
  const list = sorted(ratios)
  if (list.length === 0) return '–'
  const middle = `${figures(median(list))} ×`
  return list.length === 1 ? middle : `${middle} (${figures(list[0])}–${figures(list.at(-1))})`
}

/** Rows as a table of Markdown; the first are the heads of the columns. */
export function tableFrom(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const line = (row) => {
    const cells = row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])))
    return `| ${cells.join(' | ')} |`
  }
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(rows[0]), `| ${rule.join(' | ')} |`, ...rows.slice(1).map(line)].join('\n')
}

/**
 * One case as a table: a row for each client; the median of each metric, with its ratio to the floor. Below it
 * stands what there is to know of the work, and why a client has no numbers.
 */
export function tableOf({ title, name: caseName, metrics, note, floor }, names, results, absent) {
  const columns = metrics.flatMap((metric) => {
    const { key, unit, title: head } = metric
    const value = (name) => amount(median(results.map((round) => round[name]?.[key])), unit)
    if (!metric.ratio || !names.includes(floor ?? usualFloor)) return [{ head, value }]
    const against = {
      head: metric.ratioTitle ?? '× floor',
      value: (name) => ratio(ratiosOf(results, name, key, floor)),
    }
    return [{ head, value }, against]
  })
  const head = ['', ...columns.map((column) => column.head)]
  const rows = names.map((name) => [clients[name].label, ...columns.map((column) => column.value(name))])
  const missing = names.filter((name) => absent[name] !== undefined)
  const reasons = missing.map((name) => `${clients[name].label} is not in it: ${absent[name]}.`)
  const notes = [...(note === undefined ? [] : [note]), ...reasons].map((line) => `\n${line}\n`).join('')
  return `## ${title} (\`${caseName}\`)\n\n${tableFrom([head, ...rows])}\n${notes}`
}

const cpuPerDelta = ['each', 'many', 'split']

/** What issues 2, 3 and 6 ask of natter. `floor` is how far above the floor it may be, `limit` an absolute bound. */
const targets = [
  ...[2000, 50_000].flatMap((deltas) =>
    cpuPerDelta.map((writing) => ({ name: `stream-${deltas}-${writing}`, key: 'cpu', floor: 1.25 })),
  ),
  { name: 'calls', key: 'cpu', floor: 1.5 },
  { name: 'conversation', key: 'cpu', floor: 1.5 },
  { name: 'cold', key: 'answered', limit: 80, unit: 'ms' },
  { name: 'turns', key: 'growth', floor: 1.2 },
  { name: 'memory', key: 'rss', limit: 40, unit: 'kB' },
  { name: 'chats', key: 'cpu', floor: 1.3 },
  { name: 'chats', key: 'wall', floor: 1.3 },
  ...['', '-paced'].map((ending) => ({
    name: `structured-200k${ending}`,
    key: 'growth',
    limit: 12,
    unit: '×',
  })),
  { name: 'parallel-memory', key: 'cpu', floor: 1.3 },
  { name: 'parallel-memory', key: 'growth', limit: 1.1, unit: '×' },
  ...['parallel-paced', 'parallel-paced-slow', 'parallel-paced-untold'].flatMap((name) => [
    { name, key: 'ideal', limit: 1.05, unit: '×' },
    { name, key: 'failed', limit: 0, unit: '' },
  ]),
  { name: 'sizes', key: 'node', limit: 20, unit: 'kB' },
]

/** natter's numbers beside what was asked of them, for the cases that ran. */
export function targetsOf(cases, runs) {
  const rows = []
  for (const { name, key, floor: factor, limit, unit } of targets) {
    const results = runs.get(name) ?? []
    const floor = cases.find((one) => one.name === name)?.floor ?? usualFloor
    const ratios = ratiosOf(results, 'natter', key, floor)
    const reached =
      factor === undefined ? median(results.map((round) => round.natter?.[key])) : median(ratios)
    if (reached === undefined) continue
    const asked =
      factor === undefined
        ? `≤ ${limit} ${unit}`.trim()
        : `≤ ${factor} × ${floor === usualFloor ? 'floor' : clients[floor].label.replace('floor: ', '')}`
    const shown = factor === undefined ? amount(reached, unit) : ratio(ratios)
    rows.push([`\`${name}\` ${key}`, asked, shown, reached <= (factor ?? limit) ? 'yes' : 'no'])
  }
  if (rows.length === 0) return ''
  return `## natter against its targets\n\n${tableFrom([['case', 'asked', 'natter', 'reached'], ...rows])}\n`
}

function versionOf(name) {
  const folder = name === 'natter' ? '..' : join('node_modules', name)
  return JSON.parse(readFileSync(join(here, folder, 'package.json'), 'utf8')).version
}

/** The title, with all that the numbers depend on. */
export function heading(names, quick) {
  const packages = [...new Set(names.flatMap((name) => clients[name].packages))]
  const versions = packages.map((name) => `${name} ${versionOf(name)}`).join(', ')
  const date = new Date().toISOString().slice(0, 10)
  const args = process.argv.slice(2).join(' ')
  const note = quick ? ' (quick: one round, and counts smaller than the titles say)' : ''
  return `# natter beside its peers

${date}, Node ${process.versions.node}, ${availableParallelism()} cores.
${versions}.
Made by \`npm run bench${args === '' ? '' : ` -- ${args}`}\`${note}.

Medians of runs in processes of their own; a ratio is to the floor (node:http, a line splitter, JSON.parse) of
the same round, with the least and the greatest of the rounds after it. CPU is that of the client's process,
all threads. A slow client sits out some rounds, at most all but the first.
`
}

/** The last line: how long it took. */
export function footing(ms) {
  return `The whole run took ${figures(ms / 60_000)} minutes.\n`
}
