import { openaiChat } from '../src/dialects/openai-chat.ts'
import type { Provider } from '../src/providers/provider.ts'

/** A provider of a test's own, at a loopback address; its key is `apiKey`. */
export const providerAt = (baseUrl: string, more: Partial<Provider> = {}): Provider => ({
  id: 'acme',
  name: 'Acme',
  docs: 'https://docs.acme.example',
  baseUrl,
  dialect: openaiChat,
  auth: { variables: [], places: 'apiKey', isOptional: true },
  model: 'm',
  ...more,
})
