import type { Content, Media, Opaque } from '../core/content.ts'
import type { Adjustment, Turn } from '../core/turn.ts'
import { type Home, isElsewhere, isForeign } from './home.ts'

/**
 * Turns as a server can be given them that did not write all of them: what only their own server can read (signatures, encrypted
 * reasoning, tools it ran) is left out, and noted. The turns stay the same values where there is nothing to leave out.
 * @throws TypeError for a file that was uploaded to another server
 */
export function fitHome(turns: readonly Turn[], home: Home, notes: Adjustment[]): readonly Turn[] {
  const dropped = new Map<string, number>()
  const fitted = turns.map((turn): Turn => {
    for (const media of turn.contents.flatMap(mediaIn)) demandHere(media, home)
    if (!turn.contents.some((content) => isForeign(content, home))) return turn
    const contents = turn.contents.flatMap((content): readonly Content[] => {
      if (!isForeign(content, home)) return [content]
      const { opaque, ...rest } = content as Content & { readonly opaque: Opaque }
      dropped.set(opaque.dialect, (dropped.get(opaque.dialect) ?? 0) + 1)
      return withoutState(rest as Content)
    })
    return { ...turn, contents }
  })
  for (const [dialect, count] of dropped) {
    const whose =
      dialect === home.dialect
        ? 'another server left out: only the one that wrote them can read them'
        : `${dialect} left out: ${home.dialect} cannot read it`
    notes.push({
      type: 'history',
      name: 'opaque',
      message: `${count} ${count === 1 ? 'signature or piece' : 'signatures or pieces'} of hidden reasoning of ${whose}`,
    })
  }
  return dropped.size > 0 ? fitted : turns
}

/** Turns less all that only a server can read. */
export const unsealedTurns = (turns: readonly Turn[]): readonly Turn[] =>
  turns.map((turn): Turn => {
    if (!turn.contents.some(hasState)) return turn
    return {
      ...turn,
      contents: turn.contents.flatMap((content): readonly Content[] => {
        if (!hasState(content)) return [content]
        const { opaque: _opaque, ...rest } = content
        return withoutState(rest as Content)
      }),
    }
  })

/** Whether a content bears state that only a server can read. */
export const hasState = (content: Content): content is Content & { readonly opaque: Opaque } =>
  'opaque' in content && content.opaque !== undefined

/** What is left of a content. Encrypted reasoning has no text, and a tool of the server's means nothing elsewhere: nothing is. */
const withoutState = (content: Content): readonly Content[] =>
  content.type === 'server-tool' || (content.type === 'thinking' && content.text === '') ? [] : [content]

const mediaIn = (content: Content): readonly Media[] =>
  content.type === 'media' ? [content] : content.type === 'tool-result' ? (content.media ?? []) : []

function demandHere(media: Media, home: Home): void {
  if (isElsewhere(media, home))
    throw new TypeError(
      `the ${media.kind} ${media.name ?? media.fileId} was uploaded to ${media.server}, and ${home.baseUrl} cannot read it there: pass the file itself, as ${media.kind === 'document' ? 'document' : media.kind}(path) does`,
    )
}
