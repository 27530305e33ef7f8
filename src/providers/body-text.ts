import { Utf8 } from '../lib/utf8.ts'
import type { HttpReply } from './transport.ts'

/** The body of a reply as text; once there are `limit` characters, no more of it is read. */
export async function bodyText(reply: HttpReply, limit = Infinity): Promise<string> {
  const utf8 = new Utf8()
  let text = ''
  for (let bytes = await reply.read(); bytes && text.length < limit; bytes = await reply.read())
    text += utf8.decode(bytes)
  return text + utf8.end()
}
