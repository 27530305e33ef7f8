import { huggingface } from '../src/providers/huggingface.ts'
import { type Line, TIMEOUTS } from '../src/providers/line.ts'

/** A line to a router at this address, with a key that nobody else may see. */
export const lineTo = (baseUrl: string, more: Partial<Line> = {}): Line => ({
  provider: huggingface,
  baseUrl,
  authorize: () => ({ authorization: 'Bearer hf_secret' }),
  headers: {},
  timeouts: TIMEOUTS,
  retries: 0,
  ...more,
})
