import type { ChatEvent } from '../chat/events.ts'
import type { Content, Media } from '../core/content.ts'
import type { Turn } from '../core/turn.ts'
import type { SessionNode } from '../sessions/session-lines.ts'
import type { NodeView } from './protocol.ts'

/** The address of a medium that stands in a turn or event, in place of its data. */
export type Address = (media: Media) => string

/** All media of a turn, those of its results among them, in order. */
export const mediaOf = (turn: Turn): readonly Media[] =>
  turn.contents.flatMap((content): readonly Media[] =>
    content.type === 'media' ? [content] : content.type === 'tool-result' ? (content.media ?? []) : [],
  )

/** A turn of a session as the page gets it. */
export function nodeView(session: string, { turn, ...node }: SessionNode): NodeView {
  const all = mediaOf(turn)
  const address: Address = (media) => `api/sessions/${session}/media/${node.id}/${all.indexOf(media)}`
  return { ...node, turn: turnView(turn, address) }
}

/** A turn without what only a server can read, and with addresses, if there are any, in place of data. */
export const turnView = (turn: Turn, address?: Address): Turn => ({
  ...turn,
  contents: turn.contents.map((content) => contentView(content, address)),
})

/** An event in the same way. */
export function eventView<E extends Exclude<ChatEvent, { type: 'finish' }>>(event: E, address?: Address): E {
  if (event.type === 'media') return { ...event, media: mediaView(event.media, address) }
  if (event.type === 'server-tool') return { ...event, tool: contentView(event.tool, address) }
  if (event.type === 'tool-result')
    return { ...event, call: contentView(event.call), result: contentView(event.result, address) }
  if (event.type === 'tool-call' || event.type === 'tool-progress')
    return { ...event, call: contentView(event.call) }
  if (!('opaque' in event)) return event
  const { opaque: _opaque, ...shown } = event
  return shown as E
}

function contentView<C extends Content>(content: C, address?: Address): C
function contentView(content: Content, address?: Address): Content {
  if (content.type === 'media') return mediaView(content, address)
  const { opaque: _opaque, ...shown } = content as Exclude<Content, Media> & { readonly opaque?: unknown }
  return shown.type === 'tool-result' && shown.media
    ? { ...shown, media: shown.media.map((media) => mediaView(media, address)) }
    : shown
}

function mediaView(media: Media, address: Address | undefined): Media {
  const { opaque: _opaque, ...shown } = media
  if (!address || shown.data === undefined) return shown
  const { data: _data, ...rest } = shown
  return { ...rest, url: address(media) }
}
