import { readCatalog } from '../capabilities/catalog.ts'
import { type ModelInfo, infoOf } from '../capabilities/model-info.ts'
import { isObject } from '../lib/merge.ts'
import type { ListModels } from './api.ts'
import { readRow } from './models-row.ts'

/**
 * What a body of `GET /models` lists: `{data: […]}`, a bare array (GitHub, Together), one model alone, or the catalogue of Hugging
 * Face's router. https://platform.openai.com/docs/api-reference/models/list
 */
export function readModels(body: unknown): readonly ModelInfo[] {
  const catalog = readCatalog(body)
  if (catalog) return [...catalog.values()].map(infoOf)
  const rows = isObject(body) ? (body.data ?? body.models ?? [body]) : body
  return Array.isArray(rows) ? rows.flatMap((row) => readRow(row) ?? []) : []
}

/** Lists models at a path below the base URL, or at an address. */
export const listAt =
  (path: string): ListModels =>
  async (api) =>
    readModels(await api.json({ path }))

/** The models of a server that speaks as OpenAI's does. */
export const listModels: ListModels = listAt('models')
