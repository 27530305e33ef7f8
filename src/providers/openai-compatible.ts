import { openaiChat } from '../dialects/openai-chat.ts'
import type { Quirks } from '../dialects/dialect.ts'
import type { Provider } from './provider.ts'

/** Any server that speaks OpenAI's chat completions; a key is sent only where one is passed. */
export const openaiCompatible = (baseUrl: string, name: string, quirks?: Quirks): Provider => ({
  id: 'openai-compatible',
  name,
  docs: 'https://platform.openai.com/docs/api-reference/chat',
  baseUrl,
  root: 'v1',
  dialect: openaiChat,
  auth: { variables: [], places: 'the option apiKey', isOptional: true },
  ...(quirks && { quirks }),
})
