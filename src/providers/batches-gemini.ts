import { isObject } from '../lib/merge.ts'
import type { Api, ApiRequest } from './api.ts'
import type { Batch, BatchAnswer, BatchApi } from './batch-api.ts'
import { answersIn, rowBytes, rowsIn } from './batch-rows.ts'
import { geminiFiles } from './files-gemini.ts'
import { NO_ANSWERS, NO_BATCH, askBatch, findBatch, toldBatch } from './told-batch.ts'

type Fields = Readonly<Record<string, unknown>>

/** How many requests there may be is not told. */
const LIMITS = { mostEntries: Infinity, mostBytes: geminiFiles.limit }

/** What is told of a batch; undefined where it is none. Its id is its name, such as `batches/abc`. */
export function readBatch(row: unknown): Batch | undefined {
  if (!isObject(row)) return undefined
  const about = isObject(row.metadata) ? row.metadata : row
  const stats = isObject(about.batchStats) ? about.batchStats : {}
  const output = outputOf(row)
  return toldBatch({
    id: row.name,
    // What has its first value is left out in Google's JSON.
    status:
      about.state ?? (row.done !== true ? 'BATCH_STATE_UNSPECIFIED' : row.error ? 'FAILED' : 'SUCCEEDED'),
    total: stats.requestCount,
    answered: stats.successfulRequestCount,
    failed: stats.failedRequestCount,
    created: about.createTime,
    error: isObject(row.error) ? row.error.message : undefined,
    answers: [output.responsesFile ?? (inlinedIn(output).length > 0 ? row.name : undefined)],
  })
}

const outputOf = ({ response, metadata, output }: Fields): Fields =>
  [response, isObject(metadata) ? metadata.output : output].find(isObject) ?? {}

const inlinedIn = ({ inlinedResponses: inlined }: Fields): readonly unknown[] => {
  const list = isObject(inlined) ? inlined.inlinedResponses : inlined
  return Array.isArray(list) ? list : []
}

/** What came of one request, as a line of the answers file says; undefined where it says nothing. */
export function readAnswer({ key, metadata, response, error }: Fields): BatchAnswer | undefined {
  const id = key ?? (isObject(metadata) ? metadata.key : undefined)
  if (typeof id !== 'string') return undefined
  return isObject(response)
    ? { id, outcome: 'answered', body: response }
    : { id, outcome: 'failed', body: { error } }
}

/** Batches of the Gemini API. https://ai.google.dev/gemini-api/docs/batch-api */
export const geminiBatches: BatchApi = {
  ...LIMITS,
  async submit(api, _, entries, mark) {
    const rows = entries.map(({ id, wire }) => ({ key: id, request: wire.body }))
    const bytes = rowBytes(api, LIMITS, rows)
    // Answers to what is handed in with the request itself come in one piece, which may be too long.
    const input = await geminiFiles.upload(api, { name: mark, mimeType: 'application/jsonl', bytes })
    const model = entries[0]?.wire.path.replace(/:generateContent$/, '')
    return ask(api, {
      path: `${model}:batchGenerateContent`,
      isOnce: true,
      json: { batch: { displayName: mark, inputConfig: { fileName: input.id } } },
    })
  },
  find: (api, mark) =>
    findBatch(
      readBatch,
      (row) => isObject(row) && isObject(row.metadata) && row.metadata.displayName === mark,
      async (token) => {
        const page = token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`
        const body = await api.json({ path: `batches?pageSize=100${page}` })
        const { operations, nextPageToken: next } = isObject(body) ? body : {}
        return {
          items: Array.isArray(operations) ? operations : [],
          next: typeof next === 'string' && next !== '' ? next : undefined,
        }
      },
    ),
  get: (api, id) => ask(api, { path: pathOf(id) }),
  async cancel(api, id) {
    await api.json({ path: `${pathOf(id)}:cancel`, method: 'POST', advice: NO_BATCH })
    return ask(api, { path: pathOf(id) })
  },
  answersOf: (api, { answers }) => answersIn(api, answerRows(api, answers), readAnswer),
}

/** The rows of answers that are in a file, or with the batch itself. */
async function* answerRows(api: Api, places: readonly string[]): AsyncGenerator {
  for (const place of places)
    if (place.startsWith('files/')) yield* rowsIn(api, [download(api, place)])
    else {
      const row = await api.json({ path: pathOf(place), advice: NO_BATCH })
      yield* isObject(row) ? inlinedIn(outputOf(row)) : []
    }
}

const ask = (api: Api, request: ApiRequest): Promise<Batch> => askBatch(api, readBatch, request)

/** `batches/abc`, or `abc`. */
const pathOf = (id: string): string => `batches/${encodeURIComponent(id.replace(/^batches\//, ''))}`

/** Files are downloaded beside the API, not below it. */
function download({ baseUrl }: Api, file: string): ApiRequest {
  const { origin, pathname } = new URL(baseUrl)
  const id = encodeURIComponent(file.replace('files/', ''))
  return {
    path: `${origin}/download${pathname.replace(/\/+$/, '')}/files/${id}:download?alt=media`,
    advice: NO_ANSWERS,
  }
}
