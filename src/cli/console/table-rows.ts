import type { Tokens } from 'marked'
import { type RowsOptions, inlineSpans } from './inline-spans.ts'

import { type Span, span } from './span.ts'
import { widthOf } from './text-width.ts'
import { wrap } from './wrap.ts'

type Row = readonly Span[]

/** A column is not made narrower than this; where that is still too wide, the cells stand one under the other. */
const NARROWEST = 6
const GAP = ' │ '
const LINE = { dim: true } as const

/** A table that fits: its widest columns are made narrower, and their cells take several rows. */
export function tableRows({ header, rows, align }: Tokens.Table, options: RowsOptions): readonly Row[] {
  const titles = header.map(({ tokens }) => inlineSpans(tokens, options, { bold: true }))
  const cells = rows.map((row) => row.map(({ tokens }) => inlineSpans(tokens, options)))
  const natural = titles.map((title, at) =>
    Math.max(1, widthOfAll(title), ...cells.map((row) => widthOfAll(row[at] ?? []))),
  )
  const room = options.width - GAP.length * (natural.length - 1)
  const widths = fitted(natural, room)
  if (!widths) return stacked(titles, cells, options.width)
  const drawn = (row: readonly Row[]): readonly Row[] => {
    const columns = widths.map((width, at) => wrap(row[at] ?? [], width))
    const height = Math.max(...columns.map(({ length }) => length))
    return Array.from({ length: height }, (_, line) =>
      columns.flatMap((column, at) => [
        ...(at > 0 ? [span(GAP, LINE)] : []),
        ...aligned(column[line] ?? [], widths[at] ?? 1, align[at] ?? null, at === columns.length - 1),
      ]),
    )
  }
  const rule = span(widths.map((width) => '─'.repeat(width)).join('─┼─'), LINE)
  return [...drawn(titles), [rule], ...cells.flatMap(drawn)]
}

/** Widths that fit; undefined where there are too many columns. */
function fitted(natural: readonly number[], room: number): readonly number[] | undefined {
  const least = natural.map((width) => Math.min(width, NARROWEST))
  if (sum(least) > room) return undefined
  if (sum(natural) <= room) return natural
  // The width that no column may exceed so that all fit.
  let most = room
  while (sum(natural.map((width) => Math.min(width, most))) > room) most--
  const widths = natural.map((width) => Math.min(width, most))
  for (let at = 0, left = room - sum(widths); at < widths.length && left > 0; at++)
    if (natural[at]! > most) {
      widths[at]!++
      left--
    }
  return widths
}

function aligned(row: Row, width: number, align: 'left' | 'right' | 'center' | null, isLast: boolean): Row {
  const left = Math.max(0, width - widthOfAll(row))
  const before = align === 'right' ? left : align === 'center' ? left >> 1 : 0
  return [...blank(before), ...row, ...blank(isLast ? 0 : left - before)]
}

const blank = (width: number): Row => (width > 0 ? [span(' '.repeat(width))] : [])

/** Each cell behind the title of its column. */
function stacked(titles: readonly Row[], cells: readonly (readonly Row[])[], width: number): readonly Row[] {
  const one = (row: readonly Row[]): readonly Row[] =>
    titles.flatMap((title, at) => wrap([...title, span(': '), ...(row[at] ?? [])], width))
  return cells.length === 0 ? one([]) : cells.flatMap((row, at) => (at > 0 ? [[], ...one(row)] : one(row)))
}

/** A line break in a cell is one row after the other. */
const widthOfAll = (spans: Row): number => {
  let widest = 0
  let line = 0
  for (const { text } of spans)
    for (const [at, part] of text.split('\n').entries()) {
      line = at > 0 ? widthOf(part) : line + widthOf(part)
      widest = Math.max(widest, line)
    }
  return widest
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
