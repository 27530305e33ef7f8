import type { Fitted } from './fits.ts'

/** A refusal, and what it refuses. */
export interface Refused {
  /** All that was said, in any shape. */
  readonly text: string
  /** The body that was sent. */
  readonly sent: Readonly<Record<string, unknown>>
  readonly fitted: Fitted
  /** Who said what, for people. */
  readonly said: string
}

/** Words of a server that does not want a thing, whatever its value. */
export const COMPLAINT =
  /unsupported|not support|unexpected|unknown|unrecognized|unrecognised|extra (?:inputs|fields)|extra_forbidden|not permitted|not allowed|not available|not enabled|invalid (?:field|param|argument)|does not accept|deprecated/i

/**
 * Where a text names a field; -1 where it does not. A longer path that begins with it is about what is inside it, but Cerebras says
 * "property 'body.top_k' is unsupported", and Mistral "Logprobs are not enabled".
 */
export function placeOf(text: string, field: string): number {
  const name = field.replaceAll(/[^\w]/g, '\\$&')
  const capital = /^[a-z]\w+$/.test(field)
    ? `|${field[0]?.toUpperCase()}${field.slice(1)}(?= (?:is|are) not)`
    : ''
  return text.search(new RegExp(`(?<!\\w|(?<!\\bbody)\\.)(?:${name}${capital})(?![\\w[]|\\.\\w)`))
}

/** What a server echoes of the request or the answer: it may say anything. */
const ECHOES = new Set(['input', 'failed_generation'])

/** The words of a body, without marks of JSON that no server means, and with every "doesn't" as "does not". */
export const wordsOf = (message: string, body: unknown): string =>
  [message, typeof body === 'object' && body !== null ? JSON.stringify(body, withoutEchoes) : '']
    .join(' ')
    .replaceAll(/\\+([nrt"])/g, (_, mark) => (mark === '"' ? '"' : ' '))
    .replaceAll(/n['’]t\b/g, ' not')

const withoutEchoes = (key: string, value: unknown): unknown => (ECHOES.has(key) ? undefined : value)
