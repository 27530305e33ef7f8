import { ChatError } from '../core/errors.ts'
import { isObject } from '../lib/merge.ts'
import type { Api } from './api.ts'
import { type FileStore, NO_FILE, type StoredFile, demandFile, storedFile } from './file-store.ts'
import { dateOf } from './models-row.ts'
import { allPages } from './paged.ts'

/** How long a file may be looked through, and the longest pause between two looks, in milliseconds. */
const PATIENCE = 10 * 60_000
const LONGEST_PAUSE = 2000

/** What is told of a file; undefined where it is none. Its id is its name, such as `files/abc`. */
export function readFile(row: unknown): StoredFile | undefined {
  if (!isObject(row) || typeof row.name !== 'string') return undefined
  const { name: id, displayName: name, mimeType } = row
  const size = Number(row.sizeBytes ?? Number.NaN)
  const created = dateOf(row.createTime)
  const expires = dateOf(row.expirationTime)
  return storedFile({
    id,
    ...(typeof name === 'string' && name !== '' && { name }),
    ...(typeof mimeType === 'string' && { mimeType }),
    ...(size >= 0 && { size }),
    ...(created && { created }),
    ...(expires && { expires }),
  })
}

/**
 * Files of the Gemini API, which are deleted after two days. What was uploaded cannot be downloaded.
 * https://ai.google.dev/api/files
 */
export const geminiFiles: FileStore = {
  limit: 2e9,
  async upload(api, { name, mimeType, bytes, onSent }) {
    const address = await beginUpload(api, { name, mimeType, size: bytes.length })
    const kept = await api.json({
      path: address,
      isOnce: true,
      headers: {
        'content-type': mimeType,
        'x-goog-upload-offset': '0',
        'x-goog-upload-command': 'upload, finalize',
      },
      bytes: new Uint8Array(bytes),
      onSent,
    })
    return whenReady(api, isObject(kept) ? (kept.file ?? kept) : kept)
  },
  list: (api) =>
    allPages(async (mark) => {
      const token = mark === undefined ? '' : `&pageToken=${encodeURIComponent(mark)}`
      const body = await api.json({ path: `files?pageSize=100${token}` })
      const { files, nextPageToken: next } = isObject(body) ? body : {}
      return {
        items: Array.isArray(files) ? files.flatMap((row) => readFile(row) ?? []) : [],
        next: typeof next === 'string' && next !== '' ? next : undefined,
      }
    }),
  get: async (api, id) => demand(await api.json({ path: pathOf(id), advice: NO_FILE }), api),
  async download(api, id) {
    const path = `${pathOf(id)}:download?alt=media`
    return (await api.call({ path, advice: NO_FILE, limit: this.limit })).bytes
  },
  async delete(api, id) {
    await api.call({ method: 'DELETE', path: pathOf(id), advice: NO_FILE })
  },
}

/** `files/abc`, `abc`, or the whole address that a file is known by. */
const pathOf = (id: string): string => `files/${encodeURIComponent(id.replace(/^(?:.*\/)?files\//, ''))}`

/** The address that the bytes go to. */
async function beginUpload(
  { baseUrl, call, provider }: Api,
  { name, mimeType, size }: { readonly name: string; readonly mimeType: string; readonly size: number },
): Promise<string> {
  const { origin, pathname } = new URL(baseUrl)
  const { header } = await call({
    path: `${origin}/upload${pathname.replace(/\/+$/, '')}/files`,
    isOnce: true,
    headers: {
      'x-goog-upload-protocol': 'resumable',
      'x-goog-upload-command': 'start',
      'x-goog-upload-header-content-length': String(size),
      'x-goog-upload-header-content-type': mimeType,
    },
    json: { file: { display_name: name } },
  })
  const address = header('x-goog-upload-url')
  if (address !== undefined && URL.canParse(address)) return address
  throw new ChatError(`${provider} did not say where to upload to.`, { code: 'bad-reply', provider })
}

/** A file once it can be used: recordings and films are looked through first. */
async function whenReady(api: Api, first: unknown): Promise<StoredFile> {
  const { provider } = api
  const until = performance.now() + PATIENCE
  let row = first
  for (
    let pause = 250;
    isObject(row) && row.state === 'PROCESSING';
    pause = Math.min(2 * pause, LONGEST_PAUSE)
  ) {
    if (performance.now() > until)
      throw new ChatError(`${provider} was not ready with the file after ${PATIENCE / 60_000} minutes.`, {
        code: 'timeout',
        provider,
      })
    await api.sleep(pause)
    row = await api.json({ path: pathOf(demand(row, api).id), advice: NO_FILE })
  }
  if (isObject(row) && row.state === 'FAILED') {
    const why = isObject(row.error) && typeof row.error.message === 'string' ? `: ${row.error.message}` : ''
    throw new ChatError(`${provider} cannot use the file${why}`, { code: 'bad-request', provider, body: row })
  }
  return demand(row, api)
}

const demand = (row: unknown, api: Api): StoredFile => demandFile(readFile(row), row, api)
