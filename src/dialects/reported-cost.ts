import type { Delta } from '../core/delta.ts'
import type { Usage } from '../core/usage.ts'
import { isObject } from '../lib/merge.ts'

/** The delta of an answer's usage, with what the answer says of its price: `reported` is the usage in the server's words. */
export function usageDelta(usage: Usage, reported: unknown, tier?: unknown): Delta {
  const cost = reportedCost(reported)
  // Mistral and Anthropic have the tier in the usage, OpenAI and Groq beside it.
  const word = tier ?? (isObject(reported) ? reported.service_tier : undefined)
  return {
    type: 'usage',
    usage,
    ...(cost !== undefined && { cost }),
    ...(typeof word === 'string' && word !== '' && { tier: word }),
  }
}

/**
 * What an answer's `usage` says it cost, in US dollars: `estimated_cost` (Hugging Face), `cost` (OpenRouter; with a key of one's
 * own the upstream provider's bill is added), `cost.total_cost` (Perplexity), `cost_in_usd_ticks` (xAI, ten thousand millionths of a dollar).
 */
export function reportedCost(usage: unknown): number | undefined {
  if (!isObject(usage)) return undefined
  const { estimated_cost, cost, cost_in_usd_ticks, cost_details, is_byok } = usage
  if (isAmount(estimated_cost)) return estimated_cost
  if (isAmount(cost)) {
    const upstream = isObject(cost_details) ? cost_details.upstream_inference_cost : undefined
    // With a key of one's own `cost` is OpenRouter's fee alone. https://openrouter.ai/docs/use-cases/usage-accounting
    if (is_byok === true) return isAmount(upstream) ? cost + upstream : undefined
    return cost
  }
  if (isObject(cost) && isAmount(cost.total_cost)) return cost.total_cost
  // 10^10 ticks are a dollar. https://docs.x.ai/docs/api-reference
  return isAmount(cost_in_usd_ticks) ? cost_in_usd_ticks / 1e10 : undefined
}

/** Whether a value is an amount: a number, 0 or more. */
export const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0
