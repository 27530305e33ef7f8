import type { Wire } from '../dialects/dialect.ts'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import type { Api, ApiRequest } from './api.ts'
import type { Batch, BatchAnswer, BatchApi } from './batch-api.ts'
import { NO_BATCH, answersIn, countsOf, demandBatch, rowBytes, stateOf } from './batch-rows.ts'
import { NO_FILE } from './file-store.ts'
import { restFiles } from './files-rest.ts'
import { dateOf } from './models-row.ts'
import { allPages } from './paged.ts'

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
  if (!isObject(row) || typeof row.id !== 'string' || typeof row.status !== 'string') return undefined
  const { id, status, request_counts: counts } = row
  const state = stateOf(status)
  const created = dateOf(row.created_at)
  const expires = dateOf(row.expires_at)
  const told = isObject(counts) && countsOf(state, counts.total, counts.completed, counts.failed)
  const error = problemsIn(row.errors) || undefined
  return {
    id,
    status,
    state,
    ...(told && { counts: told }),
    ...(created && { created }),
    ...(expires && { expires }),
    ...(error !== undefined && { error }),
    // A batch without one good answer has no file of them, and one without a bad one none of those.
    answers: [row.output_file_id, row.error_file_id].filter((file) => typeof file === 'string'),
  }
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
  const ask = async (api: Api, request: ApiRequest): Promise<Batch> => {
    const row = await at(api).json({ advice: NO_BATCH, ...request })
    return demandBatch(readBatch(row), row, api)
  }
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
    async find(api, mark) {
      const [found] = await allPages(async (after) => {
        const page = after === undefined ? '' : `&after=${encodeURIComponent(after)}`
        const body = await at(api).json({ path: `batches?limit=100${page}` })
        const rows = isObject(body) && Array.isArray(body.data) ? body.data : []
        const hit = rows.find((row) => isMarked(row, mark))
        const last: unknown = rows.at(-1)?.id
        const isLast = hit !== undefined || !isObject(body) || body.has_more !== true
        return {
          items: hit === undefined ? [] : [hit],
          next: isLast || typeof last !== 'string' ? undefined : last,
        }
      })
      return readBatch(found)
    },
    get: (api, id) => ask(api, { path: of(id) }),
    cancel: (api, id) => ask(api, { path: `${of(id)}/cancel`, method: 'POST' }),
    answersOf: (api, { answers }) => answersIn(at(api), answers.map(contentOf), readAnswer),
  }
}

/** OpenAI's own. https://platform.openai.com/docs/guides/batch */
export const openaiBatches: BatchApi = restBatches({ mostEntries: 50_000, mostBytes: 200e6 })

/** Asks for what a file of answers holds. */
export const contentOf = (file: string): ApiRequest => ({
  path: `files/${encodeURIComponent(file)}/content`,
  advice: NO_FILE,
})

/** Uploads what is handed in; gives the id of the file. */
export async function batchFile(api: Api, mark: string, bytes: Uint8Array): Promise<string> {
  const file = { name: `${mark}.jsonl`, mimeType: 'application/jsonl', bytes }
  return (await BATCH_FILES.upload(api, file)).id
}

const BATCH_FILES = restFiles({
  limit: 512e6,
  fields: { purpose: 'batch' },
  query: () => '',
  next: () => undefined,
})

/** Whether a row of a list is the batch with this mark. */
export const isMarked = (row: unknown, mark: string): boolean =>
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
