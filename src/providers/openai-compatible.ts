import { openaiChat } from '../dialects/openai-chat.ts'
import type { Quirks } from '../dialects/dialect.ts'
import { text } from '../lib/option.ts'
import type { Provider, ProviderFacts } from './provider.ts'

/** Any server that speaks OpenAI's chat completions; a key is sent only where one is passed. */
export const openaiLike: ProviderFacts = {
  id: 'openai-compatible',
  name: 'any OpenAI-like server',
  docs: 'https://platform.openai.com/docs/api-reference/chat',
  root: 'v1',
  dialect: openaiChat,
  // Many hosts answer batches as OpenAI does.
  batches: async () => (await import('./batches-openai.ts')).openaiBatches,
  auth: { variables: [], places: 'the option apiKey', isOptional: true },
}

/**
 * A server that speaks OpenAI's chat completions, at an address.
 * @throws TypeError where that is none
 */
export function openaiCompatible(address: string, name?: string, quirks?: Quirks): Provider {
  const baseUrl = text(address, 'baseUrl')
  const host = /^https?:\/\/(?:[^/?#]*@)?([^/?#]+)/i.exec(baseUrl)?.[1] ?? baseUrl
  return { ...openaiLike, name: name ?? host, baseUrl, ...(quirks && { quirks }) }
}
