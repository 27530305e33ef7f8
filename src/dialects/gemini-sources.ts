import type { Citation } from '../core/content.ts'
import { isObject } from '../lib/merge.ts'

const word = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * The sources that a candidate names: what it was grounded on, or else what it recites.
 * https://ai.google.dev/api/generate-content#GroundingMetadata
 */
export function readSources(candidate: Readonly<Record<string, unknown>>): readonly Citation[] {
  const { groundingMetadata, citationMetadata } = candidate
  const chunks = isObject(groundingMetadata) ? groundingMetadata.groundingChunks : undefined
  if (Array.isArray(chunks) && chunks.length > 0) return chunks.flatMap(fromChunk)
  if (!isObject(citationMetadata)) return []
  // The Gemini API calls them citationSources, Vertex AI citations.
  const recited = citationMetadata.citationSources ?? citationMetadata.citations
  return Array.isArray(recited) ? recited.flatMap((source) => cite(source)) : []
}

function fromChunk(chunk: unknown): readonly Citation[] {
  if (!isObject(chunk)) return []
  const { web, maps, retrievedContext: found } = chunk
  if (!isObject(found)) return cite(web ?? maps)
  // A file of a search store has no address of its own.
  return cite({
    uri: word(found.uri) || word(found.documentName) || found.fileSearchStore,
    title: found.title,
  })
}

function cite(source: unknown): readonly Citation[] {
  if (!isObject(source) || word(source.uri) === '') return []
  const title = word(source.title)
  return [{ type: 'citation', url: word(source.uri), ...(title && { title }) }]
}
