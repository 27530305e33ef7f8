import type { Content, Media } from '../core/content.ts'
import type { Turn } from '../core/turn.ts'
import { bareUrl } from '../lib/bare-url.ts'

/** Who is asked, as far as it matters for what only one server can read. */
export interface Home {
  /** The dialect's id. */
  readonly dialect: string
  readonly baseUrl: string
}

/** Whether turns hold what only another server can read, or only another one keeps. */
export const isAbroad = (turns: readonly Turn[], home: Home): boolean =>
  turns.some(({ contents }) =>
    contents.some(
      (content) =>
        isForeign(content, home) ||
        (content.type === 'media' && isElsewhere(content, home)) ||
        (content.type === 'tool-result' && content.media?.some((media) => isElsewhere(media, home))),
    ),
  )

/** Whether a content bears state that was written by another dialect, or by another server of the same. */
export const isForeign = (content: Content, { dialect, baseUrl }: Home): boolean =>
  'opaque' in content &&
  content.opaque !== undefined &&
  (content.opaque.dialect !== dialect || isOther(content.opaque.server, baseUrl))

/** Whether a file was uploaded to another server. */
export const isElsewhere = ({ fileId, server }: Media, { baseUrl }: Home): boolean =>
  fileId !== undefined && isOther(server, baseUrl)

const isOther = (server: string | undefined, baseUrl: string): boolean =>
  server !== undefined && server !== bareUrl(baseUrl)
