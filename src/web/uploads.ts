import { audio, document, image, pdf } from '../chat/contents.ts'
import type { Media } from '../core/content.ts'
import { mimeOf } from '../core/mime.ts'
import type { UploadView } from './protocol.ts'
import { WebError } from './error-view.ts'

/** How long a file waits to be used, in milliseconds, and how many bytes wait at most. */
const KEEP_FOR = 60 * 60_000
const MOST_BYTES = 200_000_000

interface Upload {
  readonly media: Media
  readonly size: number
  readonly since: number
}

/** Files that were attached and not sent yet, in memory. What a file is, its bytes say, not its name. */
export class Uploads {
  readonly #files = new Map<string, Upload>()

  /**
   * Takes a file.
   * @throws TypeError for what no model takes
   */
  async add(bytes: Uint8Array, name: string): Promise<UploadView> {
    this.#prune()
    const waiting = [...this.#files.values()].reduce((sum, { size }) => sum + size, bytes.length)
    if (waiting > MOST_BYTES)
      throw new WebError(
        413,
        'too-large',
        'Too many files are waiting: send some of them, or reload the page.',
      )
    const media = { name, ...(await read(bytes, name)) }
    const id = crypto.randomUUID()
    this.#files.set(id, { media, size: bytes.length, since: Date.now() })
    const { kind, mimeType } = media
    return { id, kind, mimeType, name, size: bytes.length }
  }

  /**
   * The files of these ids.
   * @throws WebError 400 for one that is not there, or no longer
   */
  get(ids: readonly string[]): readonly Media[] {
    return ids.map((id) => {
      const found = this.#files.get(id)
      if (!found) throw new WebError(400, 'not-found', 'An attached file is no longer here: attach it again.')
      return found.media
    })
  }

  /** Forgets files that were used. */
  remove(ids: readonly string[]): void {
    for (const id of ids) this.#files.delete(id)
  }

  #prune(): void {
    for (const [id, { since }] of this.#files) if (Date.now() - since > KEEP_FOR) this.#files.delete(id)
  }
}

function read(bytes: Uint8Array, name: string): Promise<Media> {
  const mimeType = mimeOf(bytes) ?? ''
  // An SVG is text, and no picture that a model takes.
  if (mimeType.startsWith('image/') && mimeType !== 'image/svg+xml') return image(bytes, { resize: 'high' })
  if (mimeType.startsWith('audio/')) return audio(bytes, { name })
  if (mimeType === 'application/pdf') return pdf(bytes, { name })
  return document(bytes, { name })
}
