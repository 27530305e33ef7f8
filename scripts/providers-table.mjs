// The table of providers in README.md and docs/providers.md, made of the providers' own data. `--check` only looks whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { report } from './files.mjs'

const PAGES = ['README.md', 'docs/providers.md']
const BEGIN = '<!-- providers: made by scripts/providers-table.mjs -->'
const END = '<!-- /providers -->'

/** A page with the table as it should be; undefined where the page has no place for it. */
export async function withTable(page, providers) {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) return undefined
  return `${page.slice(0, from + BEGIN.length)}\n${await tableOf(providers)}\n${page.slice(to)}`
}

/** One row for each provider. */
export async function tableOf(providers) {
  const rows = [...providers.values()].map(async ({ facts, construct }) => {
    const { id, name, docs, auth, model, served } = facts
    const byName = id === 'openai-compatible' ? '–' : code(`chat('${id}${model || served ? '' : '/…'}')`)
    return `| [${name}](${docs}) | ${code(construct.name)} | ${byName} | ${await keyOf(auth)} |`
  })
  return [
    '| provider | constructor | by name | key |',
    '|---|---|---|---|',
    ...(await Promise.all(rows)),
  ].join('\n')
}

async function keyOf({ variables, find, authorize, chainVariables, places: told, isOptional }) {
  const places = typeof told === 'string' ? told : await told()
  const isMore = find || authorize || chainVariables
  const words = isMore ? codes(places) : variables.map(code).join(' or ') || codes(places)
  return isOptional ? `none, or ${words}` : words
}

/** A sentence with its variables and files as code. */
const codes = (text) => text.replaceAll('`', '').replaceAll(/\b[A-Z]+_[A-Z_]+\b|(?:\$\w+|~)\/[\w./-]+/g, code)

function code(text) {
  return `\`${text}\``
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { ensureDist } = await import('./fresh-dist.mjs')
  await ensureDist()
  const { PROVIDERS } = await import(new URL('../dist/chats.js', import.meta.url).href)
  const problems = []
  for (const path of PAGES) {
    const page = readFileSync(path, 'utf8')
    const right = await withTable(page, PROVIDERS)
    if (right === undefined) problems.push(`${path}: no place for the table of providers`)
    else if (right !== page && process.argv.includes('--check'))
      problems.push(`${path}: the table of providers is old; run node scripts/providers-table.mjs`)
    else if (right !== page) writeFileSync(path, right)
  }
  report(problems)
}
