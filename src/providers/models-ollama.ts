import type { ModelInfo } from '../capabilities/model-info.ts'
import { ChatError } from '../core/errors.ts'
import { isAmount } from '../dialects/reported-cost.ts'
import { isObject } from '../lib/merge.ts'
import type { Api, ListModels } from './api.ts'
import { dateOf } from './models-row.ts'

/** The models in a body of `GET /api/tags`: what was pulled to the machine. https://docs.ollama.com/api/tags */
export function readModels(body: unknown): readonly ModelInfo[] {
  const rows = isObject(body) && Array.isArray(body.models) ? body.models.filter(isObject) : []
  return rows.flatMap((row): readonly ModelInfo[] => {
    const name = row.model ?? row.name
    if (typeof name !== 'string') return []
    const created = dateOf(row.modified_at)
    return [{ id: name.replace(/:latest$/, ''), ...(created && { created }), capabilities: {} }]
  })
}

/** A model with what `POST /api/show` tells of it; undefined for one that does not write text. https://docs.ollama.com/api-reference/show-model-details */
export function withDetails(info: ModelInfo, shown: unknown): ModelInfo | undefined {
  const { capabilities: skills, model_info: about } = isObject(shown) ? shown : {}
  const context = isObject(about)
    ? Object.entries(about).find(([name]) => name.endsWith('.context_length'))?.[1]
    : undefined
  const contextLength = isAmount(context) && context > 0 ? { contextLength: context } : {}
  if (!Array.isArray(skills)) return { ...info, ...contextLength }
  if (!skills.includes('completion')) return undefined
  const image = skills.includes('vision')
  return {
    ...info,
    ...contextLength,
    inputs: ['text', ...(image ? ['image'] : [])],
    outputs: ['text'],
    capabilities: { tools: skills.includes('tools'), image },
  }
}

/** The models that an Ollama server has. */
export const listModels: ListModels = async (api) => {
  const models = readModels(await api.json({ path: 'api/tags' }))
  const shown = await Promise.all(models.map(async (info) => withDetails(info, await show(api, info.id))))
  return shown.flatMap((info) => info ?? [])
}

/** What is told of one model; undefined by an old server, or where the model has just gone. */
async function show(api: Api, model: string): Promise<unknown> {
  try {
    return await api.json({ path: 'api/show', json: { model } })
  } catch (error) {
    if (ChatError.is(error, 'not-found') || ChatError.is(error, 'bad-reply')) return undefined
    throw error
  }
}
