import { formIn } from '../file-server.ts'
import { completion } from '../loopback.ts'
import { message, whole } from '../responses-events.ts'
import { type Came, type Keep, type Kept, type Speak, count, linesOf, rowsIn, sentIn } from './kept.ts'

/** Batches as OpenAI, Groq and Azure answer them. https://platform.openai.com/docs/api-reference/batch */
export const openai: Speak = async (request, keep) => {
  const [, path = '', query = ''] = /^(?:\/openai)?(?:\/v1)?\/([^?]*)\??(.*)$/.exec(request.path) ?? []
  const [kind, id = '', action] = path.split('/').map(decodeURIComponent)
  if (kind === 'files') return fileRoute(request, keep, id, action)
  if (kind !== 'batches') return undefined
  if (request.method === 'POST' && id === '') {
    const { input_file_id: file, endpoint, metadata } = sentIn(request)
    const text = keep.files.get(String(file))
    if (text === undefined)
      return { status: 400, json: { error: { message: `No such file: ${String(file)}` } } }
    const rows = rowsIn(text) as readonly { custom_id: string; url: string; body: Kept['facts'] }[]
    const entries = rows.map(({ custom_id, url, body }) => ({ id: custom_id, url, body }))
    return { json: tell(keep, keep.add(entries, metadata, { endpoint, input_file_id: file })) }
  }
  if (id === '') return { json: listed(keep, new URLSearchParams(query)) }
  const kept = action === 'cancel' ? keep.cancel(id) : keep.ask(id)
  return kept && { json: tell(keep, kept) }
}

/** The paths of files: `POST files` with purpose `batch`, and what one holds. */
export async function fileRoute(
  request: Parameters<Speak>[0],
  keep: Keep,
  id: string,
  action: string | undefined,
): Promise<Awaited<ReturnType<Speak>>> {
  if (request.method === 'POST') {
    const form = await formIn(request)
    if (form.get('purpose') !== 'batch') return { status: 400, json: { error: { message: 'purpose' } } }
    const file = form.get('file') as File
    return {
      json: { id: keep.file(await file.text()), object: 'file', filename: file.name, purpose: 'batch' },
    }
  }
  const text = keep.files.get(id)
  return text === undefined || action !== 'content' ? undefined : { text }
}

/** The newest first, two a page. */
function listed(keep: Keep, query: URLSearchParams): object {
  const all = keep.batches.toReversed()
  const after = query.get('after')
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1
  const data = all.slice(from, from + 2).map((kept) => tell(keep, kept))
  return { object: 'list', data, has_more: from + 2 < all.length }
}

const WORDS = { running: 'in_progress', cancelling: 'cancelling' } as const

function tell(keep: Keep, kept: Kept): object {
  const { id, entries, mark, state, facts, came } = kept
  const file = (rows: readonly Came[], n: number): string | null => {
    const name = `${id}-${n}`
    if (rows.length > 0) keep.files.set(name, linesOf(rows.map(lineOf)))
    return rows.length > 0 ? name : null
  }
  const good = came.filter(({ outcome }) => outcome === 'answered')
  return {
    id,
    object: 'batch',
    ...facts,
    completion_window: '24h',
    status: state === 'running' || state === 'cancelling' ? WORDS[state] : state,
    output_file_id: file(good, 1),
    error_file_id: file(
      came.filter(({ outcome }) => outcome !== 'answered'),
      2,
    ),
    errors:
      state === 'failed'
        ? {
            object: 'list',
            data: [{ code: 'invalid_json_line', message: 'This line is not JSON.', line: 1 }],
          }
        : null,
    created_at: 1_787_150_474,
    expires_at: 1_787_236_874,
    request_counts: { total: entries.length, completed: good.length, failed: count(kept, 'failed') },
    metadata: mark ?? null,
  }
}

/** One line of an answers file. */
export function lineOf({ id, outcome, status, body }: Came): object {
  const line = { id: `batch_req_${id}`, custom_id: id }
  return outcome === 'answered' || outcome === 'failed'
    ? { ...line, response: { status_code: status, request_id: `req_${id}`, body }, error: null }
    : { ...line, response: null, error: { code: `batch_${outcome}`, message: `This request was not asked.` } }
}

/** A whole answer that says a text. */
export const spellOpenAI = (text: string, _: unknown, url: string | undefined): unknown =>
  url?.endsWith('/responses')
    ? whole([message(text)], { usage: { input_tokens: 10, output_tokens: 2 } })
    : completion(text, { usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 } })
