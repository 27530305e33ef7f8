import { env } from '#platform'
import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider, ProviderFacts } from './provider.ts'
import { trusting } from './trust.ts'

/** Cloudflare's Workers AI. https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility */
export const cloudflare: ProviderFacts = {
  id: 'cloudflare',
  name: 'Cloudflare',
  docs: 'https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility',
  dialect: openaiChat,
  models: async () => (await import('./models-cloudflare.ts')).listModels,
  model: '@cf/meta/llama-3.3-70b-instruct-fp8-fast',
  auth: {
    variables: ['CLOUDFLARE_API_KEY', 'CLOUDFLARE_API_TOKEN'],
    places: 'CLOUDFLARE_API_KEY and CLOUDFLARE_API_TOKEN',
    page: 'https://dash.cloudflare.com/profile/api-tokens',
    trusts: trusting('api.cloudflare.com'),
  },
}

/**
 * Workers AI for an account.
 * @param baseUrl asked instead; then no account need be known
 * @throws TypeError where none is known, or it is no account's id
 */
export function cloudflareFor(account: string | undefined, baseUrl?: string): Provider {
  const id = account ?? env('CLOUDFLARE_ACCOUNT_ID') ?? (baseUrl && 'account')
  if (id === undefined)
    throw new TypeError('no account of Cloudflare is known: pass account, or set CLOUDFLARE_ACCOUNT_ID')
  // It becomes a part of the path.
  if (!/^[\w-]+$/.test(id))
    throw new TypeError(`account must be an id of letters and digits: it is ${JSON.stringify(id)}`)
  return { ...cloudflare, baseUrl: `https://api.cloudflare.com/client/v4/accounts/${id}/ai/v1` }
}
