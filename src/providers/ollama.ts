import { env } from '#platform'
import { ollama as dialect } from '../dialects/lazy-dialects.ts'
import type { Provider } from './provider.ts'
import { addressIn, trustingAlso } from './trust.ts'

/** Ollama, on this machine or another. https://docs.ollama.com/api */
export const OLLAMA: Provider = {
  id: 'ollama',
  name: 'Ollama',
  docs: 'https://docs.ollama.com/api',
  baseUrl: 'http://localhost:11434',
  dialect,
  modelsHint: '`ollama list` shows those that there are',
  auth: {
    variables: ['OLLAMA_API_KEY'],
    places: 'OLLAMA_API_KEY',
    page: 'https://ollama.com/settings/keys',
    isOptional: true,
    trusts: trustingAlso('OLLAMA_BASE_URL', 'ollama.com'),
  },
  advice: async () => (await import('./ollama-advice.ts')).advice,
}

/** Ollama, where the environment says it is. */
export const ollama = (): Provider => ({ ...OLLAMA, baseUrl: addressInEnvironment() ?? OLLAMA.baseUrl })

/** `OLLAMA_BASE_URL`, whose path may be that of the copy of OpenAI's API; else `OLLAMA_HOST`, by which Ollama's own server is told where to listen. */
function addressInEnvironment(): string | undefined {
  const url = addressIn('OLLAMA_BASE_URL')?.replace(/\/(?:v1|api)$/, '')
  if (url !== undefined) return url
  const host = env('OLLAMA_HOST')?.trim().replace(/\/+$/, '')
  if (!host) return undefined
  const at = new URL(/^https?:\/\//i.test(host) ? host : `http://${host}`)
  // It listens there, but cannot be called so everywhere.
  if (at.hostname === '0.0.0.0' || at.hostname === '[::]') at.hostname = '127.0.0.1'
  if (at.port === '' && !/^https?:\/\//i.test(host)) at.port = '11434'
  return at.href.replace(/\/+$/, '')
}
