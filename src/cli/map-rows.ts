import { type ReadStream, createReadStream, statSync } from 'node:fs'
import { extname } from 'node:path'
import { CsvError, readCsv } from '../lib/csv.ts'
import { isObject } from '../lib/merge.ts'
import { UsageError } from './failure.ts'

/** A row of a table: its columns' values by name. */
export type Row = Readonly<Record<string, unknown>>

/** The delimiters of table files by their extension; JSONL has none. */
export const DELIMITERS: Readonly<Record<string, string>> = { '.csv': ',', '.tsv': '\t' }

const JSONL = new Set(['.jsonl', '.ndjson'])

/**
 * The rows of a file, one by one.
 * @throws UsageError for a file of another kind, one that is not there, and a row that cannot be read
 */
export async function* readRows(path: string): AsyncGenerator<Row, void, undefined> {
  const kind = extname(path).toLowerCase()
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new UsageError(`${path}: there is no such file`)
  if (JSONL.has(kind)) yield* jsonRows(path)
  else if (DELIMITERS[kind] !== undefined) yield* tableRows(path, DELIMITERS[kind])
  else throw new UsageError(`${path}: the rows must be in a .csv, .tsv or .jsonl file`)
}

async function* tableRows(path: string, delimiter: string): AsyncGenerator<Row> {
  let names: readonly string[] | undefined
  let number = 1
  try {
    for await (const record of readCsv(textOf(path), delimiter)) {
      if (!names) {
        names = named(path, record)
        continue
      }
      number++
      if (record.length !== names.length)
        throw new UsageError(
          `${path}: record ${number} has ${record.length} fields, and there are ${names.length} columns: ${names.join(', ')}`,
        )
      yield Object.fromEntries(names.map((name, at) => [name, record[at]]))
    }
  } catch (error) {
    throw error instanceof CsvError ? new UsageError(`${path}, ${error.message}`, { cause: error }) : error
  }
}

function named(path: string, record: readonly string[]): readonly string[] {
  const names = record.map((name) => name.trim())
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined)
    throw new UsageError(`${path}: there are two columns named ${JSON.stringify(twice)}`)
  return names
}

async function* jsonRows(path: string): AsyncGenerator<Row> {
  let rest = ''
  let number = 0
  const parse = (line: string): Row[] => {
    number++
    if (line.trim() === '') return []
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      throw new UsageError(`${path}, line ${number}: it is no JSON: ${(error as Error).message}`, {
        cause: error,
      })
    }
    if (!isObject(value)) throw new UsageError(`${path}, line ${number}: a row must be a JSON object`)
    return [value]
  }
  for await (const piece of textOf(path)) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield* parse(line)
  }
  yield* parse(rest)
}

const textOf = (path: string): ReadStream & AsyncIterable<string> =>
  createReadStream(path, 'utf8') as ReadStream & AsyncIterable<string>
