import type { FileStore } from './file-store.ts'
import { restFiles } from './files-rest.ts'

const PAGE = 100

/** Files at Mistral, kept for its document models. https://docs.mistral.ai/api/endpoint/files */
export const mistralFiles: FileStore = restFiles({
  limit: 512e6,
  fields: { purpose: 'ocr' },
  query: (mark = '0') => `?page=${mark}&page_size=${PAGE}`,
  next: (_, found, mark = '0') => (found < PAGE ? undefined : String(Number(mark) + 1)),
})
