import type { Quirks } from '../dialects/dialect.ts'
import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

const LIMITS: Quirks = { paramNames: { topK: null } }

/** Groq. https://console.groq.com/docs/api-reference */
export const groq: Provider = {
  id: 'groq',
  name: 'Groq',
  docs: 'https://console.groq.com/docs/api-reference',
  baseUrl: 'https://api.groq.com/openai/v1',
  dialect: openaiChat,
  batches: async () => (await import('./batches-openai.ts')).openaiBatches,
  model: 'openai/gpt-oss-20b',
  // Only these hold to a schema strictly: https://console.groq.com/docs/structured-outputs
  quirks: (model) => (/gpt-oss/.test(model) ? LIMITS : { ...LIMITS, strict: false }),
  auth: {
    variables: ['GROQ_API_KEY'],
    places: 'GROQ_API_KEY',
    page: 'https://console.groq.com/keys',
    trusts: trusting('groq.com'),
  },
}
