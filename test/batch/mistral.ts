import { fileRoute, lineOf } from './openai.ts'
import { type Keep, type Kept, type Speak, count, linesOf, rowsIn, sentIn } from './kept.ts'

/** Batches as Mistral answers them. https://docs.mistral.ai/api/endpoint/batch */
export const mistral: Speak = async (request, keep) => {
  const [, path = '', query = ''] = /^\/v1\/([^?]*)\??(.*)$/.exec(request.path) ?? []
  const [kind, second = '', id = '', action] = path.split('/').map(decodeURIComponent)
  if (kind === 'files') return fileRoute(request, keep, second, id)
  if (kind !== 'batch' || second !== 'jobs') return undefined
  if (request.method === 'POST' && id === '') {
    const {
      input_files: [file] = [],
      endpoint,
      model,
      metadata,
    } = sentIn(request) as {
      readonly input_files?: readonly string[]
      readonly [field: string]: unknown
    }
    const rows = rowsIn(keep.files.get(String(file)) ?? '') as readonly {
      custom_id: string
      body: Kept['facts']
    }[]
    if (rows.some(({ body }) => 'model' in body || 'stream' in body))
      return { status: 422, json: { message: { detail: [{ msg: 'Extra inputs are not permitted' }] } } }
    const entries = rows.map(({ custom_id, body }) => ({ id: custom_id, body }))
    return { json: tell(keep, keep.add(entries, metadata, { endpoint, model, input_files: [file] })) }
  }
  if (id === '') {
    const from = 2 * Number(new URLSearchParams(query).get('page'))
    const data = keep.batches.toReversed().map((kept) => tell(keep, kept))
    return { json: { object: 'list', data: data.slice(from, from + 2), total: data.length } }
  }
  const kept = action === 'cancel' ? keep.cancel(id) : keep.ask(id)
  return kept && { json: tell(keep, kept) }
}

const WORDS = {
  running: 'RUNNING',
  cancelling: 'CANCELLATION_REQUESTED',
  completed: 'SUCCESS',
  failed: 'FAILED',
  expired: 'TIMEOUT_EXCEEDED',
  cancelled: 'CANCELLED',
} as const

function tell(keep: Keep, kept: Kept): object {
  const { id, entries, mark, state, facts, came } = kept
  const good = came.filter(({ outcome }) => outcome === 'answered')
  const bad = came.filter(({ outcome }) => outcome === 'failed')
  for (const [name, rows] of [['good', good] as const, ['bad', bad] as const])
    keep.files.set(`${id}-${name}`, linesOf(rows.map(lineOf)))
  return {
    id,
    object: 'batch',
    ...facts,
    metadata: mark ?? null,
    output_file: good.length > 0 ? `${id}-good` : null,
    error_file: bad.length > 0 ? `${id}-bad` : null,
    errors: state === 'failed' ? [{ message: 'Invalid file format', count: 1 }] : [],
    status: WORDS[state],
    created_at: 1_787_150_442,
    total_requests: entries.length,
    completed_requests: good.length + bad.length,
    succeeded_requests: good.length,
    failed_requests: count(kept, 'failed'),
  }
}
