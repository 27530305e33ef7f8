import type { ModelAbilities, ModelInfo } from '../capabilities/model-info.ts'
import type { TokenPrices } from '../capabilities/token-prices.ts'
import { isAmount } from '../dialects/reported-cost.ts'
import { isObject } from '../lib/merge.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * One model of a list as servers of OpenAI's kind answer it: OpenAI and DeepSeek tell no more than its name, others a good deal, each
 * under names of its own (OpenRouter, Mistral, Groq, Perplexity, vLLM, LM Studio, GitHub). What is not named here is ignored.
 */
export function readRow(row: unknown): ModelInfo | undefined {
  if (!isObject(row) || row.deleted === true) return undefined
  const id = word(row.id) ?? word(row.name)
  if (id === undefined) return undefined
  const name = word(row.display_name) ?? word(row.name)
  const created = dateOf(row.created ?? row.created_at)
  const owner = word(row.owned_by) ?? word(row.publisher) ?? word(row.vendor) ?? word(row.organization)
  const contextLength = contextOf(row)
  const prices = pricesOf(row.pricing)
  const inputs = modalities(row, 'input')
  const outputs = modalities(row, 'output')
  return {
    id,
    ...(name !== undefined && name !== id && { name }),
    ...(created && { created }),
    ...(owner !== undefined && { owner }),
    ...(contextLength !== undefined && { contextLength }),
    ...(prices && { prices }),
    ...(inputs && { inputs }),
    ...(outputs && { outputs }),
    capabilities: abilitiesOf(row, inputs),
  }
}

/** Seconds since 1970, or a date in words; 0 and what cannot be one are unknown. */
export function dateOf(value: unknown): Date | undefined {
  const date = isAmount(value)
    ? new Date(value * 1000)
    : typeof value === 'string'
      ? new Date(value)
      : undefined
  return date && date.getTime() > 0 ? date : undefined
}

function contextOf(row: Fields): number | undefined {
  const { limits, meta, capabilities, top_provider: top } = row
  const more = isObject(capabilities) ? capabilities.limits : undefined
  return [
    row.context_length,
    row.context_window,
    // Mistral and LM Studio; vLLM.
    row.max_context_length,
    row.max_model_len,
    at(top, 'context_length'),
    at(limits, 'max_input_tokens'),
    at(more, 'max_context_window_tokens'),
    // llama-server: what it was started with, not what the model was trained on.
    at(meta, 'n_ctx'),
  ].find((value): value is number => isAmount(value) && value > 0)
}

/** OpenRouter and Groq: dollars for a token, as text; Perplexity and Together: dollars for a million, as numbers. */
function pricesOf(pricing: unknown): TokenPrices | undefined {
  if (!isObject(pricing)) return undefined
  const { unit } = pricing
  if (unit !== undefined && unit !== 'usd_per_1m_tokens') return undefined
  if (isAmount(pricing.input) && isAmount(pricing.output))
    return priced(
      pricing.input,
      pricing.output,
      amount(pricing.cache_read ?? pricing.cached_input),
      amount(pricing.cache_write),
    )
  const input = perMillion(pricing.prompt)
  const output = perMillion(pricing.completion)
  // -1: a router whose price depends on whom it asks.
  if (input === undefined || output === undefined) return undefined
  return priced(input, output, perMillion(pricing.input_cache_read), perMillion(pricing.input_cache_write))
}

/** Prices in US dollars for a million tokens. */
export const priced = (
  input: number,
  output: number,
  cachedInput: number | undefined,
  cacheWrite: number | undefined,
): TokenPrices => ({
  input,
  output,
  ...(cachedInput !== undefined && { cachedInput }),
  ...(cacheWrite !== undefined && { cacheWrite }),
})

/** Less what multiplying adds at the end: 0.00000005 a token is 0.05, not 0.049999999999999996. */
function perMillion(price: unknown): number | undefined {
  const dollars = typeof price === 'string' && price !== '' ? Number(price) : price
  return isAmount(dollars) ? Number((dollars * 1e6).toPrecision(12)) : undefined
}

function modalities(row: Fields, side: 'input' | 'output'): readonly string[] | undefined {
  const name = `${side}_modalities`
  return wordsOf(at(row.architecture, name) ?? row[name] ?? row[`supported_${name}`])
}

function abilitiesOf(row: Fields, inputs: readonly string[] | undefined): ModelAbilities {
  const { capabilities, type } = row
  const claims = wordsOf(row.supported_parameters) ?? wordsOf(row.supported_features)
  const skills = wordsOf(capabilities)
  const supports = isObject(capabilities) ? (capabilities.supports ?? capabilities) : undefined
  const tools =
    claims?.includes('tools') ??
    (skills && skills.some((skill) => /^tools?[-_ ]?(?:calling|use)?$/.test(skill))) ??
    flag(at(supports, 'function_calling') ?? at(supports, 'tool_calls'))
  const structured = claims?.includes('structured_outputs') ?? flag(at(supports, 'structured_outputs'))
  const image =
    inputs?.includes('image') ??
    flag(at(supports, 'vision')) ??
    (type === 'vlm' || type === 'llm' ? type === 'vlm' : undefined)
  return {
    ...(tools !== undefined && { tools }),
    ...(structured !== undefined && { structured }),
    ...(image !== undefined && { image }),
  }
}

const at = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)
const amount = (value: unknown): number | undefined => (isAmount(value) ? value : undefined)
const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined)
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
const wordsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined
