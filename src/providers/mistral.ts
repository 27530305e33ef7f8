import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

/** Mistral. https://docs.mistral.ai/api */
export const mistral: Provider = {
  id: 'mistral',
  name: 'Mistral',
  docs: 'https://docs.mistral.ai/api',
  baseUrl: 'https://api.mistral.ai/v1',
  dialect: openaiChat,
  files: async () => (await import('./files-mistral.ts')).mistralFiles,
  batches: async () => (await import('./batches-mistral.ts')).mistralBatches,
  model: 'mistral-large-latest',
  quirks: {
    toolCallIds: 'nine',
    fileParts: 'flat',
    // Usage comes by itself; whatever it does not know it refuses: "Extra inputs are not permitted".
    omit: ['stream_options'],
    paramNames: { seed: 'random_seed', topK: null, logProbs: null },
  },
  auth: {
    variables: ['MISTRAL_API_KEY'],
    places: 'MISTRAL_API_KEY',
    page: 'https://console.mistral.ai/api-keys',
    trusts: trusting('mistral.ai'),
  },
}
