import type { ModelPrice } from '@pydantic/genai-prices'
import { isAmount } from '../dialects/reported-cost.ts'
import type { ModelInfo } from './model-info.ts'
import { listNameOf } from './prices.ts'
import type { TokenPrices } from './token-prices.ts'

/**
 * Models with the prices and the context of @pydantic/genai-prices, where their provider tells none; it is loaded when first needed,
 * and uses no network.
 */
export async function withListedPrices(
  models: readonly ModelInfo[],
  providerId: string,
): Promise<readonly ModelInfo[]> {
  const name = listNameOf(providerId)
  if (name === undefined || models.every(({ prices }) => prices !== undefined)) return models
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices')
  const provider = findProvider({ providerId: name })
  // The list also finds what only looks like a name.
  if (provider?.id !== name) return models
  return models.map((info) => {
    if (info.prices) return info
    const found = calcPrice({}, info.id, { provider })
    const prices = found ? pricesIn(found.model_price) : undefined
    const context = found?.model.context_window
    return {
      ...info,
      ...(info.contextLength === undefined && isAmount(context) && { contextLength: context }),
      ...(prices && { prices }),
    }
  })
}

function pricesIn(listed: ModelPrice): TokenPrices | undefined {
  const input = priceIn(listed.input_mtok)
  const output = priceIn(listed.output_mtok)
  if (input === undefined || output === undefined) return undefined
  const cachedInput = priceIn(listed.cache_read_mtok)
  const cacheWrite = priceIn(listed.cache_write_mtok)
  return {
    input,
    output,
    ...(cachedInput !== undefined && { cachedInput }),
    ...(cacheWrite !== undefined && { cacheWrite }),
  }
}

/** Some prices rise with the length of the prompt: the first counts, which is that of most. */
function priceIn(price: ModelPrice[string]): number | undefined {
  const dollars = typeof price === 'object' ? price.base : price
  return isAmount(dollars) ? dollars : undefined
}
