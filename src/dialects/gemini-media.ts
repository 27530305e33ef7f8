import { type Media, documentText } from '../core/content.ts'
import { signed } from './gemini-opaque.ts'

/** A part of a content, as Google spells it. */
export type Part = Readonly<Record<string, unknown>>

/** Files that the servers read where they are: uploaded ones, those in Google's storage, and videos on YouTube. */
const GOOGLES =
  /^(?:gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/|https:\/\/(?:www\.|m\.)?youtube\.com\/|https:\/\/youtu\.be\/)/i

const UPLOADS = 'https://generativelanguage.googleapis.com/v1beta/'

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  pdf: 'application/pdf',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
}

/**
 * A medium as a part. `fetches`: whether the server reads any `https:` URL.
 * @throws TypeError for a URL that the server does not read.
 */
export function spellMedia(media: Media, fetches = false): Part {
  const { kind, mimeType, data, url, fileId, opaque } = media
  if (fileId !== undefined)
    return fileData(fileId.startsWith('files/') ? UPLOADS + fileId : fileId, mimeType, opaque)
  if (data !== undefined)
    // The types of text that are taken as bytes are few; every model reads it as text.
    return kind === 'document'
      ? { text: documentText(media) }
      : { inlineData: { mimeType, data }, ...signed(opaque) }
  if (url !== undefined && (GOOGLES.test(url) || (fetches && /^https?:/i.test(url))))
    return fileData(url, mimeType, opaque)
  throw new TypeError(
    `this server does not fetch ${url ?? 'a medium without data'}: download it first, as image(url, { download: true }) does, or upload it to Google`,
  )
}

function fileData(fileUri: string, mimeType: string, opaque: Media['opaque']): Part {
  const type = mimeType.includes('*') ? typeOf(fileUri) : mimeType
  return { fileData: { fileUri, ...(type && { mimeType: type }) }, ...signed(opaque) }
}

/** The type by the ending; undefined where it tells nothing, and the server finds out. */
function typeOf(uri: string): string | undefined {
  const ending = /\.(\w+)(?:[?#]|$)/.exec(uri)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined
}
