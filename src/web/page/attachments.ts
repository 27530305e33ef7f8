// Files that wait to be sent with a question.
import { signal } from '@preact/signals'
import type { UploadView } from '../protocol.ts'
import * as api from './api.ts'
import { bytes } from './figures.ts'
import { notify } from './notices.ts'
import { state } from './session.ts'

/** A file that was attached. */
export interface Attachment {
  readonly key: number
  readonly name: string
  readonly size: number
  /** The address of a picture of it. */
  readonly preview?: string
  /** Once the server has it. */
  readonly upload?: UploadView
  readonly problem?: string
}

/** The files of the next question. */
export const attachments = signal<readonly Attachment[]>([])

let count = 0
const sending = new Map<number, AbortController>()

/** Attaches files, and sends them to the server at once. */
export function attach(files: Iterable<File>): void {
  const most = state.value?.maxUpload ?? Infinity
  for (const file of files) {
    if (file.size > most) notify({ text: `${file.name} is too large: ${bytes(most)} is the most` })
    else if (file.size === 0) notify({ text: `${file.name} is empty` })
    else void send(file)
  }
}

async function send(file: File): Promise<void> {
  const key = count++
  const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(file.type)
  const abort = new AbortController()
  const added: Attachment = {
    key,
    name: file.name,
    size: file.size,
    ...(isPicture && { preview: URL.createObjectURL(file) }),
  }
  sending.set(key, abort)
  attachments.value = [...attachments.value, added]
  try {
    change(key, { upload: await api.upload(file, file.name, abort.signal) })
  } catch (error) {
    if (!abort.signal.aborted) change(key, { problem: api.viewOf(error).message })
  }
  sending.delete(key)
}

function change(key: number, news: Partial<Attachment>): void {
  attachments.value = attachments.value.map((one) => (one.key === key ? { ...one, ...news } : one))
}

/** Takes a file away again. */
export function detach(key: number): void {
  sending.get(key)?.abort()
  for (const { preview } of attachments.value.filter((one) => one.key === key))
    if (preview) URL.revokeObjectURL(preview)
  attachments.value = attachments.value.filter((one) => one.key !== key)
}

/** Takes all files away: they were sent. */
export function detachAll(): void {
  for (const { key } of attachments.value) detach(key)
}
