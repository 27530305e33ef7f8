import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

/** Portkey. https://portkey.ai/docs/api-reference/inference-api/chat */
export const portkey: Provider = {
  id: 'portkey',
  name: 'Portkey',
  docs: 'https://portkey.ai/docs/api-reference/inference-api/chat',
  baseUrl: 'https://api.portkey.ai/v1',
  dialect: openaiChat,
  auth: {
    variables: ['PORTKEY_API_KEY'],
    places: 'PORTKEY_API_KEY',
    page: 'https://app.portkey.ai/api-keys',
    trusts: trusting('portkey.ai'),
    header: (key) => ({ 'x-portkey-api-key': key }),
  },
}
