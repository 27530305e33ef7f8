import { openaiChat } from '../dialects/openai-chat.ts'
import { text } from '../lib/option.ts'
import type { Provider, ProviderFacts } from './provider.ts'
import { trusting } from './trust.ts'

/** A server of vLLM. https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export const vllm: ProviderFacts = {
  id: 'vllm',
  name: 'vLLM',
  docs: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
  root: 'v1',
  dialect: openaiChat,
  served: async () => (await import('./models-vllm.ts')).servedModels,
  builtins: [],
  modelsHint: 'it is the one that `vllm serve` was given',
  quirks: { strict: false },
  auth: {
    variables: ['VLLM_API_KEY'],
    places: 'VLLM_API_KEY',
    isOptional: true,
    trusts: trusting(),
  },
  advice: async () =>
    (await import('./served-models-advice.ts')).adviceFor(
      'Start it with `vllm serve <model>`',
      (model) => `Serve the model with \`vllm serve ${model}\``,
    ),
}

/**
 * A server of vLLM at an address.
 * @throws TypeError where that is none
 */
export const vllmAt = (baseUrl: string): Provider => ({ ...vllm, baseUrl: text(baseUrl, 'baseUrl') })
