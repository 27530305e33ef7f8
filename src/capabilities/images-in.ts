import type { Content, Media } from '../core/content.ts'
import type { Turn } from '../core/turn.ts'

/** The pictures of a conversation, those in the results of tools included. */
export const imagesIn = (turns: readonly Turn[]): readonly Media[] =>
  turns.flatMap(({ contents }) => contents.flatMap(mediaOf)).filter(({ kind }) => kind === 'image')

const mediaOf = (content: Content): readonly Media[] =>
  content.type === 'media' ? [content] : content.type === 'tool-result' ? (content.media ?? []) : []
