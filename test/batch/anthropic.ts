import { type Came, type Keep, type Kept, type Speak, count, linesOf, sentIn } from './kept.ts'

/** Batches as Anthropic answers them. https://platform.claude.com/docs/en/api/creating-message-batches */
export const anthropic: Speak = (request, keep) => {
  const path = /^\/v1\/messages\/batches(?:\/([^/?]*))?(?:\/(\w+))?$/.exec(request.path)
  if (!path) return undefined
  const [, id, action] = path
  if (id === undefined) {
    const { requests } = sentIn(request) as {
      readonly requests: readonly { custom_id: string; params: Kept['facts'] }[]
    }
    const ids = requests.map(({ custom_id }) => custom_id)
    // This one says at once what is wrong.
    if (new Set(ids).size < ids.length)
      return {
        status: 400,
        json: {
          type: 'error',
          error: { type: 'invalid_request_error', message: 'custom_id must be unique' },
        },
      }
    const entries = requests.map(({ custom_id, params }) => ({ id: custom_id, body: params }))
    return { json: tell(keep, keep.add(entries, undefined)) }
  }
  if (action === 'results') {
    const kept = keep.batches.find((one) => one.id === id)
    return kept && { text: linesOf(kept.came.map(lineOf)) }
  }
  const kept = action === 'cancel' ? keep.cancel(id) : keep.ask(id)
  return kept && { json: tell(keep, kept) }
}

function tell(keep: Keep, kept: Kept): object {
  const { id, state, entries } = kept
  const isOver = state !== 'running' && state !== 'cancelling'
  return {
    id,
    type: 'message_batch',
    processing_status: isOver ? 'ended' : state === 'cancelling' ? 'canceling' : 'in_progress',
    request_counts: {
      processing: isOver ? 0 : entries.length,
      succeeded: count(kept, 'answered'),
      errored: count(kept, 'failed'),
      canceled: count(kept, 'cancelled'),
      expired: count(kept, 'expired'),
    },
    created_at: '2026-08-19T14:47:10.487960+00:00',
    expires_at: '2026-08-20T14:47:10.487960+00:00',
    results_url: isOver ? `${keep.origin}/v1/messages/batches/${id}/results` : null,
  }
}

function lineOf({ id, outcome, body }: Came): object {
  const result =
    outcome === 'answered'
      ? { type: 'succeeded', message: body }
      : outcome === 'failed'
        ? { type: 'errored', error: { type: 'error', ...(body as object) } }
        : { type: outcome === 'cancelled' ? 'canceled' : outcome }
  return { custom_id: id, result }
}

/** A whole answer that says a text. */
export const spellAnthropic = (text: string, { model }: Kept['facts']): unknown => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, output_tokens: 2, service_tier: 'batch' },
})
