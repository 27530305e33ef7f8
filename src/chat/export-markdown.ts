import type { Content, Media } from '../core/content.ts'
import type { Turn } from '../core/turn.ts'
import { fenceFor, stretches } from './export-fences.ts'
import { type Exported, changesOf, notesOf, pretty, providerName, titleOf } from './export-notes.ts'
import { describe } from './inspect.ts'

/** A chat as a page of Markdown: a heading for each turn; what a model wrote stays Markdown, everything else is fenced. */
export function toMarkdown(chat: Exported): string {
  const blocks = [`# ${line(titleOf(chat))}`, `${line(providerName(chat))}, model ${code(chat.model)}`]
  if (chat.systemPrompt) blocks.push('## System', fenced(chat.systemPrompt))
  for (const turn of chat.turns) blocks.push(...turnBlocks(turn))
  return `${blocks.filter((block) => block.trim() !== '').join('\n\n')}\n`
}

function turnBlocks(turn: Turn): readonly string[] {
  const isResults =
    turn.role === 'user' &&
    turn.contents.length > 0 &&
    turn.contents.every(({ type }) => type === 'tool-result')
  const blocks = [`## ${turn.role === 'assistant' ? 'Assistant' : isResults ? 'Tools' : 'User'}`]
  for (const content of turn.contents) blocks.push(block(content))
  if (turn.role !== 'assistant') return blocks
  if (turn.refusal) blocks.push(`**Refused:** ${whole(turn.refusal)}`)
  for (const change of changesOf(turn)) blocks.push(`*Changed: ${line(change)}*`)
  const notes = notesOf(turn)
  if (notes.length > 0) blocks.push(`*${line(notes.join(' · '))}*`)
  return blocks
}

function block(content: Content): string {
  switch (content.type) {
    case 'text':
      return whole(content.text)
    case 'thinking':
      return content.text === '' ? '' : `**Thinking**\n\n${fenced(content.text)}`
    case 'media':
      return medium(content)
    case 'tool-call':
      return `**Tool call** ${code(content.name)}\n\n${fenced(content.input ? pretty(content.input) : (content.raw ?? ''), content.input && 'json')}`
    case 'tool-result':
      return [
        `**Tool ${content.isError ? 'error' : 'result'}** ${code(content.name)}\n\n${fenced(content.content)}`,
        ...(content.media ?? []).map(medium),
      ].join('\n\n')
    case 'json':
      return fenced(pretty(content.value), 'json')
    case 'server-tool':
      return `*${line(describe(content))}*`
    case 'citation':
      return `Source: ${content.title ? `${line(content.title)}, ` : ''}${link(content.url, content.url)}`
  }
}

/** Markdown with its last code fence closed, so that it does not swallow what follows. */
function whole(text: string): string {
  const { unclosed } = stretches(text).at(-1) ?? {}
  return unclosed ? `${text}\n${unclosed}` : text
}

function fenced(text: string, language = ''): string {
  const fence = fenceFor(text)
  return `${fence}${language}\n${text}\n${fence}`
}

function medium(media: Media): string {
  const name = media.name ?? `${media.kind} (${media.mimeType})`
  const said = media.transcript ? `\n\n${fenced(media.transcript)}` : ''
  if (media.url !== undefined)
    return (media.kind === 'image' ? picture(name, media.url) : link(name, media.url)) + said
  const isShown = media.kind === 'image' && /^image\/[\w.+-]+$/.test(media.mimeType) && media.data
  return (isShown ? picture(name, `data:${media.mimeType};base64,${media.data}`) : `*${line(name)}*`) + said
}

const picture = (name: string, url: string): string =>
  isSafe(url) || url.startsWith('data:image/') ? `![${line(name)}](<${target(url)}>)` : code(url)

const link = (name: string, url: string): string =>
  isSafe(url) ? `[${line(name)}](<${target(url)}>)` : code(url)

const isSafe = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url)

/** A URL that stays within its angle brackets. */
const target = (url: string): string => url.replaceAll(/[<>\\\s]/g, (sign) => encodeURIComponent(sign))

/** Words on one line that mean nothing in Markdown or HTML. */
const line = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[\\`*_{}[\]<>#|~&]/g, String.raw`\$&`)

function code(text: string): string {
  const fence = text.includes('`') ? fenceFor(text) : '`'
  const pad = text.includes('`') ? ' ' : ''
  return `${fence}${pad}${text.replaceAll(/\s+/g, ' ')}${pad}${fence}`
}
