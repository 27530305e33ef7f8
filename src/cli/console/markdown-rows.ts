import type { Token, Tokens } from 'marked'
import { harmless } from '../io.ts'
import { Highlighter } from './highlight.ts'
import { type RowsOptions, inlineSpans } from './inline-spans.ts'
import { tokensOf } from './markdown.ts'
import { type Span, type Style, span } from './span.ts'
import { tableRows } from './table-rows.ts'
import { hardWrap, wrap } from './wrap.ts'

type Row = readonly Span[]

/** What is nested so deep that little room is left is not moved in any more, in columns. */
const NARROWEST = 16
const CODE_INDENT = 2

/** A Markdown text as rows, none wider than the terminal. */
export function markdownRows(text: string, options: RowsOptions): readonly Row[] {
  return rowsOf(tokensOf(text), options)
}

/** Blocks one under the other, with an empty row between them. */
function rowsOf(tokens: readonly Token[], options: RowsOptions, isItem = false): readonly Row[] {
  const rows: Row[] = []
  let before: Token | undefined
  for (const token of tokens) {
    if (token.type === 'space') continue
    const block = blockRows(token, options)
    // A list belongs to the words of the item above it.
    const isJoined = isItem && (token.type === 'list' || before?.type === 'text')
    if (rows.length > 0 && block.length > 0 && !isJoined) rows.push([])
    for (const row of block) rows.push(row)
    before = token
  }
  return rows
}

function blockRows(token: Token, options: RowsOptions): readonly Row[] {
  const { width } = options
  switch (token.type) {
    case 'heading': {
      const { depth, tokens } = token as Tokens.Heading
      const look: Style = {
        bold: true,
        colour: depth <= 2 ? 'cyan' : 'blue',
        ...(depth === 1 && { underline: true }),
      }
      return wrap(inlineSpans(tokens, options, look), width)
    }
    case 'paragraph':
    case 'text':
      return wrap(
        inlineSpans((token as Tokens.Paragraph).tokens ?? [{ ...token, type: 'escape' } as Token], options),
        width,
      )
    case 'list':
      return listRows(token as Tokens.List, options)
    case 'blockquote': {
      const mark = span('│ ', { colour: 'blue', dim: true })
      return within(mark, mark, (token as Tokens.Blockquote).tokens, options)
    }
    case 'code':
      return codeRows(token as Tokens.Code, options)
    case 'table':
      return tableRows(token as Tokens.Table, options)
    case 'hr':
      return [[span('─'.repeat(Math.min(width, 60)), { dim: true })]]
    default:
      // HTML, definitions and what is too much: text as it stands.
      return lines(token.raw).flatMap((line) => hardWrap([span(line)], width))
  }
}

function listRows({ ordered, start, items, loose }: Tokens.List, options: RowsOptions): readonly Row[] {
  const first = typeof start === 'number' ? start : 1
  const widest = ordered ? String(first + items.length - 1).length : 0
  const rows: Row[] = []
  for (const [at, { task, checked, tokens }] of items.entries()) {
    const box = task ? (checked ? '☑ ' : '☐ ') : ''
    const bullet = ordered ? `${String(first + at).padStart(widest)}. ` : `${box ? '' : '• '}`
    const mark = `${bullet}${box}`
    if (loose && rows.length > 0) rows.push([])
    const content = tokens.filter(({ type }) => type !== 'checkbox')
    const item = within(span(mark, { colour: 'cyan' }), span(' '.repeat(mark.length)), content, options, true)
    rows.push(...(item.length > 0 ? item : [[span(mark.trimEnd(), { colour: 'cyan' })]]))
  }
  return rows
}

/** Blocks behind a mark, which stands before the first row, and another before all others. */
function within(
  first: Span,
  others: Span,
  tokens: readonly Token[],
  options: RowsOptions,
  isItem = false,
): readonly Row[] {
  const room = options.width - first.text.length
  if (room < NARROWEST) return rowsOf(tokens, options, isItem)
  return rowsOf(tokens, { ...options, width: room }, isItem).map((row, at) =>
    row.length === 0 ? rowOf(others.text.trimEnd(), others) : [at === 0 ? first : others, ...row],
  )
}

const rowOf = (text: string, { style }: Span): Row => (text === '' ? [] : [span(text, style)])

function codeRows({ text, lang = '' }: Tokens.Code, options: RowsOptions): readonly Row[] {
  const highlighter = new Highlighter(languageOf(lang))
  return [
    ...codeStart(languageOf(lang)),
    ...lines(text).flatMap((line) => codeLine(line, highlighter, options)),
  ]
}

/** What stands above a block of code: its language, where it has one. */
export const codeStart = (language: string): readonly Row[] => {
  const name = harmless(language).slice(0, 30)
  return name === '' ? [] : [[span(name, { dim: true })]]
}

/** A line of code as rows. */
export function codeLine(text: string, highlighter: Highlighter, { width }: RowsOptions): readonly Row[] {
  const line = harmless(text).replaceAll('\t', '    ')
  const margin = width > NARROWEST ? CODE_INDENT : 0
  return hardWrap(highlighter.line(line), width - margin).map((row) =>
    margin > 0 && row.length > 0 ? [span(' '.repeat(margin)), ...row] : row,
  )
}

const languageOf = (info: string): string => /^\S*/.exec(info)?.[0] ?? ''

const lines = (text: string): readonly string[] =>
  text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => harmless(line).replaceAll('\t', '    '))
