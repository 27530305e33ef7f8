import type { Media } from '../core/content.ts'
import { mimeOf, textMimeOf } from '../core/mime.ts'
import { fileSize } from '../lib/file-size.ts'
import { apiOf } from '../providers/call-api.ts'
import type { FileStore, StoredFile } from '../providers/file-store.ts'
import type { Line } from '../providers/line.ts'
import { type Source, type SourceOptions, load } from './contents-source.ts'

/** How a file is uploaded. */
export interface UploadOptions extends SourceOptions {
  /** What it is called. @default the last part of the path or URL */
  readonly name?: string
  /** @default told by its first bytes, or the ending of its name */
  readonly mimeType?: string
  /**
   * Hears how far it is: on Node while it goes, and elsewhere, or with a `fetch` of your own, when all is sent. What it throws ends the
   * upload.
   */
  readonly onProgress?: ((progress: UploadProgress) => void) | undefined
}

/** How far an upload is, in bytes of the request: the file and what is around it. */
export interface UploadProgress {
  readonly sent: number
  readonly total: number
}

/** A file that the provider keeps: its id, or what `upload` gave. */
export type FileReference = string | Pick<Media, 'fileId'>

/** What every question about files can be told. */
export interface FileCallOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * The files that the provider keeps for an account, so that prompts can refer to them instead of holding them. All throw TypeError
 * where the provider keeps none, and ChatError.
 */
export interface ChatFiles {
  /** Has a file kept, and gives it as a part of a prompt. It may have 100 MB, unless `maxBytes` says otherwise. */
  upload(source: Source, options?: UploadOptions): Promise<Media>
  /** All files of the account, in the provider's order. */
  list(options?: FileCallOptions): Promise<readonly StoredFile[]>
  get(file: FileReference, options?: FileCallOptions): Promise<StoredFile>
  /** The bytes of a file; several providers give back only what their models made. */
  download(file: FileReference, options?: FileCallOptions): Promise<Uint8Array>
  delete(file: FileReference, options?: FileCallOptions): Promise<void>
}

/** The most bytes of a file where `maxBytes` says nothing: all of it is in memory. */
const MOST = 100e6

/** The files of the account that a line belongs to. */
export async function filesOf(line: Line): Promise<ChatFiles> {
  const store = await storeOf(line)
  return {
    async upload(source, options = {}) {
      const { maxBytes = Math.min(MOST, store.limit), signal, onProgress } = options
      if (maxBytes > store.limit)
        throw new RangeError(
          `${line.provider.name} keeps files of ${fileSize(store.limit)} at most: maxBytes is ${maxBytes}`,
        )
      const loaded = await load(source, 'a file', { ...options, maxBytes, accept: '*/*' })
      const { bytes } = loaded
      const name = options.name ?? loaded.name ?? 'file'
      const mimeType =
        options.mimeType ?? mimeOf(bytes) ?? (isText(bytes) ? textMimeOf(name) : 'application/octet-stream')
      const onSent = onProgress && ((sent: number, total: number) => onProgress({ sent, total }))
      return (await store.upload(apiOf(line, signal), { name, mimeType, bytes, onSent })).media
    },
    list: async ({ signal } = {}) => store.list(apiOf(line, signal)),
    get: async (file, { signal } = {}) => store.get(apiOf(line, signal), idOf(file)),
    download: async (file, { signal } = {}) => store.download(apiOf(line, signal), idOf(file)),
    delete: async (file, { signal } = {}) => store.delete(apiOf(line, signal), idOf(file)),
  }
}

async function storeOf({ provider }: Line): Promise<FileStore> {
  const store = await provider.files?.()
  if (store) return store
  throw new TypeError(
    `${provider.name} keeps no files: put the file itself into the prompt, with image(), pdf(), document() or audio(). ` +
      'Anthropic, Google Gemini, Mistral and OpenAI keep them.',
  )
}

function idOf(file: FileReference): string {
  const id: unknown = typeof file === 'string' ? file : file?.fileId
  if (typeof id === 'string' && id !== '') return id
  throw new TypeError('a file is named by its id, or by what upload() gave')
}

function isText(bytes: Uint8Array): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0')
  } catch {
    return false
  }
}
