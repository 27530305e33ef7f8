import type { Media } from '../core/content.ts'

type Block = Readonly<Record<string, unknown>>

const IMAGES: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
}

const DOCUMENTS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
}

/** Where `audio/…` has another name. */
const AUDIO: Readonly<Record<string, string>> = { mpeg: 'mp3', wave: 'wav', 'x-m4a': 'm4a' }

/** Spells the pictures and files of one request; the names of its documents are all different, as the API demands. */
export class BedrockMedia {
  readonly #names = new Set<string>()

  /** @throws TypeError for what the API cannot carry. */
  spell(media: Media): Block {
    const { kind, mimeType } = media
    switch (kind) {
      case 'image': {
        const format = IMAGES[mimeType]
        // An S3 object may have been named without a look into it.
        if (format === undefined && mimeType !== 'image/*')
          throw new TypeError(`Bedrock takes images as PNG, JPEG, GIF or WebP: this one is ${mimeType}`)
        return { image: { format: format ?? formatOf(media, 'png'), source: sourceOf(media, 'image') } }
      }
      case 'audio': {
        const format = mimeType.replace(/^audio\/(?:x-(?=wav|flac))?/, '')
        return { audio: { format: AUDIO[format] ?? format, source: sourceOf(media, 'audio') } }
      }
      case 'pdf':
      case 'document': {
        const format = kind === 'pdf' ? 'pdf' : (DOCUMENTS[mimeType] ?? 'txt')
        const source = sourceOf(media, kind === 'pdf' ? 'PDF' : 'document')
        return { document: { format, name: this.#nameOf(media.name), source } }
      }
    }
  }

  /**
   * A name made of what a document's may be: letters, digits, single spaces, hyphens, parentheses and square brackets.
   * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
   */
  #nameOf(given = ''): string {
    const safe = given
      .replace(/\.\w{1,5}$/, '')
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .replaceAll(/[^A-Za-z0-9\s\-()[\]]+/g, '-')
      .replaceAll(/\s+/g, ' ')
      .slice(0, 180)
      .replaceAll(/^[\s-]+|[\s-]+$/g, '')
    let name = safe || 'Document'
    for (let n = 2; this.#names.has(name); n++) name = `${safe || 'Document'} ${n}`
    this.#names.add(name)
    return name
  }
}

function sourceOf({ data, url, fileId }: Media, what: string): Block {
  if (data !== undefined) return { bytes: data }
  const uri = [fileId, url].find((place) => place?.startsWith('s3://'))
  if (uri !== undefined) return { s3Location: { uri } }
  throw new TypeError(
    `Bedrock fetches no ${what} from ${url ?? fileId ?? 'nowhere'}: pass its bytes, or an s3:// URI as fileId`,
  )
}

/** The format in the name of an object, where nothing else tells. */
function formatOf({ fileId, url }: Media, otherwise: string): string {
  const ending = /\.(\w+)$/.exec(fileId ?? url ?? '')?.[1]?.toLowerCase() ?? ''
  return IMAGES[`image/${ending}`] ?? otherwise
}
