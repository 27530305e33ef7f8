import { concat } from './concat.ts'

/** A form with a file in it, ready to be sent. */
export interface Multipart {
  /** For the header `content-type`. */
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * A form of fields and one file, as `multipart/form-data`. https://www.rfc-editor.org/rfc/rfc7578
 * @param boundary what divides the parts; must not occur in the file
 */
export function multipart(
  fields: Readonly<Record<string, string>>,
  file: { readonly name: string; readonly mimeType: string; readonly bytes: Uint8Array },
  boundary = `natter-${crypto.randomUUID()}`,
): Multipart {
  const encoder = new TextEncoder()
  const texts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`,
  )
  const head = encoder.encode(
    `${texts.join('')}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(file.name)}"\r\n` +
      `Content-Type: ${file.mimeType.replaceAll(/[\r\n]/g, ' ')}\r\n\r\n`,
  )
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`)
  const bytes = concat([head, file.bytes, tail], head.length + file.bytes.length + tail.length)
  return { type: `multipart/form-data; boundary=${boundary}`, bytes }
}

/** As browsers do it: a name cannot end its quotes or its line. https://html.spec.whatwg.org/#multipart-form-data */
const quoted = (text: string): string =>
  text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
