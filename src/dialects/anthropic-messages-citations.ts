import type { Citation } from '../core/content.ts'
import { isObject } from '../lib/merge.ts'

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/**
 * A source as the API cites it: a page of the web, a search result of a tool, or a place in a document of the conversation, which has no
 * URL and is named by its number, counted from 0, and its page. https://platform.claude.com/docs/en/build-with-claude/citations
 */
export function readCitation(cited: unknown): Citation | undefined {
  if (!isObject(cited)) return undefined
  const { document_index: index, start_page_number: page } = cited
  const title = text(cited.title) ?? text(cited.document_title)
  const url =
    text(cited.url) ??
    text(cited.source) ??
    (typeof index === 'number'
      ? `document:${index}${typeof page === 'number' ? `#page=${page}` : ''}`
      : undefined)
  return url === undefined ? undefined : { type: 'citation', url, ...(title !== undefined && { title }) }
}
