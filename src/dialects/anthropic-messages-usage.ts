import type { Usage } from '../core/usage.ts'
import { isObject } from '../lib/merge.ts'

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 ? value : undefined

/**
 * Reads a `usage` object, which counts what was cached beside `input_tokens` and not in it; undefined where it counts nothing.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance
 */
export function readUsage(usage: Readonly<Record<string, unknown>>): Usage | undefined {
  const fresh = count(usage.input_tokens)
  const output = count(usage.output_tokens)
  const cachedInput = count(usage.cache_read_input_tokens)
  const cacheWrite = count(usage.cache_creation_input_tokens)
  const details = usage.output_tokens_details
  const reasoning = isObject(details) ? count(details.thinking_tokens) : undefined
  if ((fresh ?? output ?? cachedInput ?? cacheWrite) === undefined) return undefined
  return {
    ...(fresh !== undefined && { input: fresh + (cachedInput ?? 0) + (cacheWrite ?? 0) }),
    ...(output !== undefined && { output }),
    ...(cachedInput !== undefined && { cachedInput }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(reasoning !== undefined && { reasoning }),
  }
}
