import { openaiResponses } from '../dialects/lazy-dialects.ts'
import type { Provider } from './provider.ts'
import { addressIn, trustingAlso } from './trust.ts'

/** OpenAI. https://platform.openai.com/docs/api-reference/responses */
export const openai = (): Provider => ({ ...OPENAI, baseUrl: addressIn('OPENAI_BASE_URL') ?? OPENAI.baseUrl })

/** OpenAI, at its own address. */
export const OPENAI: Provider = {
  id: 'openai',
  name: 'OpenAI',
  docs: 'https://platform.openai.com/docs/api-reference/responses',
  baseUrl: 'https://api.openai.com/v1',
  dialect: openaiResponses,
  countTokens: async () => (await import('../dialects/token-counter.ts')).responsesCounter,
  files: async () => (await import('./files-openai.ts')).openaiFiles,
  batches: async () => (await import('./batches-openai.ts')).openaiBatches,
  model: 'gpt-5.6-terra',
  auth: {
    variables: ['OPENAI_API_KEY'],
    places: 'OPENAI_API_KEY',
    page: 'https://platform.openai.com/api-keys',
    trusts: trustingAlso('OPENAI_BASE_URL', 'openai.com'),
  },
}
