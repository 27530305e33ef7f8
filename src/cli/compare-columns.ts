import type { Compared } from './compared.ts'
import { hasLinks } from './console/has-links.ts'
import { markdownRows } from './console/markdown-rows.ts'
import { type Span, painted, span } from './console/span.ts'
import { clipped, widthOf } from './console/text-width.ts'
import { wrap } from './console/wrap.ts'
import { hasColour } from './io.ts'

/** What two columns need at least, and what stands between them. */
const NARROWEST = 32
const GAP = ' │ '
/** How wide rows are where nobody says. */
const USUAL = 80

/** Answers side by side where the terminal has room for them, else one under the other. */
export function columnsOf(all: readonly Compared[], columns = 0): string {
  const width = Math.floor((columns - GAP.length * (all.length - 1)) / all.length)
  const isWide = width >= NARROWEST
  const blocks = all.map((one) => rowsOf(one, isWide ? width : columns || USUAL))
  const shown = hasColour(process.stdout) ? painted : (row: readonly Span[]) => textOf(row)
  if (!isWide) return blocks.map((rows) => rows.map(shown).join('\n')).join('\n\n')
  const height = Math.max(...blocks.map(({ length }) => length))
  return Array.from({ length: height }, (_, at) =>
    blocks
      .map((rows) => {
        const row = rows[at] ?? []
        return `${shown(row)}${' '.repeat(Math.max(0, width - widthOf(textOf(row))))}`
      })
      .join(GAP)
      .trimEnd(),
  ).join('\n')
}

type Row = readonly Span[]

const textOf = (row: Row): string => row.map(({ text }) => text).join('')

function rowsOf({ model, text, error, turn, ...times }: Compared, width: number): readonly Row[] {
  const answer = markdownRows(text, { width, hasLinks: hasColour(process.stdout) && hasLinks() })
  const failure = error === undefined ? [] : wrap([span(error, { colour: 'red' })], width)
  const facts = factsOf({ turn, ...times }).join(' · ')
  return [
    [span(clipped(model, width), { bold: true })],
    ...answer,
    ...failure,
    ...wrap([span(facts, { dim: true })], width),
  ]
}

function factsOf({
  turn,
  firstText,
  duration,
}: Pick<Compared, 'turn' | 'firstText' | 'duration'>): readonly string[] {
  const { usage, cost, servedBy } = turn ?? {}
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  const writing = duration - (firstText ?? duration)
  return [
    firstText !== undefined && `first text after ${seconds(firstText)}`,
    `${seconds(duration)} in all`,
    usage?.output !== undefined && `${usage.input ?? '?'} tokens in, ${usage.output} out`,
    usage?.output !== undefined && writing > 100 && `${Math.round((usage.output / writing) * 1000)} tokens/s`,
    cost !== undefined && `$${cost.toFixed(6)}`,
    servedBy && `by ${servedBy}`,
  ].filter((fact) => typeof fact === 'string' && fact !== '') as readonly string[]
}
