import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { csvLine } from '../lib/csv.ts'
import { UsageError } from './failure.ts'
import { DELIMITERS, type Row } from './map-rows.ts'

/** Rows that can be read as often as it takes. */
export type Rows = () => AsyncIterable<Row>

/** Writes rows to a file, which is there only once it is whole. */
export type WriteRows = (rows: Rows, path: string) => Promise<void>

/**
 * Who writes files of a path's kind.
 * @throws UsageError for a kind that nobody writes, and where the package for it is missing
 */
export async function writerFor(path: string): Promise<WriteRows> {
  const kind = extname(path).toLowerCase()
  if (kind === '.jsonl' || kind === '.ndjson') return whole(writeJsonl)
  if (kind === '.parquet') return whole((await import('./map-parquet.ts')).parquetWriter(await loadParquet()))
  const delimiter = DELIMITERS[kind]
  if (delimiter === undefined)
    throw new UsageError(`${path}: answers are written to .jsonl, .csv, .tsv or .parquet files`)
  return whole((rows, file) => writeTable(rows, file, delimiter))
}

/** Not a literal in the import: it is an optional peer. */
const PARQUET: string = 'hyparquet-writer'

async function loadParquet(): Promise<import('./map-parquet.ts').Parquet> {
  try {
    return (await import(PARQUET)) as import('./map-parquet.ts').Parquet
  } catch (error) {
    throw new UsageError(`.parquet files are written by the package ${PARQUET}: npm install ${PARQUET}`, {
      cause: error,
    })
  }
}

const whole =
  (write: WriteRows): WriteRows =>
  async (rows, path) => {
    const draft = `${path}.${process.pid}.tmp`
    try {
      await write(rows, draft)
      await rename(draft, path)
    } finally {
      await rm(draft, { force: true })
    }
  }

const writeJsonl: WriteRows = (rows, path) =>
  writeLines(path, async (add) => {
    for await (const row of rows()) await add(`${JSON.stringify(row)}\n`)
  })

const writeTable = async (rows: Rows, path: string, delimiter: string): Promise<void> => {
  const columns = await columnsOf(rows)
  await writeLines(path, async (add) => {
    await add(csvLine([...columns.keys()], delimiter))
    for await (const row of rows()) {
      const flat = flattened(row)
      await add(
        csvLine(
          [...columns.keys()].map((name) => text(flat[name])),
          delimiter,
        ),
      )
    }
  })
}

/** The value of a field of a table as text. */
export const text = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

/** A row whose answer's members are columns of their own. */
export function flattened(row: Row): Row {
  const { answer, ...rest } = row
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return row
  const members = Object.entries(answer).map(([name, value]) => [`answer.${name}`, value])
  return { ...Object.fromEntries(members), ...rest }
}

/** What the values of a column are, all of them. */
export type ColumnType = 'STRING' | 'DOUBLE' | 'BOOLEAN'

/** The columns of rows with their types, those of the table first. */
export async function columnsOf(rows: Rows): Promise<ReadonlyMap<string, ColumnType>> {
  const found = new Map<string, ColumnType | undefined>()
  for await (const row of rows()) {
    for (const [name, value] of Object.entries({ ...row, ...flattened(row) })) {
      if (name === 'answer' && typeof value === 'object' && value !== null && !Array.isArray(value)) continue
      const before = found.get(name)
      found.set(name, value === null || value === undefined ? before : joined(before, typeOf(value)))
    }
  }
  // What was said of an answer stands behind the answer, also where only later rows have all its members.
  const last = ['error', 'inputTokens', 'outputTokens', 'cost'].filter((name) => found.has(name))
  const names = [...[...found.keys()].filter((name) => !last.includes(name)), ...last]
  const hasMembers = names.some((name) => name.startsWith('answer.'))
  return new Map(
    names
      .filter((name) => !(hasMembers && name === 'answer' && found.get(name) === undefined))
      .map((name) => [name, found.get(name) ?? 'STRING']),
  )
}

const typeOf = (value: unknown): ColumnType =>
  typeof value === 'number' ? 'DOUBLE' : typeof value === 'boolean' ? 'BOOLEAN' : 'STRING'

const joined = (a: ColumnType | undefined, b: ColumnType): ColumnType =>
  a === undefined || a === b ? b : 'STRING'

const PIECE = 1 << 16

async function writeLines(
  path: string,
  write: (add: (line: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const file: FileHandle = await open(path, 'w', 0o600)
  let waiting = ''
  try {
    await write(async (line) => {
      waiting += line
      if (waiting.length < PIECE) return
      await file.appendFile(waiting)
      waiting = ''
    })
    await file.appendFile(waiting)
    await file.datasync()
  } finally {
    await file.close()
  }
}
