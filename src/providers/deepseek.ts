import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

/** DeepSeek. https://api-docs.deepseek.com */
export const deepseek: Provider = {
  id: 'deepseek',
  name: 'DeepSeek',
  docs: 'https://api-docs.deepseek.com',
  baseUrl: 'https://api.deepseek.com',
  dialect: openaiChat,
  model: 'deepseek-v4-flash',
  quirks: {
    content: 'text',
    // "This response_format type is unavailable now" is what it says of json_schema.
    schemaSpelling: 'json-object',
    thinkingBesideCalls: 'reasoning_content',
    paramNames: { topK: null, seed: null },
  },
  auth: {
    variables: ['DEEPSEEK_API_KEY'],
    places: 'DEEPSEEK_API_KEY',
    page: 'https://platform.deepseek.com/api_keys',
    trusts: trusting('deepseek.com'),
  },
}
