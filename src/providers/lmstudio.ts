import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider } from './provider.ts'
import { addressIn, trustingAlso } from './trust.ts'

/** LM Studio on this machine. https://lmstudio.ai/docs/developer/openai-compat */
export const LM_STUDIO: Provider = {
  id: 'lmstudio',
  name: 'LM Studio',
  docs: 'https://lmstudio.ai/docs/developer/openai-compat',
  baseUrl: 'http://localhost:1234/v1',
  dialect: openaiChat,
  models: async () => (await import('./models-lmstudio.ts')).listModels,
  served: async () => (await import('./models-lmstudio.ts')).servedModels,
  builtins: [],
  modelsHint: '`lms ls` shows those that there are',
  quirks: { thinkingBesideCalls: 'reasoning_content' },
  auth: {
    variables: ['LMSTUDIO_API_KEY'],
    places: 'LMSTUDIO_API_KEY',
    isOptional: true,
    trusts: trustingAlso('LMSTUDIO_BASE_URL'),
  },
  advice: async () =>
    (await import('./served-models-advice.ts')).adviceFor(
      'Start its server with `lms server start`, or in its window under Developer',
      (model) => `Load the model with \`lms load ${model}\`, or get it with \`lms get ${model}\``,
    ),
}

/** LM Studio, where the environment says it is. */
export function lmstudio(): Provider {
  const url = addressIn('LMSTUDIO_BASE_URL')
  return url === undefined ? LM_STUDIO : { ...LM_STUDIO, baseUrl: url.endsWith('/v1') ? url : `${url}/v1` }
}
