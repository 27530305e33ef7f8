import { readCatalog } from '../capabilities/catalog.ts'
import { type ModelInfo, infoOf } from '../capabilities/model-info.ts'
import { ChatError } from '../core/errors.ts'
import { isObject } from '../lib/merge.ts'
import type { Api, ListModels } from './api.ts'
import { readRow } from './models-row.ts'

/**
 * What a body of `GET /models` lists: `{data: […]}`, a bare array (GitHub, Together), one model alone, or the catalogue of Hugging
 * Face's router. https://platform.openai.com/docs/api-reference/models/list
 */
export function readModels(body: unknown): readonly ModelInfo[] {
  const catalog = readCatalog(body)
  if (catalog) return [...catalog.values()].map(infoOf)
  return rowsIn(body)?.flatMap((row) => readRow(row) ?? []) ?? []
}

/** The rows of a list; undefined where there is none. */
function rowsIn(body: unknown): readonly unknown[] | undefined {
  const rows = isObject(body)
    ? (body.data ?? body.models ?? (body.id === undefined ? undefined : [body]))
    : body
  return Array.isArray(rows) ? rows : undefined
}

/** Whether a body lists models, or none. */
export const isList = (body: unknown): boolean => rowsIn(body) !== undefined

/** Lists models at a path below the base URL, or at an address. */
export const listAt =
  (path: string): ListModels =>
  async ({ json, provider }) => {
    const body = await json({ path })
    if (isList(body)) return readModels(body)
    throw new ChatError(`${provider} answered with something that is no list of models.`, {
      code: 'bad-reply',
      provider,
      body,
    })
  }

/** The rows of the list at a path that have an id, as the server tells them. @throws ChatError */
export async function rowsAt({ json }: Api, path: string): Promise<readonly Row[]> {
  return (rowsIn(await json({ path })) ?? []).filter(
    (row): row is Row => isObject(row) && typeof row.id === 'string',
  )
}

type Row = Readonly<Record<string, unknown>> & { readonly id: string }

/** Lists models at a path of the server, wherever on it the base URL is. */
export const listBeside =
  (path: string): ListModels =>
  (api) =>
    listAt(`${new URL(api.baseUrl).origin}/${path}`)(api)

/** The models of a server that speaks as OpenAI's does. */
export const listModels: ListModels = listAt('models')
