import type { Content, Media } from '../core/content.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Adjustment, Turn } from '../core/turn.ts'
import { image } from './contents.ts'

/** What is told of it. */
export const INLINED: Adjustment = {
  type: 'image',
  name: 'inline',
  message: 'pictures were downloaded here and sent along: the server cannot fetch them by their URL',
}

const known = new Map<string, Promise<Content>>()
/** As many pictures as a conversation may hold; what is forgotten is downloaded again. */
const MOST = 64

/** A request whose pictures travel with it, made smaller where they are large; the same one where they all do. */
export async function inlined(request: ChatRequest, baseUrl: string): Promise<ChatRequest> {
  if (!request.turns.some(({ contents }) => contents.some(isRemote))) return request
  const turns = await Promise.all(
    request.turns.map(async (turn): Promise<Turn> => {
      const contents = await Promise.all(
        turn.contents.map((it) => (isRemote(it) ? download(it, baseUrl) : it)),
      )
      return { ...turn, contents } as Turn
    }),
  )
  return { ...request, turns }
}

const isRemote = (content: Content): content is Media & { readonly url: string } =>
  content.type === 'media' && content.kind === 'image' && content.url !== undefined

const LOOPBACK = /^https?:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/]|$)/

async function download(
  { url, detail }: Media & { readonly url: string },
  baseUrl: string,
): Promise<Content> {
  let picture = known.get(url)
  if (!picture) {
    if (known.size >= MOST) known.clear()
    picture = image(url, {
      download: true,
      resize: 'high',
      // A server on this machine may be shown what is on this machine.
      allowPrivate: LOOPBACK.test(baseUrl) && LOOPBACK.test(url),
    })
    known.set(url, picture)
    picture.catch(() => known.delete(url))
  }
  return { ...(await picture), ...(detail && { detail }) } as Content
}
