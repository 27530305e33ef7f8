import type { ModelInfo } from '../capabilities/model-info.ts'
import type { ListModels } from './api.ts'
import { apiOf } from './call-api.ts'
import type { Line } from './line.ts'

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
  if (!load) throw new TypeError(`${provider.name} has no list of models: see ${provider.docs}`)
  const kept = provider.catalogPath ? await (await import('./catalog.ts')).catalogOf(line) : undefined
  if (kept) {
    const { readModels } = await import('./models-openai.ts')
    const models = readModels(kept.body)
    return kept.isStale ? models.map((info) => ({ ...info, isStale: true })) : models
  }
  const [list, { withListedPrices }] = await Promise.all([load(), import('../capabilities/listed-prices.ts')])
  return withListedPrices(await list(apiOf(line, signal)), provider.id)
}
