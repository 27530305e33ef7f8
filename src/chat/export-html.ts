import type { Content, Media } from '../core/content.ts'
import type { Turn } from '../core/turn.ts'
import { stretches } from './export-fences.ts'
import { type Exported, changesOf, notesOf, pretty, providerName, titleOf } from './export-notes.ts'
import { describe } from './inspect.ts'

// Even if something got through the escaping, the page may neither run nor load nor send anything.
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2026; --quiet: #656d76; --page: #fff; --user: #eef4ff; --code: #f4f5f7; --line: #d8dce2; --bad: #b42318 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8eb; --quiet: #9aa3ad; --page: #15181c; --user: #1c2836; --code: #1e2227; --line: #343a42; --bad: #ff8a80 }
}
body { margin: 0 auto; max-width: 48rem; padding: 1.5rem 1rem; color: var(--ink); background: var(--page); font: 1rem/1.55 system-ui, sans-serif }
h1 { font-size: 1.4rem; margin: 0 } h2, h3, footer, summary, .quiet { font-size: .82rem; color: var(--quiet); margin: 0 } h2 { font-weight: 600 }
article { margin: 1.25rem 0; overflow-wrap: anywhere } .user { background: var(--user); border-radius: .6rem; padding: .6rem .9rem }
.text { white-space: pre-wrap; margin: .3rem 0 }
pre { white-space: pre-wrap; background: var(--code); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; margin: .4rem 0; font: .85rem/1.45 ui-monospace, monospace }
.error { border-color: var(--bad) } img { max-width: 100%; border-radius: .4rem } footer { margin-top: .4rem }
`

/** A chat as one page of HTML with no script: every text is escaped, and pictures and links are made only of what is known to be safe. */
export function toHtml(chat: Exported): string {
  const title = titleOf(chat)
  const system = chat.systemPrompt
    ? `<article class="system"><h2>System</h2>${words(chat.systemPrompt)}</article>\n`
    : ''
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${inline(title)}</h1><p class="quiet">${inline(providerName(chat))}, model ${inline(chat.model)}</p></header>
<main>
${system}${chat.turns.map(article).join('\n')}
</main>
</body>
</html>
`
}

function article(turn: Turn): string {
  const isResults =
    turn.role === 'user' &&
    turn.contents.length > 0 &&
    turn.contents.every(({ type }) => type === 'tool-result')
  const [name, title] =
    turn.role === 'assistant' ? ['assistant', 'Assistant'] : isResults ? ['tools', 'Tools'] : ['user', 'User']
  const parts = turn.contents.map(part)
  if (turn.role === 'assistant') {
    if (turn.refusal) parts.push(`<h3>Refused</h3>${words(turn.refusal)}`)
    const notes = [...notesOf(turn), ...changesOf(turn)]
    if (notes.length > 0) parts.push(`<footer>${notes.map(inline).join(' · ')}</footer>`)
  }
  return `<article class="${name}"><h2>${title}</h2>${parts.join('\n')}</article>`
}

function part(content: Content): string {
  switch (content.type) {
    case 'text':
      return stretches(lines(content.text))
        .map(({ isCode, text }) => (isCode ? code(text) : words(text)))
        .join('')
    case 'thinking':
      return content.text === '' ? '' : `<details><summary>Thinking</summary>${words(content.text)}</details>`
    case 'media':
      return medium(content)
    case 'tool-call':
      return `<section><h3>Tool call: ${inline(content.name)}</h3>${code(content.input ? pretty(content.input) : (content.raw ?? ''))}</section>`
    case 'tool-result': {
      const body = code(content.content, content.isError) + (content.media ?? []).map(medium).join('')
      return `<section><h3>Tool ${content.isError ? 'error' : 'result'}: ${inline(content.name)}</h3>${body}</section>`
    }
    case 'json':
      return code(pretty(content.value))
    case 'server-tool':
      return `<p class="quiet">${inline(describe(content))}</p>`
    case 'citation':
      return `<p class="quiet">Source: ${content.title ? `${inline(content.title)}, ` : ''}${link(content.url)}</p>`
  }
}

const words = (text: string): string =>
  text.trim() === '' ? '' : `<div class="text" dir="auto">${escaped(text)}</div>`

// A line break right after <pre> is not part of it, so one more is needed to keep the first.
const code = (text: string, isError = false): string =>
  `<pre${isError ? ' class="error"' : ''} dir="auto">${text.startsWith('\n') ? '\n' : ''}${escaped(text)}</pre>`

/** A few words within a line: their direction of writing stays their own. */
const inline = (text: string): string => `<bdi>${escaped(text)}</bdi>`

/** Kinds of pictures that are only pixels; SVG is a document. */
const PICTURE = /^image\/(?:png|jpeg|gif|webp|avif)$/
const DATA_URL = /^data:([a-z]+\/[a-z]+);base64,/i

function medium(media: Media): string {
  const name = media.name ?? `${media.kind} (${media.mimeType})`
  const head = DATA_URL.exec(media.url ?? '')
  const type = (head?.[1] ?? media.mimeType).toLowerCase()
  const data = (head ? (media.url ?? '').slice(head[0].length) : (media.data ?? '')).replaceAll(/\s+/g, '')
  const said = media.transcript ? words(media.transcript) : ''
  if (PICTURE.test(type) && data !== '' && !/[^A-Za-z0-9+/=]/.test(data))
    return `<p><img src="data:${type};base64,${data}" alt="${escaped(name)}"></p>${said}`
  const where = media.url === undefined || head ? '' : `: ${link(media.url)}`
  return `<p class="quiet">${inline(name)}${where}</p>${said}`
}

/** A link that shows where it leads; anything but the web stays text. */
function link(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') return inline(url)
  const href = escaped(parsed.href)
  return `<a href="${href}" rel="noopener noreferrer nofollow">${href}</a>`
}

const lines = (text: string): string => text.replaceAll(/\r\n?/g, '\n')

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

/** Text for HTML, in content or between quotes. Control characters and broken characters show as the sign for what cannot be shown. */
const escaped = (text: string): string =>
  lines(text)
    .replaceAll(/[\0-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]|\p{Cs}/gu, '\ufffd')
    .replaceAll(/[&<>"'`]/g, (sign) => ENTITIES[sign] ?? '')
