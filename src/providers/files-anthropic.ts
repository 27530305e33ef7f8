import type { FileStore } from './file-store.ts'
import { restFiles } from './files-rest.ts'

/**
 * Files at Anthropic, a beta. What was uploaded cannot be downloaded: "File … is not downloadable".
 * https://platform.claude.com/docs/en/build-with-claude/files
 */
export const anthropicFiles: FileStore = restFiles({
  limit: 500e6,
  fields: {},
  headers: { 'anthropic-beta': 'files-api-2025-04-14' },
  query: (mark) => `?limit=1000${mark === undefined ? '' : `&after_id=${encodeURIComponent(mark)}`}`,
  next: ({ has_more: hasMore, last_id: last }) =>
    hasMore === true && typeof last === 'string' ? last : undefined,
})
