import type { ServedModels } from './api.ts'
import { rowsAt } from './models-openai.ts'

/**
 * The models that a vLLM server was started with, each by its first name; it may list one under many, and adapters of it, which name it
 * as their `parent`. https://docs.vllm.ai/en/latest/cli/serve
 */
export const servedModels: ServedModels = async (api) => {
  const rows = await rowsAt(api, 'models')
  const roots = rows.filter(({ parent }) => parent === undefined || parent === null)
  const first = new Map(roots.toReversed().map(({ id, root }) => [root ?? id, id]))
  return [...first.values()].toReversed()
}
