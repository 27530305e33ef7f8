/** What a tier of service asks, as a part of the standard price. */
export interface TierShare {
  /** Of all tokens but those that were read from a cache. */
  readonly tokens: number
  /** Of those. */
  readonly cached: number
}

const WHOLE: TierShare = { tokens: 1, cached: 1 }
const HALF: TierShare = { tokens: 0.5, cached: 0.5 }
/** Where the discounts of batch and cache do not add up: a token from the cache costs what it always does. */
const HALF_OF_FRESH: TierShare = { tokens: 0.5, cached: 1 }

/**
 * Tiers that ask the same share for every model, by the price list's names of providers; as the pages said in November 2026.
 * Others have a price for each model (`priority` at OpenAI, batches at xAI), or are paid for in advance.
 */
const SHARES: Readonly<Record<string, Readonly<Record<string, TierShare>>>> = {
  // https://developers.openai.com/api/docs/guides/batch https://developers.openai.com/api/docs/guides/flex-processing
  openai: { batch: HALF, flex: HALF },
  // https://learn.microsoft.com/azure/ai-foundry/openai/how-to/batch
  azure: { batch: HALF },
  // https://platform.claude.com/docs/en/build-with-claude/batch-processing#pricing
  anthropic: { batch: HALF },
  // https://ai.google.dev/gemini-api/docs/optimization
  // https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/batch-prediction-gemini: "discounts for cache and batch don't stack"
  google: { batch: HALF_OF_FRESH, flex: HALF },
  // https://console.groq.com/docs/batch https://console.groq.com/docs/flex-processing: "the same pricing as on-demand"
  groq: { batch: HALF_OF_FRESH, flex: WHOLE },
  // https://docs.mistral.ai/capabilities/batch
  mistral: { batch: HALF },
}

const STANDARD = new Set(['standard', 'default', 'auto', 'on_demand', 'unspecified'])

/** Whether a server's word means the tier that everybody gets who asks for none. */
export const isStandardTier = (word: string): boolean => STANDARD.has(plain(word))

/** What a tier asks of the standard price; undefined where that is not known, and no word is the standard tier. */
export function shareOf(provider: string, word = 'standard'): TierShare | undefined {
  if (isStandardTier(word)) return WHOLE
  const shares = Object.hasOwn(SHARES, provider) ? SHARES[provider] : undefined
  return shares && Object.hasOwn(shares, plain(word)) ? shares[plain(word)] : undefined
}

/** `ON_DEMAND_FLEX` and `SERVICE_TIER_FLEX` are Google's words for flex. */
const plain = (word: string): string =>
  word.toLowerCase().replace(/^(?:on_demand|service_tier|traffic_type)_/, '')
