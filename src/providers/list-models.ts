import type { ModelInfo } from '../capabilities/model-info.ts'
import { abortable } from '../lib/abortable.ts'
import type { ListModels } from './api.ts'
import { apiOf } from './call-api.ts'
import type { KeptCatalog } from './catalog.ts'
import type { Line } from './line.ts'
import type { Provider } from './provider.ts'
import { stopped } from './watch.ts'

/** What servers of a dialect answer, where their provider says nothing else. */
const BY_DIALECT: Readonly<Record<string, () => Promise<ListModels>>> = {
  'openai-chat': async () => (await import('./models-openai.ts')).listModels,
  'openai-responses': async () => (await import('./models-openai.ts')).listModels,
  'anthropic-messages': async () => (await import('./models-anthropic.ts')).listModels,
  gemini: async () => (await import('./models-gemini.ts')).listModels,
  'bedrock-converse': async () => (await import('./models-bedrock.ts')).listModels,
  ollama: async () => (await import('./models-ollama.ts')).listModels,
}

/**
 * The models that a provider lists, in its order, with what it tells of each; prices that it does not tell are those of
 * @pydantic/genai-prices, where that knows them.
 * @throws TypeError where the provider has no list; ChatError
 */
export async function listModels(line: Line, signal?: AbortSignal): Promise<readonly ModelInfo[]> {
  const { provider } = line
  const load = provider.models ?? BY_DIALECT[provider.dialect.id]
  if (!load) throw noList(provider)
  const kept = provider.catalogPath ? await catalogueOf(line, signal) : undefined
  const { isList, readModels } = await import('./models-openai.ts')
  if (kept && isList(kept.body)) {
    const models = readModels(kept.body)
    return kept.isStale ? models.map((info) => ({ ...info, isStale: true })) : models
  }
  const [list, { withListedPrices }] = await Promise.all([load(), import('../capabilities/listed-prices.ts')])
  return withListedPrices(await list(apiOf(line, signal)), provider.id)
}

/** The error for a provider that lists no models. */
export const noList = ({ name, docs }: Pick<Provider, 'name' | 'docs'>): TypeError =>
  new TypeError(`${name} has no list of models: see ${docs}`)

/** A router's list, which is public and kept for a while. */
async function catalogueOf(line: Line, signal: AbortSignal | undefined): Promise<KeptCatalog | undefined> {
  const { catalogOf } = await import('./catalog.ts')
  try {
    return await abortable(catalogOf(line), signal)
  } catch (reason) {
    throw stopped(line, reason)
  }
}
