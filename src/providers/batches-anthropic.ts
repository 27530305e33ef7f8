import { isObject } from '../lib/merge.ts'
import type { Api, ApiRequest } from './api.ts'
import type { Batch, BatchAnswer, BatchApi } from './batch-api.ts'
import { answersIn, rowBytes, rowsIn } from './batch-rows.ts'
import { NO_ANSWERS, askBatch, toldBatch } from './told-batch.ts'

const LIMITS = { mostEntries: 100_000, mostBytes: 256e6 }

/** What is told of a batch; undefined where it is none. */
export function readBatch(row: unknown): Batch | undefined {
  if (!isObject(row)) return undefined
  const counts = isObject(row.request_counts) ? row.request_counts : {}
  const [processing = 0, succeeded = 0, errored = 0, canceled = 0, expired = 0] = COUNTED.map((name) =>
    Number(counts[name] ?? 0),
  )
  const failed = errored + canceled + expired
  const { processing_status: status } = row
  return toldBatch({
    id: row.id,
    status,
    // `ended` is the word for all that is over, whatever has ended it.
    state:
      status !== 'ended' ? 'running' : canceled > 0 ? 'cancelled' : expired > 0 ? 'expired' : 'completed',
    total: processing + succeeded + failed,
    answered: succeeded,
    failed,
    created: row.created_at,
    expires: row.expires_at,
    answers: [row.results_url],
  })
}

const COUNTED = ['processing', 'succeeded', 'errored', 'canceled', 'expired']

/** What came of one request, as a line of the results says; undefined where it says nothing. */
export function readAnswer({
  custom_id: id,
  result,
}: Readonly<Record<string, unknown>>): BatchAnswer | undefined {
  if (typeof id !== 'string' || !isObject(result)) return undefined
  const { type, message, error } = result
  if (type === 'succeeded') return { id, outcome: 'answered', body: message }
  if (type === 'expired') return { id, outcome: 'expired' }
  if (type === 'canceled') return { id, outcome: 'cancelled' }
  return { id, outcome: 'failed', body: error }
}

/**
 * Batches at Anthropic, which keep no mark. https://platform.claude.com/docs/en/build-with-claude/batch-processing
 */
export const anthropicBatches: BatchApi = {
  ...LIMITS,
  async submit(api, _, entries) {
    const rows = entries.map(({ id, wire }) => ({ custom_id: id, params: wire.body }))
    const bytes = rowBytes(api, LIMITS, rows, ['{"requests":[', ',', ']}'])
    const betas = new Set(entries.flatMap(({ wire }) => wire.headers?.['anthropic-beta']?.split(',') ?? []))
    return ask(api, {
      path: 'messages/batches',
      isOnce: true,
      bytes,
      headers: {
        'content-type': 'application/json',
        ...(betas.size > 0 && { 'anthropic-beta': [...betas].join(',') }),
      },
    })
  },
  get: (api, id) => ask(api, { path: pathOf(id) }),
  cancel: (api, id) => ask(api, { path: `${pathOf(id)}/cancel`, method: 'POST' }),
  answersOf: (api, { id, answers }) =>
    answersIn(
      api,
      rowsIn(
        api,
        answers.map((address) => resultsAt(api, id, address)),
      ),
      readAnswer,
    ),
}

const ask = (api: Api, request: ApiRequest): Promise<Batch> => askBatch(api, readBatch, request)

const pathOf = (id: string): string => `messages/batches/${encodeURIComponent(id)}`

/** The address of the results; behind a gateway it is the maker's own, where the gateway's key is of no use. */
function resultsAt({ baseUrl }: Api, id: string, address: string): ApiRequest {
  const isHere = URL.canParse(address) && new URL(address).origin === new URL(baseUrl).origin
  return { path: isHere ? address : `${pathOf(id)}/results`, advice: NO_ANSWERS }
}
