import type { Token, Tokens } from 'marked'
import { harmless } from '../io.ts'
import { type Span, type Style, span } from './span.ts'

/** How text inside a paragraph is shown. */
export interface InlineOptions {
  /** Whether the terminal makes links of what it is told are links. */
  readonly hasLinks: boolean
}

/** How Markdown becomes rows. */
export interface RowsOptions extends InlineOptions {
  /** In columns. */
  readonly width: number
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
  '&nbsp;': ' ',
}

/** The spans of inline Markdown. Control characters are gone. */
export function inlineSpans(
  tokens: readonly Token[],
  options: InlineOptions,
  style: Style = {},
): readonly Span[] {
  return tokens.flatMap((token) => spansOf(token, options, style))
}

function spansOf(token: Token, options: InlineOptions, style: Style): readonly Span[] {
  const inner = (more: Style): readonly Span[] =>
    inlineSpans((token as Tokens.Strong).tokens ?? [], options, { ...style, ...more })
  switch (token.type) {
    case 'strong':
      return inner({ bold: true })
    case 'em':
      return inner({ italic: true })
    case 'del':
      return inner({ strike: true })
    case 'codespan':
      return [said((token as Tokens.Codespan).text, { ...style, colour: 'yellow' })]
    case 'br':
      return [span('\n', style)]
    case 'link':
      return link(token as Tokens.Link, options, style)
    case 'image': {
      const { text, href } = token as Tokens.Image
      return [said(`[image: ${text ? `${text}, ` : ''}${shortened(href)}]`, { ...style, dim: true })]
    }
    case 'text':
    case 'escape':
      if ('tokens' in token && token.tokens) return inner({})
      return [said(decoded((token as Tokens.Text).text), style)]
    case 'math':
      return [said(token.raw, { ...style, italic: true })]
    default:
      return [said(token.raw, style)]
  }
}

const URL_LIKE = /^\s*(?:https?:|www\.|mailto:)|^\s*[\w-]+(?:\.[\w-]+)+(?:[/:]|\s*$)/i

/** A link by its text. Its address is shown too where the terminal hides none, and where the text claims to be another one. */
function link({ href, tokens }: Tokens.Link, options: InlineOptions, style: Style): readonly Span[] {
  const isSafe = /^(?:https?:|mailto:)/i.test(href) && href.length <= 2000 && !/[\0-\x20\x7f-\x9f]/.test(href)
  const look: Style = {
    ...style,
    underline: true,
    colour: 'blue',
    ...(options.hasLinks && isSafe && { href: encodeURI(decodeSafely(href)) }),
  }
  const text = inlineSpans(tokens, options, look)
  const words = text.map((each) => each.text).join('')
  const isSame = words === href || `mailto:${words}` === href || `http://${words}` === href
  if (isSame || (look.href && !URL_LIKE.test(words))) return text
  return [...text, said(` (${shortened(href)})`, { ...style, dim: true })]
}

const decodeSafely = (text: string): string => {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}

/** A data URL can be a whole picture. */
const shortened = (href: string): string => (href.length > 300 ? `${href.slice(0, 300)}…` : href)

const said = (text: string, style: Style): Span => span(harmless(text).replaceAll('\t', '    '), style)

const decoded = (text: string): string =>
  text.replaceAll(/&(?:lt|gt|amp|quot|#39|apos|nbsp);/g, (it) => ENTITIES[it] ?? it)
