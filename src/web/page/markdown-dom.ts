// Tokens of Markdown as nodes of the page. HTML of a model is never parsed: each node is made here, by name, and its text is text.
// So there is nothing to purify: what is not in this file cannot come out of it.
import type { Token, Tokens } from 'marked'
import { codeBlock } from './code-block.ts'
import { anchorProps, linkOf, pictureOf } from './links.ts'
import type { MathToken } from './markdown.ts'
import { formula } from './formula.ts'

/** Deeper nesting is shown as its text: thousands of nested boxes can bring a browser down. */
const DEEPEST = 24
/** Tags that mean something without attributes; every other tag is shown as it was written. */
const PLAIN_TAGS = new Set(['b', 'i', 'u', 's', 'em', 'strong', 'sub', 'sup', 'kbd', 'mark', 'small'])

/** The nodes of some tokens. */
export function nodesOf(tokens: readonly Token[], depth = 0): DocumentFragment {
  const fragment = document.createDocumentFragment()
  // Opened by tags, each until its own end.
  const open: Element[] = []
  for (const token of tokens) {
    const parent: ParentNode = open.at(-1) ?? fragment
    const tag = token.type === 'html' ? /^<(\/?)([a-z]+) *\/?>$/i.exec(token.raw.trim()) : undefined
    const name = tag?.[2]?.toLowerCase() ?? ''
    if (name === 'br') parent.append(element('br'))
    else if (PLAIN_TAGS.has(name) && tag?.[1] === '') {
      const child = element(name)
      parent.append(child)
      if (open.length < DEEPEST) open.push(child)
    } else if (PLAIN_TAGS.has(name) && open.at(-1)?.localName === name) open.pop()
    else parent.append(depth > DEEPEST ? token.raw : nodeOf(token as Known, depth))
  }
  return fragment
}

type Known =
  | Tokens.Heading
  | Tokens.Paragraph
  | Tokens.Text
  | Tokens.Code
  | Tokens.List
  | Tokens.ListItem
  | Tokens.Checkbox
  | Tokens.Blockquote
  | Tokens.Table
  | Tokens.Hr
  | Tokens.Br
  | Tokens.Space
  | Tokens.Def
  | Tokens.HTML
  | Tokens.Tag
  | Tokens.Strong
  | Tokens.Em
  | Tokens.Del
  | Tokens.Codespan
  | Tokens.Link
  | Tokens.Image
  | Tokens.Escape
  | MathToken

function nodeOf(token: Known, depth: number): Node | string {
  const inside = (tokens: readonly Token[] | undefined): DocumentFragment => nodesOf(tokens ?? [], depth + 1)
  switch (token.type) {
    case 'space':
    case 'def':
      return ''
    case 'heading':
      // The page's own title is its only h1.
      return element(`h${Math.min(6, token.depth + 1)}`, inside(token.tokens))
    case 'paragraph':
      return element('p', inside(token.tokens))
    case 'text':
      return 'tokens' in token && token.tokens ? inside(token.tokens) : decoded(token.text)
    case 'escape':
      return token.text
    case 'strong':
    case 'em':
    case 'del':
      return element(token.type, inside(token.tokens))
    case 'codespan':
      return element('code', token.text)
    case 'br':
    case 'hr':
      return element(token.type)
    case 'blockquote':
      return element('blockquote', inside(token.tokens))
    case 'code':
      return codeBlock(token.lang ?? '', token.text)
    case 'list':
      return listOf(token, depth)
    case 'checkbox':
      return checkbox(token.checked)
    case 'table':
      return tableOf(token, depth)
    case 'link':
      return anchor(token.href, inside(token.tokens))
    case 'image':
      return imageOf(token)
    case 'math':
      return formula(token.tex, token.isBlock)
    case 'html':
      return htmlAsText(token.raw, 'block' in token && token.block)
    default:
      return (token as Token).raw
  }
}

function element(name: string, ...children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(name)
  made.append(...children)
  return made
}

function listOf({ ordered, start, items, loose }: Tokens.List, depth: number): HTMLElement {
  const list = element(ordered ? 'ol' : 'ul')
  if (ordered && Number(start) !== 1) list.setAttribute('start', String(Number(start) || 0))
  for (const item of items) {
    const entry = element('li')
    for (const token of item.tokens) {
      const child = nodesOf([token], depth + 1)
      entry.append(loose && token.type === 'text' ? element('p', child) : child)
    }
    if (item.task) entry.className = 'task'
    list.append(entry)
  }
  return list
}

function checkbox(isChecked: boolean): HTMLElement {
  const box = element('span', isChecked ? '\u2611' : '\u2610')
  box.className = 'checkbox'
  box.setAttribute('role', 'img')
  box.setAttribute('aria-label', isChecked ? 'done' : 'not done')
  return box
}

function tableOf({ header, rows }: Tokens.Table, depth: number): HTMLElement {
  const row = (cells: readonly Tokens.TableCell[], name: string): HTMLElement =>
    element(
      'tr',
      ...cells.map(({ tokens, align }) => {
        const cell = element(name, nodesOf(tokens, depth + 1))
        if (align) cell.className = `align-${align}`
        return cell
      }),
    )
  const table = element('table', element('thead', row(header, 'th')))
  table.append(element('tbody', ...rows.map((cells) => row(cells, 'td'))))
  const frame = element('div', table)
  frame.className = 'table'
  // Who has no mouse must be able to scroll it.
  frame.tabIndex = 0
  frame.setAttribute('role', 'group')
  frame.setAttribute('aria-label', 'Table')
  return frame
}

/** A link; its text alone where the address is not one to follow. */
function anchor(href: string, child: Node | string): HTMLElement {
  const props = anchorProps(href)
  return props ? Object.assign(element('a', child), props) : element('span', child)
}

function imageOf({ href, text }: Tokens.Image): Node | string {
  const picture = pictureOf(href)
  if (picture !== undefined) {
    const image = element('img') as HTMLImageElement
    image.alt = text
    image.src = picture
    return image
  }
  const url = linkOf(href)
  if (url === undefined) return text
  // Fetched by itself, a picture tells its server what was said here: models have been made to write such addresses.
  const link = anchor(url, `${text || 'Picture'} (${new URL(url).host || url})`)
  link.className = 'remote-picture'
  return link
}

function htmlAsText(raw: string, isBlock: boolean): Node | string {
  const text = raw.replace(/<!--[\s\S]*?(-->|$)/g, '')
  if (text.trim() === '') return ''
  if (!isBlock) return text
  const block = element('p', text.trim())
  block.className = 'html'
  return block
}

const parser = new DOMParser()

/** A text with its entities read; they are letters, digits and `#`, so no tag can come of the parsing. */
const decoded = (text: string): string =>
  text.includes('&')
    ? text.replace(/&#?\w{1,32};/g, (entity) => parser.parseFromString(entity, 'text/html').body.textContent)
    : text
