import { Marked, type Token, type TokenizerExtension, type Tokens } from 'marked'

/** A formula, shown as it is written: its underscores and stars mean nothing else. */
const MATH =
  /^(?:\$\$[^$]+\$\$|\\\([^\n]+?\\\)|\\\[[\s\S]+?\\\]|\$(?![\s$])(?:\\.|[^$\n\\])+?(?<![\s\\])\$(?!\d))/

const math: TokenizerExtension = {
  name: 'math',
  level: 'inline',
  start: (text) => {
    const at = text.search(/\$|\\[([]/)
    return at < 0 ? undefined : at
  },
  tokenizer: (text) => {
    const raw = MATH.exec(text)?.[0]
    return raw === undefined ? undefined : { type: 'math', raw, text: raw }
  },
}

const marked = new Marked({ gfm: true, extensions: [math] })

/** A longer block, in characters, is shown as it is: working it out could take forever. */
const LONGEST = 16_384
/** So is one that is nested deeper, in levels, and one with more marks that could belong together, in a line or in all. */
const DEEPEST = 24
const MOST_MARKS = { line: 200, block: 2000 } as const

/** The parts of a Markdown text; one of text alone where it is too much to be worked out. */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > LONGEST || isDeep(text)) return plain(text)
  try {
    return marked.lexer(text)
  } catch {
    return plain(text)
  }
}

function isDeep(text: string): boolean {
  let all = 0
  for (const line of text.split('\n')) {
    const [, indent = '', marks = ''] = /^(\s*)((?:(?:>|[-*+]\s|\d+[.)]\s)\s*)*)/.exec(line) ?? []
    const levels = indent.length / 2 + marks.replaceAll(/\s/g, '').length
    const count = line.match(/[[*_~<`$\\]/g)?.length ?? 0
    all += count
    if ((marks !== '' && levels > DEEPEST) || count > MOST_MARKS.line) return true
  }
  return all > MOST_MARKS.block
}

const plain = (text: string): readonly Token[] => [
  { type: 'plain', raw: text, text } satisfies Tokens.Generic,
]
