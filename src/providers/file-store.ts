import type { Media } from '../core/content.ts'
import { ChatError } from '../core/errors.ts'
import { textMimeOf } from '../core/mime.ts'
import type { Api, ApiRequest } from './api.ts'

/** A file that a provider keeps. What it does not tell is absent. */
export interface StoredFile {
  readonly id: string
  readonly name?: string
  readonly mimeType: string
  /** In bytes. */
  readonly size?: number
  readonly created?: Date
  /** When it will be gone. */
  readonly expires?: Date
  /** The file as a part of a prompt. */
  readonly media: Media
}

/** A file to be kept. */
export interface Upload {
  readonly name: string
  readonly mimeType: string
  readonly bytes: Uint8Array
  /** Hears how many bytes of the request that brings it are sent, and of how many. */
  readonly onSent?: ApiRequest['onSent']
}

/** How a provider keeps files. All throw ChatError. */
export interface FileStore {
  /** The most bytes of one file. */
  readonly limit: number
  upload(api: Api, file: Upload): Promise<StoredFile>
  list(api: Api): Promise<readonly StoredFile[]>
  get(api: Api, id: string): Promise<StoredFile>
  download(api: Api, id: string): Promise<Uint8Array>
  delete(api: Api, id: string): Promise<void>
}

/** What to do where there is no such file. */
export const NO_FILE = 'Check its id: chat.files.list() tells what there is. Some are deleted after a time.'

/**
 * A file that a provider told of, where its row could be read.
 * @throws ChatError `bad-reply` where it could not
 */
export function demandFile(file: StoredFile | undefined, row: unknown, { provider }: Api): StoredFile {
  if (file) return file
  throw new ChatError(`${provider} answered with something that tells of no file.`, {
    code: 'bad-reply',
    provider,
    body: row,
  })
}

/** What is told of a file, as a value that prompts can hold. */
export function storedFile({
  id,
  name,
  mimeType = mimeOfName(name),
  ...facts
}: Omit<StoredFile, 'media' | 'mimeType'> & { readonly mimeType?: string | undefined }): StoredFile {
  const media: Media = {
    type: 'media',
    kind: kindOf(mimeType),
    mimeType,
    fileId: id,
    ...(name !== undefined && { name }),
  }
  return { id, ...(name !== undefined && { name }), mimeType, ...facts, media }
}

function kindOf(mimeType: string): Media['kind'] {
  if (mimeType === 'application/pdf') return 'pdf'
  const kind = mimeType.replace(/\/.*/, '')
  return kind === 'image' || kind === 'audio' ? kind : 'document'
}

const TYPES: Readonly<Record<string, string>> = {
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  pdf: 'application/pdf',
  png: 'image/png',
  wav: 'audio/wav',
  webp: 'image/webp',
}

/** The MIME type by the ending of a name, where nothing else tells. */
function mimeOfName(name = ''): string {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return (Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined) ?? textMimeOf(name)
}
