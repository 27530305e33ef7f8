import type { Wire } from '../dialects/dialect.ts'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import type { Api, ApiRequest } from './api.ts'
import type { Batch, BatchAnswer, BatchApi } from './batch-api.ts'
import { answersIn, rowBytes, rowsIn } from './batch-rows.ts'
import { restFiles } from './files-rest.ts'
import { NO_ANSWERS, NO_BATCHES, askBatch, findBatch, toldBatch } from './told-batch.ts'

type Fields = Readonly<Record<string, unknown>>

/** Where an API for batches of the kind that OpenAI began differs from it. */
export interface RestBatches {
  readonly mostEntries: number
  readonly mostBytes: number
  /** What answers a request, as the provider names it. @default its path, behind `/v1/` */
  readonly endpoint?: (wire: Wire) => string
  /** The API as its paths are to be joined. @default as it is */
  readonly at?: (api: Api) => Api
}

/** What is told of a batch; undefined where it is none. */
export function readBatch(row: unknown): Batch | undefined {
  if (!isObject(row)) return undefined
  const { total, completed, failed } = isObject(row.request_counts) ? row.request_counts : {}
  return toldBatch({
    id: row.id,
    status: row.status,
    total,
    answered: completed,
    failed,
    created: row.created_at,
    expires: row.expires_at,
    error: problemsIn(row.errors),
    // A batch without one good answer has no file of them, and one without a bad one none of those.
    answers: [row.output_file_id, row.error_file_id],
  })
}

/** What came of one request, as a line of an answers file says; undefined where it says nothing. */
export function readAnswer({ custom_id: id, response, error }: Fields): BatchAnswer | undefined {
  if (typeof id !== 'string') return undefined
  const { status_code: status, body: said } = isObject(response) ? response : {}
  const told = typeof status === 'number' ? { status } : {}
  const body = typeof said === 'string' ? (parsedJson(said) ?? said) : said
  const isRefused = isObject(error) && Object.keys(error).length > 0
  if (!isRefused && body !== undefined && body !== null)
    return { id, outcome: (told.status ?? 200) < 400 ? 'answered' : 'failed', ...told, body }
  return { id, outcome: isRefused ? outcomeOf(error.code) : 'failed', ...told, body: body ?? { error } }
}

/** An API for batches with `POST files`, `POST batches`, `GET batches`, `GET batches/{id}` and `POST batches/{id}/cancel`. */
export function restBatches({
  mostEntries,
  mostBytes,
  endpoint = ({ path }) => `/v1/${path}`,
  at = (api) => api,
}: RestBatches): BatchApi {
  const limits = { mostEntries, mostBytes }
  const ask = (api: Api, request: ApiRequest): Promise<Batch> => askBatch(at(api), readBatch, request)
  const of = (id: string): string => `batches/${encodeURIComponent(id)}`
  return {
    ...limits,
    async submit(api, _, entries, mark) {
      const url = entries[0] && endpoint(entries[0].wire)
      const rows = entries.map(({ id, wire }) => ({ custom_id: id, method: 'POST', url, body: wire.body }))
      const input = await batchFile(at(api), mark, rowBytes(api, limits, rows))
      return ask(api, {
        path: 'batches',
        isOnce: true,
        json: { input_file_id: input, endpoint: url, completion_window: '24h', metadata: { natter: mark } },
      })
    },
    find: (api, mark) =>
      findBatch(readBatch, isMarked(mark), async (after) => {
        const page = after === undefined ? '' : `&after=${encodeURIComponent(after)}`
        const body = await at(api).json({ path: `batches?limit=100${page}` })
        const { data, has_more: hasMore } = isObject(body) ? body : {}
        const items = Array.isArray(data) ? data : []
        const last: unknown = items.at(-1)?.id
        return { items, next: hasMore === true && typeof last === 'string' ? last : undefined }
      }),
    get: (api, id) => ask(api, { path: of(id) }),
    cancel: (api, id) => ask(api, { path: `${of(id)}/cancel`, method: 'POST' }),
    answersOf: (api, { answers }) => answersIn(api, rowsIn(at(api), answers.map(contentOf)), readAnswer),
  }
}

/** OpenAI's own. https://platform.openai.com/docs/guides/batch */
export const openaiBatches: BatchApi = restBatches({ mostEntries: 50_000, mostBytes: 200e6 })

/** Asks for what a file of answers holds. */
export const contentOf = (file: string): ApiRequest => ({
  path: `files/${encodeURIComponent(file)}/content`,
  advice: NO_ANSWERS,
})

/** Uploads what is handed in; gives the id of the file. */
export async function batchFile(api: Api, mark: string, bytes: Uint8Array): Promise<string> {
  const file = { name: `${mark}.jsonl`, mimeType: 'application/jsonl', bytes }
  const json: Api['json'] = (request) => api.json({ ...request, advice: NO_BATCHES })
  return (await BATCH_FILES.upload({ ...api, json }, file)).id
}

const BATCH_FILES = restFiles({
  limit: 512e6,
  fields: { purpose: 'batch' },
  query: () => '',
  next: () => undefined,
})

/** Whether a row of a list is the batch with this mark. */
export const isMarked =
  (mark: string) =>
  (row: unknown): boolean =>
    isObject(row) && isObject(row.metadata) && row.metadata.natter === mark

/** What is wrong with a batch as a whole: the problems of its file, where they are told by line. */
export function problemsIn(errors: unknown): string {
  const list = isObject(errors) ? errors.data : errors
  return (Array.isArray(list) ? list : [])
    .map((problem) => {
      const { message, line } = isObject(problem) ? problem : { message: problem, line: undefined }
      return `${typeof line === 'number' ? `line ${line}: ` : ''}${String(message)}`
    })
    .join('; ')
}

/** As OpenAI names what was not asked at all: "batch_expired", "batch_cancelled". */
function outcomeOf(code: unknown): BatchAnswer['outcome'] {
  const [, word = ''] = /(expired|cancelled)$/.exec(String(code)) ?? []
  return word === 'expired' || word === 'cancelled' ? word : 'failed'
}
