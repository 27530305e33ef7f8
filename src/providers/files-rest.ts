import { isAmount } from '../dialects/reported-cost.ts'
import { isObject } from '../lib/merge.ts'
import { multipart } from '../lib/multipart.ts'
import type { Api, ApiRequest } from './api.ts'
import { type FileStore, NO_FILE, type StoredFile, demandFile, storedFile } from './file-store.ts'
import { dateOf } from './models-row.ts'
import { allPages } from './paged.ts'

/** Where a store of the kind that OpenAI began differs from it. */
export interface RestFiles {
  /** The most bytes of one file. */
  readonly limit: number
  /** Sent beside a file. */
  readonly fields: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** The query for the page behind a mark, and the mark behind a page; undefined at the end. */
  readonly query: (mark: string | undefined) => string
  readonly next: (
    body: Readonly<Record<string, unknown>>,
    found: number,
    mark: string | undefined,
  ) => string | undefined
}

/** What is told of a file: by OpenAI, Anthropic, Mistral or xAI; undefined where it is none. */
export function readFile(row: unknown): StoredFile | undefined {
  if (!isObject(row) || typeof row.id !== 'string') return undefined
  const { id, filename: name } = row
  const mimeType = row.mime_type ?? row.mimetype
  const size = row.size_bytes ?? row.bytes
  const created = dateOf(row.created_at)
  const expires = dateOf(row.expires_at)
  return storedFile({
    id,
    ...(typeof name === 'string' && { name }),
    ...(typeof mimeType === 'string' && { mimeType }),
    ...(isAmount(size) && { size }),
    ...(created && { created }),
    ...(expires && { expires }),
  })
}

/** The files in a page of a list. */
export const readFiles = (body: unknown): readonly StoredFile[] =>
  isObject(body) && Array.isArray(body.data) ? body.data.flatMap((row) => readFile(row) ?? []) : []

/** A store of files with `POST files`, `GET files`, `GET files/{id}`, `GET files/{id}/content` and `DELETE files/{id}`. */
export function restFiles({ limit, fields, headers = {}, query, next }: RestFiles): FileStore {
  const request = (path: string, more: Omit<ApiRequest, 'path'> = {}): ApiRequest => ({
    advice: NO_FILE,
    ...more,
    path,
    headers: { ...headers, ...more.headers },
  })
  const at = (id: string): string => `files/${encodeURIComponent(id)}`
  return {
    limit,
    async upload(api, file) {
      const { type, bytes } = multipart(fields, file)
      const kept = await api.json(
        request('files', { bytes, headers: { 'content-type': type }, isOnce: true, onSent: file.onSent }),
      )
      // What it is, is known here better than by the ending of its name.
      return demand(isObject(kept) ? { mime_type: file.mimeType, ...kept } : kept, api)
    },
    list: (api) =>
      allPages(async (mark) => {
        const body = await api.json(request(`files${query(mark)}`))
        const items = readFiles(body)
        return { items, next: isObject(body) ? next(body, items.length, mark) : undefined }
      }),
    get: async (api, id) => demand(await api.json(request(at(id))), api),
    download: async (api, id) => (await api.call(request(`${at(id)}/content`, { limit }))).bytes,
    async delete(api, id) {
      await api.call(request(at(id), { method: 'DELETE' }))
    },
  }
}

const demand = (row: unknown, api: Api): StoredFile => demandFile(readFile(row), row, api)
