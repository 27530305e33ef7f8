/** How a piece of text looks in a terminal. */
export interface Style {
  readonly bold?: boolean
  readonly italic?: boolean
  readonly dim?: boolean
  readonly underline?: boolean
  readonly strike?: boolean
  readonly colour?: Colour
  /** Where a click leads, in terminals that know links. */
  readonly href?: string
}

/** A colour of the terminal's own palette, which fits its background. */
export type Colour = keyof typeof COLOURS

/** A piece of text that looks the same throughout. It holds no control characters. */
export interface Span {
  readonly text: string
  readonly style: Style
}

const COLOURS = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const
const CODES = { bold: 1, dim: 2, italic: 3, underline: 4, strike: 9 } as const

/** A span of text. */
export const span = (text: string, style: Style = {}): Span => ({ text, style })

/** A row as a terminal is told it; each begins and ends in the usual look, so that rows can stand in any order. */
export const painted = (row: readonly Span[]): string => row.map(paintedSpan).join('')

function paintedSpan({ text, style }: Span): string {
  const codes: number[] = []
  for (const name of ['bold', 'dim', 'italic', 'underline', 'strike'] as const)
    if (style[name]) codes.push(CODES[name])
  if (style.colour) codes.push(COLOURS[style.colour])
  const shown = codes.length > 0 ? `\u001b[${codes.join(';')}m${text}\u001b[0m` : text
  return style.href ? `\u001b]8;;${style.href}\u001b\\${shown}\u001b]8;;\u001b\\` : shown
}
