import type { Usage } from '../core/usage.ts'
import { isObject } from '../lib/merge.ts'

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 ? value : undefined

/** The sum of what was counted; undefined where nothing was. */
const sum = (...counts: readonly (number | undefined)[]): number | undefined =>
  counts.some((one) => one !== undefined)
    ? counts.reduce<number>((total, one) => total + (one ?? 0), 0)
    : undefined

/**
 * Reads `usageMetadata`; undefined where it counts nothing. What tools on the server's side brought in is counted apart from the
 * prompt, and thoughts apart from the candidate. https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function readGeminiUsage(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined
  const prompt = count(usage.promptTokenCount)
  const reasoning = count(usage.thoughtsTokenCount)
  const input = prompt === undefined ? undefined : sum(prompt, count(usage.toolUsePromptTokenCount))
  const output = sum(count(usage.candidatesTokenCount), reasoning)
  const cachedInput = count(usage.cachedContentTokenCount)
  if ((input ?? output ?? cachedInput) === undefined) return undefined
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(cachedInput !== undefined && { cachedInput }),
    ...(reasoning !== undefined && { reasoning }),
  }
}
