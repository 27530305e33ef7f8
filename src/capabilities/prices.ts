import type { Usage } from '../core/usage.ts'
import { isObject } from '../lib/merge.ts'
import { readCatalog } from './catalog.ts'
import { splitModel } from './model-name.ts'
import { type TierShare, shareOf } from './service-tiers.ts'
import type { TokenPrices } from './token-prices.ts'

/** What an answer cost and who says so, or why nobody can say. */
export type Price =
  | {
      readonly dollars: number
      /**
       * The answer itself, the user's own prices, the live catalogue of the route, or @pydantic/genai-prices; `booked` where it
       * was noted on the turn when the answer came.
       */
      readonly source: 'reported' | 'override' | 'catalog' | 'genai-prices' | 'booked'
    }
  | { readonly dollars: undefined; readonly reason: string }

/** What is known of an answer that is to be priced. */
export interface PriceQuery {
  readonly providerId: string
  /** As it was asked for; on Hugging Face with or without `:backend`. */
  readonly model: string
  /** The backend that answered, behind a router. */
  readonly servedBy?: string | undefined
  readonly usage?: Usage | undefined
  /** The tier of service that answered, in the server's own word. @default the standard one */
  readonly serviceTier?: string | undefined
  /** The part of `usage.cacheWrite` that is kept for an hour, which costs more (Anthropic). */
  readonly cacheWriteHour?: number | undefined
  /** What the answer says it cost. */
  readonly reportedCost?: number | undefined
  /** The body of the router's `GET /v1/models`, or its `data`. */
  readonly catalog?: unknown
  /** The user's own prices. */
  readonly override?: TokenPrices | undefined
  /** When it was asked: prices change, also with the hour of the day. @default now */
  readonly at?: Date | undefined
}

/**
 * What an answer cost, from the first that knows: the answer, the user's own prices, the catalogue, @pydantic/genai-prices
 * (loaded when first needed; its prices come with it, so no network is used). What nobody knows is undefined, never 0.
 */
export async function priceOf(query: PriceQuery): Promise<Price> {
  const { reportedCost, override, catalog, usage, providerId, serviceTier } = query
  if (reportedCost !== undefined && Number.isFinite(reportedCost) && reportedCost >= 0)
    return { dollars: reportedCost, source: 'reported' }
  if (usage?.input === undefined || usage.output === undefined)
    return unknown(`the answer of ${query.model} did not report its tokens`)
  if (override) return { dollars: bill(usage as Counted, override), source: 'override' }
  const share = shareOf(nameOf(providerId), serviceTier)
  if (share === undefined)
    return unknown(`what ${providerId} asks for answers of the tier ${serviceTier} is not known: pass price`)
  const row = isRouter(providerId) && catalog !== undefined ? rowOf(query) : undefined
  if (typeof row === 'object') return { dollars: bill(usage as Counted, row), source: 'catalog' }
  const listed = await listedPrice(query, usage as Counted, share)
  return listed.dollars === undefined && row ? unknown(row) : listed
}

/** Usage whose two main counts are known. */
type Counted = Usage & { readonly input: number; readonly output: number }

const unknown = (reason: string): Price => ({ dollars: undefined, reason })
const isRouter = (providerId: string): boolean => providerId === 'huggingface'

function bill({ input, output, cachedInput = 0, cacheWrite = 0 }: Counted, prices: TokenPrices): number {
  const fresh = Math.max(0, input - cachedInput - cacheWrite)
  const read = cachedInput * (prices.cachedInput ?? prices.input)
  const written = cacheWrite * (prices.cacheWrite ?? prices.input)
  return (fresh * prices.input + read + written + output * prices.output) / 1e6
}

/** The prices in the catalogue of the route that served, or why it has none. */
function rowOf({ model, servedBy, catalog }: PriceQuery): TokenPrices | string {
  const { id, backend: asked } = splitModel(model)
  const backend = servedBy ?? asked
  const routes = readCatalog(isObject(catalog) ? catalog : { data: catalog })?.get(id)?.backends ?? []
  if (routes.length === 0) return `the catalogue does not list ${id}`
  if (backend === undefined && routes.length > 1)
    return `the answer of ${id} does not say which backend served it, and their prices differ`
  const route = backend === undefined ? routes[0] : routes.find(({ name }) => name === backend)
  if (!route) return `the catalogue does not list ${id} at ${backend}`
  return route.price ?? `the catalogue has no price of ${id} at ${route.name}`
}

/** The list's names of providers, where they are not ours. */
const LISTED: Readonly<Record<string, string>> = {
  claude: 'anthropic',
  gemini: 'google',
  'google-gemini': 'google',
  vertex: 'google',
  'google-vertex': 'google',
  bedrock: 'aws',
  'aws-bedrock': 'aws',
  'azure-openai': 'azure',
  'openai-responses': 'openai',
  xai: 'x-ai',
  grok: 'x-ai',
  moonshot: 'moonshotai',
  'z-ai': 'zai',
  'zai-org': 'zai',
  'fireworks-ai': 'fireworks',
  togetherai: 'together',
}

/** Nobody has a price list for these: the person who runs them pays for the machine. */
const OWN = new Set(['openai-compatible', 'local', 'ollama', 'lmstudio', 'vllm', 'llama-server'])

/** The price list's name of a provider; undefined where it has no list: a router's models cost what their backends ask. */
export const listNameOf = (providerId: string): string | undefined =>
  OWN.has(providerId) || isRouter(providerId) ? undefined : nameOf(providerId)

const nameOf = (providerId: string): string =>
  Object.hasOwn(LISTED, providerId) ? (LISTED[providerId] as string) : providerId

async function listedPrice(query: PriceQuery, usage: Counted, share: TierShare): Promise<Price> {
  const { providerId, at } = query
  if (OWN.has(providerId)) return unknown(`there is no price list for ${providerId}: pass price`)
  const [model, asked] = isRouter(providerId)
    ? [splitModel(query.model).id, splitModel(query.model).backend]
    : [query.model.replace(/^models\//, ''), undefined]
  const backend = query.servedBy ?? asked
  if (isRouter(providerId) && backend === undefined)
    return unknown(`the answer of ${model} does not say which backend served it`)
  const name = isRouter(providerId) ? `huggingface_${backend}` : nameOf(providerId)
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices')
  const provider = findProvider({ providerId: name })
  // The list also finds what only looks like a name, and would bill one provider's answers as another's.
  if (!provider || provider.id !== name)
    return unknown(
      `the price list does not know ${isRouter(providerId) ? `${backend} behind Hugging Face` : providerId}`,
    )
  const where = `${model} at ${provider.name}`
  const { input, output, cachedInput, cacheWrite } = usage
  try {
    const counts = {
      // Some servers count what is cached beside the input instead of in it.
      input_tokens: Math.max(input, (cachedInput ?? 0) + (cacheWrite ?? 0)),
      output_tokens: output,
      ...(cachedInput && { cache_read_tokens: cachedInput }),
      ...(cacheWrite && { cache_write_tokens: cacheWrite }),
      ...(cacheWrite &&
        query.cacheWriteHour && { cache_write_1h_tokens: Math.min(query.cacheWriteHour, cacheWrite) }),
    }
    const options = { provider, ...(at && { timestamp: at }) }
    const found = calcPrice(counts, model, options)
    if (!found) return unknown(`the price list does not know ${where}`)
    // A model without a price is billed at 0 by the list, which is not what is meant by not knowing.
    const isPriced = 'input_mtok' in found.model_price && (output === 0 || 'output_mtok' in found.model_price)
    if (!isPriced) return unknown(`the price list has no price for the tokens of ${where}`)
    const total = found.total_price
    if (!cachedInput || share.cached === share.tokens || !('cache_read_mtok' in found.model_price))
      return { dollars: total * share.tokens, source: 'genai-prices' }
    // As many tokens as in truth, for some prices depend on how many there are.
    const input_tokens = counts.input_tokens
    const allCached = calcPrice({ input_tokens, cache_read_tokens: input_tokens }, model, options)
    const cached = ((allCached?.total_price ?? 0) * cachedInput) / input_tokens
    return { dollars: (total - cached) * share.tokens + cached * share.cached, source: 'genai-prices' }
  } catch (error) {
    return unknown(
      `the price list cannot price ${where}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
