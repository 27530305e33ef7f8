import { describe, expect, test } from 'vitest'
import { type PriceQuery, priceOf } from './prices.ts'

const gpt: PriceQuery = { providerId: 'openai', model: 'gpt-4.1' }
const claude: PriceQuery = { providerId: 'anthropic', model: 'claude-sonnet-4-5' }
const flash: PriceQuery = { providerId: 'google-gemini', model: 'gemini-2.5-flash' }
const llama: PriceQuery = { providerId: 'groq', model: 'llama-3.1-8b-instant' }
const mistral: PriceQuery = { providerId: 'mistral', model: 'mistral-large-latest' }
const grok: PriceQuery = { providerId: 'xai', model: 'grok-4' }
const nova: PriceQuery = { providerId: 'aws-bedrock', model: 'amazon.nova-micro-v1:0' }
const router: PriceQuery = {
  providerId: 'huggingface',
  model: 'meta-llama/Llama-3.3-70B-Instruct',
  servedBy: 'groq',
}

const usage = { input: 1000, output: 100 }

describe('prices by tier', () => {
  const cases: readonly (readonly [query: PriceQuery, tier: string, share: number | undefined])[] = [
    [gpt, 'default', 1],
    [gpt, 'auto', 1],
    [gpt, 'flex', 0.5],
    [gpt, 'batch', 0.5],
    [gpt, 'priority', undefined],
    [{ ...gpt, providerId: 'azure-openai' }, 'batch', 0.5],
    [{ ...gpt, providerId: 'azure-openai' }, 'flex', undefined],
    [claude, 'standard', 1],
    [claude, 'batch', 0.5],
    [claude, 'priority', undefined],
    [flash, 'SERVICE_TIER_STANDARD', 1],
    [flash, 'flex', 0.5],
    [flash, 'batch', 0.5],
    [flash, 'priority', undefined],
    [{ ...flash, providerId: 'google-vertex' }, 'ON_DEMAND', 1],
    [{ ...flash, providerId: 'google-vertex' }, 'ON_DEMAND_FLEX', 0.5],
    [{ ...flash, providerId: 'google-vertex' }, 'batch', 0.5],
    [{ ...flash, providerId: 'google-vertex' }, 'PROVISIONED_THROUGHPUT', undefined],
    [llama, 'on_demand', 1],
    [llama, 'flex', 1],
    [llama, 'batch', 0.5],
    [llama, 'performance', undefined],
    [mistral, 'standard', 1],
    [mistral, 'batch', 0.5],
    [grok, 'default', 1],
    [grok, 'batch', undefined],
    [nova, 'default', 1],
    [nova, 'flex', undefined],
    [router, 'on_demand', 1],
    [router, 'flex', undefined],
    [gpt, 'constructor', undefined],
  ]
  for (const [query, serviceTier, share] of cases)
    test(`${serviceTier} of ${query.providerId} asks ${share ?? 'nobody knows what'}`, async () => {
      const { dollars: standard = 0 } = await priceOf({ ...query, usage })
      expect(standard).toBeGreaterThan(0)
      const price = await priceOf({ ...query, usage, serviceTier })
      if (share === undefined)
        expect(price).toEqual({
          dollars: undefined,
          reason: `what ${query.providerId} asks for answers of the tier ${serviceTier} is not known: pass price`,
        })
      else expect(price).toEqual({ dollars: standard * share, source: 'genai-prices' })
    })
})

test('cached tokens are halved at OpenAI and Anthropic, and cost what they always do in batches of Google', async () => {
  const cached = { input: 1000, output: 100, cachedInput: 600 }
  const share = async (query: PriceQuery, serviceTier: string) => {
    const [all, fresh] = await Promise.all(
      [cached, { input: 400, output: 100 }].map(async (counts) => {
        const [tier, standard] = await Promise.all([
          priceOf({ ...query, usage: counts, serviceTier }),
          priceOf({ ...query, usage: counts }),
        ])
        return [tier.dollars ?? 0, standard.dollars ?? 0] as const
      }),
    )
    return ((all?.[0] ?? 0) - (fresh?.[0] ?? 0)) / ((all?.[1] ?? 0) - (fresh?.[1] ?? 0))
  }
  expect(await share(gpt, 'flex')).toBeCloseTo(0.5, 9)
  expect(await share(claude, 'batch')).toBeCloseTo(0.5, 9)
  expect(await share(flash, 'batch')).toBeCloseTo(1, 9)
})

test("the user's own price and what the answer reports hold for every tier", async () => {
  const query: PriceQuery = { ...gpt, usage, serviceTier: 'priority' }
  expect(await priceOf({ ...query, override: { input: 1, output: 1 } })).toMatchObject({ dollars: 0.0011 })
  expect(await priceOf({ ...query, reportedCost: 0.25 })).toMatchObject({ dollars: 0.25 })
})

test('a route of the catalogue is priced only at the standard tier', async () => {
  const data = [
    { id: router.model, providers: [{ provider: 'groq', status: 'live', pricing: { input: 1, output: 2 } }] },
  ]
  const query: PriceQuery = { ...router, usage, catalog: { data } }
  expect(await priceOf({ ...query, serviceTier: 'on_demand' })).toEqual({
    dollars: 0.0012,
    source: 'catalog',
  })
  expect(await priceOf({ ...query, serviceTier: 'flex' })).toMatchObject({ dollars: undefined })
})
