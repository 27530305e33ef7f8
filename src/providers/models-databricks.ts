import type { ModelInfo } from '../capabilities/model-info.ts'
import { isAmount } from '../dialects/reported-cost.ts'
import { isObject } from '../lib/merge.ts'
import type { ListModels } from './api.ts'
import { dateOf } from './models-row.ts'

/** The endpoints of a workspace that chat, by the names to ask for. https://docs.databricks.com/api/workspace/servingendpoints/list */
export function readEndpoints(body: unknown): readonly ModelInfo[] {
  const rows = isObject(body) && Array.isArray(body.endpoints) ? body.endpoints.filter(isObject) : []
  return rows.flatMap(({ name: id, task, config, creation_timestamp: made }): readonly ModelInfo[] => {
    const served = isObject(config) && Array.isArray(config.served_entities) ? config.served_entities : []
    const [first] = served.filter(isObject)
    const external = isObject(first?.external_model) ? first.external_model : undefined
    if (typeof id !== 'string' || (task ?? external?.task) !== 'llm/v1/chat') return []
    const name = isObject(first?.foundation_model) ? first.foundation_model.display_name : undefined
    // In milliseconds, where others tell seconds.
    const created = isAmount(made) ? dateOf(made / 1000) : undefined
    return [
      {
        id,
        ...(typeof name === 'string' && { name }),
        ...(created && { created }),
        ...(typeof external?.provider === 'string' && { owner: external.provider }),
        capabilities: {},
      },
    ]
  })
}

/** The models that a workspace serves: beside the chat, which is at `/serving-endpoints`. */
export const listModels: ListModels = async (api) =>
  readEndpoints(await api.json({ path: `${new URL(api.baseUrl).origin}/api/2.0/serving-endpoints` }))
