import { type Named, PROVIDERS } from '../chats.ts'
import { type Auth, findKey } from '../providers/auth.ts'

/** What is listed of a provider; never a key. */
interface Row {
  /** As in `natter -m name/model`. */
  readonly name: string
  readonly title: string
  readonly constructor: string
  /** Variables that may hold a key or a part of other credentials. */
  readonly variables: readonly string[]
  /** Where one was found: a variable, or a token file; null where none was. Credentials that only a cloud's tools find are not seen. */
  readonly found: string | null
  readonly needsKey: boolean
  readonly model: string | null
  readonly docs: string
}

/** How many variables are shown in the table. */
const MOST = 2

/** Lists all providers, and gives the exit code. */
export function providers(json: boolean): number {
  const rows = [...PROVIDERS.values()].map(rowOf)
  process.stdout.write(`${json ? rows.map((row) => JSON.stringify(row)).join('\n') : table(rows)}\n`)
  return 0
}

/** Variables that may hold a key or a part of other credentials. */
export const variablesOf = ({ variables, chainVariables = [] }: Auth): readonly string[] => [
  ...variables,
  ...chainVariables,
]

/** Where a key, or a part of other credentials, is at hand; undefined where none was found. */
export const placeOfKey = (auth: Auth): string | undefined =>
  findKey(auth)?.place ?? variablesOf(auth).find((variable) => process.env[variable]?.trim())

function rowOf({ facts, construct }: Named): Row {
  const { id, name, docs, auth, model } = facts
  const variables = variablesOf(auth)
  const found = placeOfKey(auth)
  return {
    name: id,
    title: name,
    constructor: construct.name,
    variables,
    found: found ?? null,
    needsKey: !auth.isOptional,
    model: model ?? null,
    docs,
  }
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, found, needsKey, variables, model, docs }) => [
    name,
    found === null ? (needsKey ? 'no key' : 'no key needed') : 'key found',
    found ?? (variables.slice(0, MOST).join(' or ') + (variables.length > MOST ? ' …' : '') || '-'),
    model ?? '-',
    docs,
  ])
  const all = [['NAME', 'KEY', 'FROM', 'DEFAULT MODEL', 'DOCS'], ...lines]
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)))
  return all
    .map((line) =>
      line
        .map((word, column) => word.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
