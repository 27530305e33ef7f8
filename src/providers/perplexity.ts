import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

/** Perplexity. https://docs.perplexity.ai/api-reference/chat-completions-post */
export const perplexity: Provider = {
  id: 'perplexity',
  name: 'Perplexity',
  docs: 'https://docs.perplexity.ai/api-reference/chat-completions-post',
  baseUrl: 'https://api.perplexity.ai',
  dialect: openaiChat,
  models: async () => (await import('./models-openai.ts')).listAt('v1/models'),
  model: 'sonar',
  quirks: {
    strict: false,
    omit: ['stream_options'],
    paramNames: { seed: null, stopSequences: null, logProbs: null },
  },
  auth: {
    variables: ['PERPLEXITY_API_KEY'],
    places: 'PERPLEXITY_API_KEY',
    page: 'https://www.perplexity.ai/settings/api',
    trusts: trusting('perplexity.ai'),
  },
}
