import { env, homePath, joinPath, readText } from '#platform'
import { openaiChat } from '../dialects/openai-chat.ts'
import type { Quirks } from '../dialects/dialect.ts'
import { anthropicMessages, openaiResponses } from '../dialects/lazy-dialects.ts'
import { oneOf } from '../lib/option.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

/** Inference Providers behind Hugging Face's router. https://huggingface.co/docs/inference-providers */
export const huggingface: Provider = {
  id: 'huggingface',
  name: 'Hugging Face',
  docs: 'https://huggingface.co/docs/inference-providers',
  baseUrl: 'https://router.huggingface.co/v1',
  dialect: openaiChat,
  model: 'meta-llama/Llama-3.1-8B-Instruct',
  servedByHeader: 'x-inference-provider',
  isRouter: true,
  catalogPath: 'models',
  auth: {
    variables: ['HF_TOKEN', 'HUGGINGFACE_API_KEY', 'HUGGING_FACE_HUB_TOKEN'],
    find: tokenFile,
    places: async () => (await import('./huggingface-key.ts')).TOKEN_PLACES,
    page: async () => (await import('./huggingface-key.ts')).TOKEN_ADVICE,
    // On hf.space and hf.jobs anybody's code runs: pass apiKey there.
    trusts: trusting('huggingface.co', 'huggingface.cloud', 'hf.co'),
  },
  advice: async () => (await import('./huggingface-advice.ts')).advice,
}

/** Text Generation Inference loses the calls of a message that holds text too, and has a spelling of its own for schemas. */
const TGI: Quirks = { textBesideCalls: false, schemaSpelling: 'value', paramNames: { topK: null } }

/** What is other than in chat completions. Open models are not held to a form, and not every backend knows the mark of a cache. */
const SURFACES = {
  'openai-chat': {},
  'openai-responses': { dialect: openaiResponses },
  'anthropic-messages': {
    dialect: anthropicMessages,
    quirks: { structuredBy: 'tool', promptCache: false },
  },
} satisfies Readonly<Record<string, Partial<Provider>>>

/** The APIs that the router speaks, and some Endpoints. */
export type Surface = keyof typeof SURFACES

/**
 * Hugging Face by another of its APIs, or with a server that differs.
 * @throws TypeError for an API there is none of
 */
export function huggingfaceBy(surface: Surface = 'openai-chat', quirks?: Quirks | 'tgi'): Provider {
  oneOf('dialect', surface, Object.keys(SURFACES))
  const given: Partial<Provider> = SURFACES[surface]
  const own = quirks === 'tgi' ? TGI : quirks
  return { ...huggingface, ...given, ...(own && { quirks: { ...given.quirks, ...own } }) }
}

/** The token that `hf auth login` stored, as huggingface_hub finds it. */
function tokenFile(): string | undefined {
  const home = env('HF_HOME') ?? joinPath(env('XDG_CACHE_HOME') ?? homePath('.cache'), 'huggingface')
  return [env('HF_TOKEN_PATH'), joinPath(home, 'token'), homePath('.cache', 'huggingface', 'token')]
    .map((path) => (path ? readText(path)?.trim() : undefined))
    .find(Boolean)
}
