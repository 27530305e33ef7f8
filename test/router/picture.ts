import { type Json, isJson } from './wire.ts'

/** Where an image of a message comes from: a data URL or a web address. */
export function urlOf({ image_url: image }: Json): string {
  const url = isJson(image) ? image.url : image
  return typeof url === 'string' ? url : ''
}

/** The first bytes of PNG, JPEG, GIF and WebP. */
const SIGNATURES = ['89504e47', 'ffd8ff', '474946', '52494646']

/** Whether an image part leads to a picture: an address, or bytes that begin as pictures do. */
export function isPicture(part: Json): boolean {
  const url = urlOf(part)
  if (/^https?:\/\//.test(url)) return true
  const data = /^data:image\/[\w+.-]+;base64,(.+)$/.exec(url)?.[1]
  if (!data) return false
  const start = Buffer.from(data.slice(0, 32), 'base64').toString('hex')
  return SIGNATURES.some((signature) => start.startsWith(signature))
}

/** Whether a message of a body holds an image. */
export const isImage = ({ type }: Json): boolean =>
  type === 'image_url' || type === 'image' || type === 'input_image'
