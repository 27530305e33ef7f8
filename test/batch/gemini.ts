import {
  type Came,
  type Keep,
  type Kept,
  type Replied,
  type Speak,
  count,
  linesOf,
  rowsIn,
  sentIn,
} from './kept.ts'

/** Batches as the Gemini API answers them. https://ai.google.dev/api/batch-api */
export const gemini: Speak = (request, keep) => {
  const { path, method } = request
  if (path.startsWith('/upload/')) return upload(request, keep)
  const download = /^\/download\/v1beta\/files\/([^/:]+):download\?alt=media$/.exec(path)
  if (download) {
    const text = keep.files.get(download[1] ?? '')
    return text === undefined ? undefined : { text }
  }
  const model = /^\/v1beta\/(models\/[^/:]+):batchGenerateContent$/.exec(path)?.[1]
  if (model !== undefined) {
    const { batch } = sentIn(request) as {
      readonly batch: { readonly displayName: string; readonly inputConfig: { readonly fileName: string } }
    }
    const text = keep.files.get(batch.inputConfig.fileName.replace('files/', ''))
    if (text === undefined) return { status: 404, json: { error: { message: 'no such file', code: 404 } } }
    const rows = rowsIn(text) as readonly { key: string; request: Kept['facts'] }[]
    const entries = rows.map(({ key, request: body }) => ({ id: key, body }))
    return { json: tell(keep, keep.add(entries, batch.displayName, { model })) }
  }
  const [, id, action, query] = /^\/v1beta\/batches(?:\/([^:?]+))?(?::(\w+))?(?:\?(.*))?$/.exec(path) ?? []
  if (id === undefined)
    return method === 'GET' ? { json: listed(keep, new URLSearchParams(query)) } : undefined
  if (action === 'cancel') return keep.cancel(id) && { json: {} }
  const kept = keep.ask(id)
  return kept && { json: tell(keep, kept) }
}

function upload({ path, headers, bytes }: Parameters<Speak>[0], keep: Keep): Replied {
  if (headers['x-goog-upload-command'] === 'start')
    return { json: {}, headers: { 'x-goog-upload-url': `${keep.origin}${path}?upload_id=1` } }
  return { json: { file: { name: `files/${keep.file(bytes.toString())}`, state: 'ACTIVE' } } }
}

function listed(keep: Keep, query: URLSearchParams): object {
  const from = Number(query.get('pageToken') ?? 0)
  const all = keep.batches.toReversed().map((kept) => tell(keep, kept))
  return {
    operations: all.slice(from, from + 2),
    ...(from + 2 < all.length && { nextPageToken: `${from + 2}` }),
  }
}

const WORDS = { completed: 'SUCCEEDED', cancelling: 'RUNNING' } as const

function tell(keep: Keep, kept: Kept): object {
  const { id, state, mark, entries, came, facts } = kept
  const name = `batches/${id}`
  const file = `files/batch-${id}`
  const isOver = state !== 'running' && state !== 'cancelling'
  const word = state === 'completed' || state === 'cancelling' ? WORDS[state] : state.toUpperCase()
  if (came.length > 0) keep.files.set(`batch-${id}`, linesOf(came.filter(isTold).map(lineOf)))
  return {
    name,
    metadata: {
      '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch',
      ...facts,
      name,
      displayName: mark,
      createTime: '2026-07-02T14:40:59.019821594Z',
      batchStats: {
        requestCount: `${entries.length}`,
        ...(isOver && {
          successfulRequestCount: `${count(kept, 'answered')}`,
          failedRequestCount: `${count(kept, 'failed')}`,
        }),
      },
      state: `BATCH_STATE_${word}`,
    },
    ...(isOver && { done: true }),
    ...(state === 'failed' && { error: { code: 3, message: 'The input file cannot be read.' } }),
    ...(came.length > 0 && { response: { responsesFile: file } }),
  }
}

/** What was not asked has no line. */
const isTold = ({ outcome }: Came): boolean => outcome === 'answered' || outcome === 'failed'

const lineOf = ({ id, outcome, status, body }: Came): object =>
  outcome === 'answered'
    ? { key: id, response: body }
    : { key: id, error: { code: status, ...(body as { readonly error: object }).error } }

/** A whole answer that says a text. */
export const spellGemini = (text: string): unknown => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 2 },
  modelVersion: 'm-001',
})
