/** How short the first and the last column may become before others are left out. */
const SHORTEST = { first: 16, last: 8 } as const
const GAP = 2

/** Rows in aligned columns, the first row their titles; in a narrow place they are cut, and those on the right left out. */
export function table(rows: readonly (readonly string[])[], width = Infinity): string {
  const columns = Math.max(...rows.map(({ length }) => length))
  const widths = Array.from({ length: columns }, (_, n) => widest(rows, n))
  for (; widths.length > 1; widths.pop()) {
    const last = widths.length - 1
    shrink(widths, last, SHORTEST.last, width)
    if (total(widths) <= width) break
    // What is left out makes room: the first column is cut only where the rest would not fit.
    if (widths.length <= columns - 1) shrink(widths, 0, SHORTEST.first, width)
    if (total(widths) <= width) break
  }
  return rows
    .map((row) =>
      widths
        .map((room, n) => cut(row[n] ?? '', room).padEnd(room))
        .join(' '.repeat(GAP))
        .trimEnd(),
    )
    .join('\n')
}

const widest = (rows: readonly (readonly string[])[], n: number): number =>
  Math.max(...rows.map((row) => (row[n] ?? '').length))

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1)

/** Takes from a column what is too much for all of them, down to a least width. */
function shrink(widths: number[], n: number, least: number, width: number): void {
  const excess = total(widths) - width
  const has = widths[n] ?? 0
  if (excess > 0) widths[n] = Math.max(Math.min(has, least), has - excess)
}

const cut = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`
