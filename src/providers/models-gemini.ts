import type { ModelInfo } from '../capabilities/model-info.ts'
import { isAmount } from '../dialects/reported-cost.ts'
import { isObject } from '../lib/merge.ts'
import type { ListModels } from './api.ts'
import { type Page, allPages } from './paged.ts'

/** What a page of Google's `GET /models` lists that can chat, named as `model` wants it. https://ai.google.dev/api/models */
export function readPage(body: unknown): Page<ModelInfo> {
  const { models, publisherModels, nextPageToken: next } = isObject(body) ? body : {}
  const rows = models ?? publisherModels
  return {
    items: Array.isArray(rows) ? rows.flatMap(read) : [],
    next: typeof next === 'string' && next !== '' ? next : undefined,
  }
}

function read(row: unknown): readonly ModelInfo[] {
  if (!isObject(row) || typeof row.name !== 'string') return []
  const { supportedGenerationMethods: methods, displayName, inputTokenLimit: context } = row
  // Vertex AI tells no methods: there a model of this family is known by its name.
  const isChat = Array.isArray(methods)
    ? methods.includes('generateContent')
    : /\/gemini-(?!embedding)/.test(row.name)
  if (!isChat) return []
  const id = row.name.replace(/^(?:publishers\/google\/)?models\//, '')
  return [
    {
      id,
      ...(typeof displayName === 'string' && displayName !== id && { name: displayName }),
      owner: 'google',
      ...(isAmount(context) && context > 0 && { contextLength: context }),
      capabilities: {},
    },
  ]
}

/** The models of the Gemini API. */
export const listModels: ListModels = (api) =>
  allPages(async (mark) => readPage(await api.json({ path: `models?pageSize=1000${token(mark)}` })))

/**
 * Google's models on Vertex AI; the project of the base URL is who asks.
 * https://docs.cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/publishers.models/list
 */
export const listVertexModels: ListModels = (api) => {
  const { origin, pathname } = new URL(api.baseUrl)
  const project = /\/projects\/([^/]+)/.exec(pathname)?.[1]
  const headers = project === undefined ? {} : { 'x-goog-user-project': decodeURIComponent(project) }
  const path = `${origin}/v1beta1/publishers/google/models?pageSize=300`
  return allPages(async (mark) => readPage(await api.json({ path: path + token(mark), headers })))
}

const token = (mark: string | undefined): string =>
  mark === undefined ? '' : `&pageToken=${encodeURIComponent(mark)}`
