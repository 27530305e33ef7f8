import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

/** OpenRouter. https://openrouter.ai/docs/api-reference/chat-completion */
export const openrouter: Provider = {
  id: 'openrouter',
  name: 'OpenRouter',
  docs: 'https://openrouter.ai/docs/api-reference/chat-completion',
  baseUrl: 'https://openrouter.ai/api/v1',
  dialect: openaiChat,
  batches: async () => (await import('./batches-openrouter.ts')).openrouterBatches,
  model: 'openai/gpt-5.6-terra',
  quirks: { thinkingBesideCalls: 'reasoning' },
  auth: {
    variables: ['OPENROUTER_API_KEY'],
    places: 'OPENROUTER_API_KEY',
    page: 'https://openrouter.ai/settings/keys',
    trusts: trusting('openrouter.ai'),
  },
}
