import { retryAfter } from '../lib/backoff.ts'
import { Utf8 } from '../lib/utf8.ts'
import { duration } from './rate-headers.ts'
import { FlawedAnswer } from './read-answer.ts'
import type { HttpReply } from './transport.ts'

/** Longest error body that is read, in characters. */
const ERROR_LIMIT = 256 * 1024

/** Reads the body of an answer whose status is none of success. */
export async function readRefused(reply: HttpReply, onPiece: () => void): Promise<FlawedAnswer> {
  const utf8 = new Utf8()
  let text = ''
  for (let bytes = await reply.read(); bytes && text.length < ERROR_LIMIT; bytes = await reply.read()) {
    onPiece()
    text += utf8.decode(bytes)
  }
  const now = Date.now()
  const location = reply.status < 400 ? reply.header('location') : undefined
  return new FlawedAnswer({
    type: 'refused',
    text,
    location,
    // AWS says there what its body does not: "ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/".
    errorType: reply.header('x-amzn-errortype')?.replace(/:.*/, ''),
    retryAfter:
      retryAfter((name) => reply.header(name), now) ??
      // Mistral sends it with every answer: only who was refused for asking too much has to wait.
      (reply.status === 429 ? duration(reply.header('ratelimitbysize-reset'), now) : undefined),
  })
}
