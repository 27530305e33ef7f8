import { concat } from '../lib/concat.ts'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import { WebError } from './error-view.ts'

const tooLarge = (limit: number): WebError =>
  new WebError(
    413,
    'too-large',
    `That is larger than the ${Math.floor(limit / 1_000_000)} MB that may be sent.`,
  )

/**
 * The body of a request.
 * @throws WebError 413 for one of more bytes than the limit, before it is read to its end
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit)
  const pieces: Uint8Array[] = []
  let size = 0
  // Not every platform lets a body be looped over.
  const reader = request.body?.getReader()
  for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
    size += step.value.length
    if (size > limit) {
      void reader?.cancel()
      throw tooLarge(limit)
    }
    pieces.push(step.value)
  }
  return concat(pieces, size)
}

/**
 * The JSON object in a request's body; empty for no body.
 * @throws WebError for anything else. Only what says that it is JSON is taken: a form of another site cannot say so.
 */
export async function readJson(request: Request, limit: number): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readBytes(request, limit)
  if (bytes.length === 0) return {}
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? ''))
    throw new WebError(415, 'bad-request', 'The body must be JSON, and its content-type application/json.')
  const value = parsedJson(new TextDecoder().decode(bytes))
  if (isObject(value)) return value
  throw new WebError(400, 'bad-request', 'The body must be a JSON object.')
}
