import type { Content, Media } from '../core/content.ts'
import type { Turn } from '../core/turn.ts'

/** A turn whose hidden state and uploaded files bear the address of the server they belong to, where they bore none. */
export function located<T extends Turn>(turn: T, server: string): T {
  const contents = turn.contents.map((content) => at(content, server))
  return contents.every((content, i) => content === turn.contents[i]) ? turn : { ...turn, contents }
}

function at(content: Content, server: string): Content {
  if (content.type === 'tool-result')
    return content.media?.some(isUnplaced)
      ? { ...content, media: content.media.map((media) => placed(media, server)) }
      : content
  const whole = content.type === 'media' ? placed(content, server) : content
  return 'opaque' in whole && whole.opaque && whole.opaque.server === undefined
    ? { ...whole, opaque: { ...whole.opaque, server } }
    : whole
}

/** Storage of a cloud is read from anywhere. */
const isUnplaced = ({ fileId, server }: Media): boolean =>
  fileId !== undefined && server === undefined && !/^(?:s3|gs):/i.test(fileId)

const placed = (media: Media, server: string): Media => (isUnplaced(media) ? { ...media, server } : media)
