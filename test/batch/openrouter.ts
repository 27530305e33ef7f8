import { type Kept, type Replied, type Speak, count, sentIn } from './kept.ts'
import { lineOf } from './openai.ts'

/** Batches as OpenRouter answers them. https://openrouter.ai/docs/guides/features/batch-api */
export const openrouter: Speak = (request, keep): Replied => {
  const [, id, action, query] =
    /^\/api\/v1\/batches(?:\/([^/?]+))?(?:\/(\w+))?(?:\?(.*))?$/.exec(request.path) ?? []
  if (id === undefined && request.method === 'POST') {
    const { endpoint, model, requests } = sentIn(request) as {
      readonly requests: readonly { custom_id: string; body: Kept['facts'] }[]
      readonly [field: string]: unknown
    }
    if (!request.bytes.toString().startsWith('{"endpoint":'))
      return { status: 400, json: { error: { message: 'endpoint must stand before requests' } } }
    const entries = requests.map(({ custom_id, body }) => ({ id: custom_id, body }))
    return { status: 202, json: tell(keep.add(entries, undefined, { endpoint, model })) }
  }
  if (request.method !== 'GET' || id === undefined) return undefined
  if (action === 'results') {
    const came = keep.batches.find((one) => one.id === id)?.came ?? []
    const from = Number(new URLSearchParams(query).get('cursor'))
    const hasMore = from + 2 < came.length
    const data = came.slice(from, from + 2).map(lineOf)
    return { json: { object: 'list', data, has_more: hasMore, next_cursor: hasMore ? `${from + 2}` : null } }
  }
  const kept = keep.ask(id)
  return kept && { json: tell(kept) }
}

function tell(kept: Kept): object {
  const { id, entries, state, facts, came } = kept
  return {
    id,
    object: 'batch',
    ...facts,
    status: state === 'running' ? 'in_progress' : state,
    error: state === 'failed' ? { message: 'The requests are invalid.' } : null,
    created_at: 1_787_150_474,
    request_counts: {
      total: entries.length,
      completed: count(kept, 'answered'),
      failed: count(kept, 'failed'),
    },
    results: came.map(lineOf),
  }
}
