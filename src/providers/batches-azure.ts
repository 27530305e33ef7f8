import type { Api, ApiRequest } from './api.ts'
import type { BatchApi } from './batch-api.ts'
import { restBatches } from './batches-openai.ts'

/**
 * Batches of deployments of the kind "batch" at Azure OpenAI, whose names of the endpoints differ from OpenAI's.
 * https://learn.microsoft.com/azure/ai-services/openai/how-to/batch
 * @param version the date of the API, where paths hold one
 */
export const azureBatches = (version?: string): BatchApi =>
  restBatches({
    mostEntries: 100_000,
    mostBytes: 200e6,
    endpoint: ({ path }) => (path === 'responses' ? '/v1/responses' : '/chat/completions'),
    ...(version !== undefined && { at: (api) => dated(api, version) }),
  })

/** The API with its paths below `openai/`, and the date behind them. */
function dated(api: Api, version: string): Api {
  const at = (request: ApiRequest): ApiRequest => ({
    ...request,
    path: `openai/${request.path}${request.path.includes('?') ? '&' : '?'}api-version=${encodeURIComponent(version)}`,
  })
  return {
    ...api,
    call: (request) => api.call(at(request)),
    json: (request) => api.json(at(request)),
    lines: (request) => api.lines(at(request)),
  }
}
