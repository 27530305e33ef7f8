import { type Span, type Style, span } from './span.ts'

/** What the highlighter must know of a language. */
interface Grammar {
  readonly comments: readonly string[]
  /** Comments and texts that go over lines: their begin, their end, how they look. */
  readonly blocks: readonly (readonly [string, string, Style])[]
  readonly quotes: string
  readonly words: ReadonlySet<string>
}

const COMMENT: Style = { dim: true, italic: true }
const TEXT: Style = { colour: 'green' }
const WORD: Style = { colour: 'magenta' }
const NUMBER: Style = { colour: 'yellow' }
const CALL: Style = { colour: 'blue' }

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const C: Grammar = {
  comments: ['//'],
  blocks: [['/*', '*/', COMMENT]],
  quotes: '"\'',
  words: words(
    'abstract as async await bool boolean break case catch char class const constexpr continue default defer delete do double else enum export extends extern false final finally float fn for from func function go goto if implements import impl in instanceof int interface internal let long loop match mod module mut namespace new nil null nullptr of operator override package private protected pub public readonly return self short signed sizeof static string struct super switch template this throw trait true try type typedef typeof undefined union unsigned use using val var virtual void volatile when where while yield',
  ),
}
const JS: Grammar = { ...C, blocks: [...C.blocks, ['`', '`', TEXT]] }
const PYTHON: Grammar = {
  comments: ['#'],
  blocks: [
    ['"""', '"""', TEXT],
    ["'''", "'''", TEXT],
  ],
  quotes: '"\'',
  words: words(
    'and as assert async await begin break case class continue def del do elif else elsif end ensure except False finally for from function global if import in is lambda local match module next nil None nonlocal not or pass raise require rescue return self super then True try unless until when while with yield true false null NULL TRUE FALSE library',
  ),
}
const SHELL: Grammar = {
  comments: ['#'],
  blocks: [],
  quotes: '"\'',
  words: words(
    'case cd do done echo elif else esac eval exec exit export fi for function if in local read return set shift source sudo then trap unset until while FROM RUN COPY ENV WORKDIR CMD ENTRYPOINT',
  ),
}
const SQL: Grammar = {
  comments: ['--'],
  blocks: C.blocks,
  quotes: '"\'',
  words: words(
    'add all alter and as asc begin between by case check column commit constraint create cross default delete desc distinct drop else end exists false foreign from full group having if in index inner insert into is join key left like limit not null on or order outer primary references returning right rollback select set table then true union unique update using values view when where with',
  ),
}
const DATA: Grammar = { comments: ['#'], blocks: [], quotes: '"\'', words: words('true false null yes no') }
const MARKUP: Grammar = { comments: [], blocks: [['<!--', '-->', COMMENT]], quotes: '"\'', words: words('') }
const CSS: Grammar = { ...C, comments: [], words: words('important media import from to and not') }
const DIFF = /^(?:diff|patch)$/

const GRAMMARS: readonly (readonly [RegExp, Grammar])[] = [
  [/^(?:js|jsx|mjs|cjs|javascript|ts|tsx|typescript|go)$/, JS],
  [/^(?:c|h|cc|cpp|c\+\+|cs|csharp|java|kotlin|kt|scala|swift|rust|rs|php|dart|zig|objc|json5|jsonc)$/, C],
  [/^(?:py|python|rb|ruby|r|julia|jl|lua|elixir|ex|perl|pl|coffee|nim)$/, PYTHON],
  [/^(?:sh|bash|zsh|fish|shell|console|dockerfile|docker|make|makefile|powershell|ps1)$/, SHELL],
  [/^(?:sql|mysql|postgres|postgresql|sqlite|plsql)$/, SQL],
  [/^(?:json|yaml|yml|toml|ini|conf|env|properties)$/, DATA],
  [/^(?:html|xml|svg|vue|svelte|xhtml)$/, MARKUP],
  [/^(?:css|scss|less|sass)$/, CSS],
]

const NEXT = /[A-Za-z_$][\w$]*|0[xX][\da-fA-F]+|\d[\d_]*(?:\.\d+)?|[^A-Za-z_$\d]/y

/** Colours code line by line, so that a long block costs each of its lines once. */
export class Highlighter {
  readonly #language: string
  readonly #grammar: Grammar | undefined
  /** What ends the comment or text that the last line has left open. */
  #open: readonly [string, string, Style] | undefined

  /** @param language as named behind a fence; of an unknown one nothing is coloured */
  constructor(language: string) {
    this.#language = language.toLowerCase()
    this.#grammar = GRAMMARS.find(([names]) => names.test(this.#language))?.[1]
  }

  /** A highlighter that goes on from the same place. */
  clone(): Highlighter {
    const copy = new Highlighter(this.#language)
    copy.#open = this.#open
    return copy
  }

  /** The next line. */
  line(text: string): readonly Span[] {
    if (DIFF.test(this.#language)) return [span(text, diffStyle(text))]
    const grammar = this.#grammar
    if (!grammar) return [span(text)]
    const spans: Span[] = []
    let at = 0
    while (at < text.length) {
      const next = this.#next(text, at, grammar)
      const last = spans.at(-1)
      if (last && last.style === next.style) spans[spans.length - 1] = span(last.text + next.text, next.style)
      else spans.push(next)
      at += next.text.length
    }
    return spans
  }

  #next(text: string, at: number, grammar: Grammar): Span {
    if (this.#open) return this.#closed(text, at, at, this.#open)
    const block = grammar.blocks.find(([begin]) => text.startsWith(begin, at))
    if (block) return this.#closed(text, at, at + block[0].length, block)
    const isComment = grammar.comments.some((mark) => text.startsWith(mark, at))
    // A `#` inside a word is none: `$#`, `a#b`.
    if (isComment && (at === 0 || text[at] !== '#' || /\s/.test(text[at - 1]!)))
      return span(text.slice(at), COMMENT)
    const character = text[at]!
    if (grammar.quotes.includes(character)) return span(quoted(text, at), TEXT)
    NEXT.lastIndex = at
    const word = NEXT.exec(text)?.[0] ?? character
    const isWord = grammar.words.has(word) || (grammar === SQL && grammar.words.has(word.toLowerCase()))
    if (isWord) return span(word, WORD)
    if (/^\d/.test(word)) return span(word, NUMBER)
    if (grammar === MARKUP && /[<>/]/.test(word)) return span(word, CALL)
    return span(word, /^[A-Za-z_$]/.test(word) && text[at + word.length] === '(' ? CALL : PLAIN)
  }

  #closed(text: string, at: number, from: number, block: readonly [string, string, Style]): Span {
    const [, end, style] = block
    const found = text.indexOf(end, from)
    this.#open = found < 0 ? block : undefined
    return span(text.slice(at, found < 0 ? undefined : found + end.length), style)
  }
}

const PLAIN: Style = {}

/** A text in quotes, which ends with its line at the latest. */
function quoted(text: string, at: number): string {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++
    else if (text[end] === text[at]) return text.slice(at, end + 1)
  }
  return text.slice(at)
}

const diffStyle = (line: string): Style =>
  line.startsWith('+')
    ? { colour: 'green' }
    : line.startsWith('-')
      ? { colour: 'red' }
      : line.startsWith('@@')
        ? { colour: 'cyan' }
        : PLAIN
