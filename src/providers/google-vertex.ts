import { env } from '#platform'
import { gemini } from '../dialects/lazy-dialects.ts'
import { googleProject } from './google-credentials.ts'
import type { Provider, ProviderFacts } from './provider.ts'
import { trusting } from './trust.ts'

/** Where Vertex AI is asked. */
export interface VertexPlace {
  /** @default `GOOGLE_CLOUD_PROJECT`, or that of the credentials or of gcloud */
  readonly project?: string | undefined
  /** Such as `us-central1`. @default `GOOGLE_CLOUD_LOCATION`, else `global` */
  readonly location?: string | undefined
}

/** Google's models on Vertex AI. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference */
export const googleVertex: ProviderFacts = {
  id: 'google-vertex',
  name: 'Google Vertex AI',
  docs: 'https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference',
  dialect: gemini,
  models: async () => (await import('./models-gemini.ts')).listVertexModels,
  countTokens: async () => (await import('../dialects/token-counter.ts')).vertexCounter,
  model: 'gemini-3.5-flash',
  quirks: { fetchesMedia: true },
  auth: {
    variables: [],
    chainVariables: ['GOOGLE_APPLICATION_CREDENTIALS'],
    places: "Google Cloud's application default credentials",
    trusts: trusting('googleapis.com'),
    // Tokens of Google begin so; a key is for Vertex AI in express mode.
    header: (key) =>
      key.startsWith('ya29.') ? { authorization: `Bearer ${key}` } : { 'x-goog-api-key': key },
    authorize: async () => (await import('./google-auth.ts')).googleAuthorize(),
  },
}

/**
 * Vertex AI in a project. With a key and no project it is asked in express mode.
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/overview
 * @throws TypeError where no project is known, or a name is none
 */
export function vertexAt(
  { project, location }: VertexPlace,
  { hasKey, baseUrl }: { readonly hasKey: boolean; readonly baseUrl?: string | undefined },
): Provider {
  const isExpress =
    (hasKey || baseUrl !== undefined) && project === undefined && env('GOOGLE_CLOUD_PROJECT') === undefined
  if (isExpress) return { ...googleVertex, baseUrl: 'https://aiplatform.googleapis.com/v1/publishers/google' }
  const where = location ?? env('GOOGLE_CLOUD_LOCATION') ?? 'global'
  // It becomes a part of the host's name.
  if (!/^[a-z\d-]+$/.test(where))
    throw new TypeError(`location must be a name such as us-central1: it is ${JSON.stringify(where)}`)
  const host = where === 'global' ? 'aiplatform.googleapis.com' : `${where}-aiplatform.googleapis.com`
  const path = `projects/${googleProject({ project })}/locations/${where}/publishers/google`
  return { ...googleVertex, baseUrl: `https://${host}/v1/${path}` }
}
