// Markdown as tokens: marked with maths. What is made of the tokens stands in markdown-dom.ts.
import {
  Marked,
  type MarkedExtension,
  type Token,
  type TokenizerAndRendererExtension,
  type Tokens,
} from 'marked'

/** A formula in TeX. */
export interface MathToken {
  readonly type: 'math'
  readonly raw: string
  readonly tex: string
  readonly isBlock: boolean
}

// The bounds keep what is never closed from being searched to its end again and again.
const BLOCK = /^(?:\$\$[ \t]*\n?([^$]{1,4000}?)\$\$|\\\[([\s\S]{1,4000}?)\\\])[ \t]*(?:\n+|$)/
// As pandoc: no space inside the dollars and no digit after them, or "$5 and $6" would be a formula.
const INLINE =
  /^(?:\$\$([^$]{1,2000}?)\$\$|\$(?![\s$])((?:\\[^\n]|[^\\$\n]){1,1000}?)(?<!\s)\$(?!\d)|\\\(([\s\S]{1,1000}?)\\\)|\\\[([\s\S]{1,2000}?)\\\])/
/** More signs of emphasis than this in one paragraph, and the rest of it is plain text: marked looks for the end of each in all that follows. */
const MOST_SIGNS = 600

const maths = (name: string, level: 'block' | 'inline', pattern: RegExp): TokenizerAndRendererExtension => ({
  name,
  level,
  start: level === 'block' ? blockStart : inlineStart,
  tokenizer: (source) => {
    const match = pattern.exec(source)
    const tex = match?.slice(1).find((group) => group !== undefined)
    if (!match || tex === undefined || tex.trim() === '') return undefined
    const isBlock = level === 'block' || /^(\$\$|\\\[)/.test(match[0])
    return { type: 'math', raw: match[0], tex: tex.trim(), isBlock }
  },
})

const first = (...indexes: readonly number[]): number | undefined => {
  const found = indexes.filter((index) => index >= 0)
  return found.length > 0 ? Math.min(...found) : undefined
}
const blockStart = (source: string): number | undefined =>
  first(source.indexOf('\n$$'), source.indexOf('\n\\['))
const inlineStart = (source: string): number | undefined =>
  first(source.indexOf('$'), source.indexOf('\\('), source.indexOf('\\['))

let counted = ''
let isOverfull = false

const options: MarkedExtension = {
  gfm: true,
  breaks: true,
  tokenizer: {
    emStrong(source, masked) {
      if (masked !== counted) {
        counted = masked
        isOverfull = masked.length > MOST_SIGNS && (masked.match(/[*_]/g)?.length ?? 0) > MOST_SIGNS
      }
      // False: as marked would.
      return isOverfull ? ({ type: 'text', raw: source, text: source } as unknown as Tokens.Em) : false
    },
  },
}
const marked = new Marked(options)
const withMaths = new Marked(options, {
  extensions: [maths('mathBlock', 'block', BLOCK), maths('mathInline', 'inline', INLINE)],
})

/** The blocks of a text; the text itself where it is nested beyond all reason. */
export function lex(source: string): readonly Token[] {
  // Each level of quotes is read again by the one above it, so many levels cost their square.
  if (/^(?:[ \t]*>){40}|^[ \t]{200}/m.test(source)) return plain(source)
  try {
    // The search for formulas goes through all that follows, again and again.
    return (/\$|\\[([]/.test(source) ? withMaths : marked).lexer(source)
  } catch {
    return plain(source)
  }
}

const plain = (source: string): readonly Token[] => [
  {
    type: 'paragraph',
    raw: source,
    text: source,
    tokens: [{ type: 'text', raw: source, text: source, escaped: false }],
  },
]
