import { type ColumnType, type WriteRows, columnsOf, flattened, text } from './map-output.ts'
import type { Row } from './map-rows.ts'

/** A column with the values of one group of rows. */
interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: true
  readonly data: readonly unknown[]
}

/** What is used of https://github.com/hyparam/hyparquet-writer */
export interface Parquet {
  readonly fileWriter: (path: string) => unknown
  readonly schemaFromColumnData: (options: { readonly columnData: readonly Column[] }) => unknown
  readonly ParquetWriter: new (options: { readonly writer: unknown; readonly schema: unknown }) => {
    write(options: { readonly columnData: readonly Column[] }): void | Promise<void>
    finish(): void | Promise<void>
  }
}

/** Rows that are held in memory at once. */
const GROUP = 5000

/** Writes Parquet files, group by group. */
export const parquetWriter =
  ({ fileWriter, schemaFromColumnData, ParquetWriter }: Parquet): WriteRows =>
  async (rows, path) => {
    const types = [...(await columnsOf(rows))]
    const columns = (group: readonly Row[]): readonly Column[] =>
      types.map(([name, type]) => ({
        name,
        type,
        nullable: true,
        data: group.map((row) =>
          type === 'STRING' && row[name] !== null && row[name] !== undefined
            ? text(row[name])
            : (row[name] ?? null),
        ),
      }))
    const schema = schemaFromColumnData({ columnData: columns([]) })
    const writer = new ParquetWriter({ writer: fileWriter(path), schema })
    let group: Row[] = []
    for await (const row of rows()) {
      if (group.push(flattened(row)) < GROUP) continue
      await writer.write({ columnData: columns(group) })
      group = []
    }
    if (group.length > 0) await writer.write({ columnData: columns(group) })
    await writer.finish()
  }
