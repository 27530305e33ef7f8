import { gemini } from '../dialects/lazy-dialects.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

/** Google's Gemini API. https://ai.google.dev/api/generate-content */
export const googleGemini: Provider = {
  id: 'google-gemini',
  name: 'Google Gemini',
  docs: 'https://ai.google.dev/api/generate-content',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  dialect: gemini,
  countTokens: async () => (await import('../dialects/token-counter.ts')).geminiCounter,
  files: async () => (await import('./files-gemini.ts')).geminiFiles,
  batches: async () => (await import('./batches-gemini.ts')).geminiBatches,
  model: 'gemini-3.5-flash',
  quirks: { serverToolInvocations: true, fetchesMedia: true },
  auth: {
    variables: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
    chainVariables: ['GOOGLE_APPLICATION_CREDENTIALS'],
    places: "GOOGLE_API_KEY, GEMINI_API_KEY and Google Cloud's application default credentials",
    page: 'https://aistudio.google.com/apikey',
    trusts: trusting('googleapis.com'),
    header: (key) => ({ 'x-goog-api-key': key }),
    authorize: async () =>
      (await import('./google-auth.ts')).googleAuthorize({
        scope:
          'https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/generative-language.retriever',
      }),
  },
}
