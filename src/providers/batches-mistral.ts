import { isObject } from '../lib/merge.ts'
import type { Api, ApiRequest } from './api.ts'
import type { Batch, BatchApi } from './batch-api.ts'
import { answersIn, rowBytes, rowsIn } from './batch-rows.ts'
import { batchFile, contentOf, isMarked, problemsIn, readAnswer } from './batches-openai.ts'
import { askBatch, findBatch, toldBatch } from './told-batch.ts'

const LIMITS = { mostEntries: 1_000_000, mostBytes: 512e6 }

/** What is told of a job; undefined where it is none. */
export const readBatch = (row: unknown): Batch | undefined =>
  isObject(row)
    ? toldBatch({
        id: row.id,
        status: row.status,
        total: row.total_requests,
        answered: row.succeeded_requests,
        failed: row.failed_requests,
        created: row.created_at,
        error: problemsIn(row.errors),
        answers: [row.output_file, row.error_file],
      })
    : undefined

/** Batches at Mistral. https://docs.mistral.ai/capabilities/batch */
export const mistralBatches: BatchApi = {
  ...LIMITS,
  async submit(api, model, entries, mark) {
    // The model is told of the job as a whole.
    const rows = entries.map(({ id, wire }) => {
      const { model: _, ...body } = wire.body
      return { custom_id: id, body }
    })
    const input = await batchFile(api, mark, rowBytes(api, LIMITS, rows))
    return ask(api, {
      path: 'batch/jobs',
      isOnce: true,
      json: {
        input_files: [input],
        model,
        endpoint: `/v1/${entries[0]?.wire.path}`,
        metadata: { natter: mark },
      },
    })
  },
  find: (api, mark) =>
    findBatch(readBatch, isMarked(mark), async (page = '0') => {
      const body = await api.json({ path: `batch/jobs?page=${page}&page_size=100` })
      const items = isObject(body) && Array.isArray(body.data) ? body.data : []
      return { items, next: items.length > 0 ? String(Number(page) + 1) : undefined }
    }),
  get: (api, id) => ask(api, { path: pathOf(id) }),
  cancel: (api, id) => ask(api, { path: `${pathOf(id)}/cancel`, method: 'POST' }),
  answersOf: (api, { answers }) => answersIn(api, rowsIn(api, answers.map(contentOf)), readAnswer),
}

const ask = (api: Api, request: ApiRequest): Promise<Batch> => askBatch(api, readBatch, request)

const pathOf = (id: string): string => `batch/jobs/${encodeURIComponent(id)}`
