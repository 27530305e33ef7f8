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

/** Where a text names a field; -1 where it does not. A longer path that begins with it is about what is inside it. */
export const placeOf = (text: string, field: string): number =>
  text.search(new RegExp(`(?<![\\w.])${field.replaceAll(/[^\w]/g, '\\$&')}(?![\\w[]|\\.\\w)`))
