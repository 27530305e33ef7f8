import type { ModelInfo } from '../capabilities/model-info.ts'
import type { ModelWish } from '../capabilities/model-wish.ts'
import { type LineOptions, lineOf } from './line-of.ts'
import type { Provider } from './provider.ts'

/** Which models are listed, and how their provider is reached. */
export interface ModelsOptions extends LineOptions, Omit<ModelWish, 'provider'> {
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The models that a provider lists and that have what is wished for; every function that lists models comes down to this one.
 * @throws TypeError where the provider has no list; TypeError or RangeError for an option of the wrong type or value; ChatError
 */
export async function modelsOf(
  provider: Provider,
  options: ModelsOptions & ModelWish,
): Promise<readonly ModelInfo[]> {
  const line = lineOf(provider, options)
  const [{ checkWish, wished }, { listModels }] = await Promise.all([
    import('../capabilities/model-wish.ts'),
    import('./list-models.ts'),
  ])
  checkWish(options)
  return wished(await listModels(line, options.signal), options)
}
