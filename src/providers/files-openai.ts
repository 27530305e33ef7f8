import type { FileStore } from './file-store.ts'
import { restFiles } from './files-rest.ts'

/** Files at OpenAI, and at xAI. https://platform.openai.com/docs/api-reference/files */
export const openaiFiles: FileStore = restFiles({
  limit: 512e6,
  fields: { purpose: 'user_data' },
  query: (mark) => (mark === undefined ? '' : `?after=${encodeURIComponent(mark)}`),
  next: ({ has_more: hasMore, last_id: last, data }) => {
    const end: unknown = last ?? (Array.isArray(data) ? data.at(-1)?.id : undefined)
    return hasMore === true && typeof end === 'string' ? end : undefined
  },
})
