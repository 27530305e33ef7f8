import { ChatError } from '../core/errors.ts'
import { isObject } from '../lib/merge.ts'
import type { Api, ApiRequest } from './api.ts'
import type { Batch, BatchApi } from './batch-api.ts'
import { answersIn, rowBytes } from './batch-rows.ts'
import { readAnswer, readBatch as readRest } from './batches-openai.ts'
import { NO_ANSWERS, askBatch } from './told-batch.ts'

const LIMITS = { mostEntries: 5000, mostBytes: 200e6 }
/** Answers a page; more of them could be more than one answer may have. */
const PAGE = 100

/** What is told of a batch; undefined where it is none. Its answers are asked for by its id. */
export function readBatch(row: unknown): Batch | undefined {
  const batch = readRest(row)
  if (!batch || !isObject(row)) return undefined
  const error = isObject(row.error) ? row.error.message : undefined
  const hasAnswers = batch.state !== 'running' && batch.state !== 'failed'
  return {
    ...batch,
    ...(typeof error === 'string' && { error }),
    answers: hasAnswers ? [batch.id] : [],
  }
}

/** Batches at OpenRouter, which keep no mark and cannot be cancelled. https://openrouter.ai/docs/guides/features/batch-api */
export const openrouterBatches: BatchApi = {
  ...LIMITS,
  async submit(api, model, entries) {
    const rows = entries.map(({ id, wire }) => {
      const { model: _, ...body } = wire.body
      return { custom_id: id, body }
    })
    // It is read as it comes: what stands behind the requests is not heeded.
    const head = JSON.stringify({ endpoint: `/v1/${entries[0]?.wire.path}`, model }).slice(0, -1)
    const bytes = rowBytes(api, LIMITS, rows, [`${head},"requests":[`, ',', ']}'])
    return ask(api, {
      path: 'batches',
      isOnce: true,
      bytes,
      headers: { 'content-type': 'application/json' },
    })
  },
  // Where there are answers they come with it.
  get: (api, id) => ask(api, { path: pathOf(id), limit: 512e6 }),
  cancel: ({ provider }) =>
    Promise.reject(
      new ChatError(
        `${provider} has no way to cancel a batch. Wait for it: what is not answered within a day expires.`,
        { code: 'bad-request', provider },
      ),
    ),
  answersOf: (api, { answers }) => answersIn(api, pagesOf(api, answers), readAnswer),
}

async function* pagesOf(api: Api, [id]: readonly string[]): AsyncGenerator {
  let mark: unknown = ''
  while (id !== undefined && typeof mark === 'string') {
    const cursor = mark === '' ? '' : `&cursor=${encodeURIComponent(mark)}`
    const body = await api.json({
      path: `${pathOf(id)}/results?limit=${PAGE}${cursor}`,
      advice: NO_ANSWERS,
    })
    const { data, has_more: hasMore, next_cursor: next } = isObject(body) ? body : {}
    yield* Array.isArray(data) ? data : []
    mark = hasMore === true && next !== mark ? next : undefined
  }
}

const ask = (api: Api, request: ApiRequest): Promise<Batch> => askBatch(api, readBatch, request)

const pathOf = (id: string): string => `batches/${encodeURIComponent(id)}`
