import { env, homePath, joinPath, readText } from '#platform'
import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

const TOKEN_PAGE =
  'https://huggingface.co/settings/tokens/new?ownUserPermissions=inference.serverless.write&tokenType=fineGrained'

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
    places:
      'HF_TOKEN, HUGGINGFACE_API_KEY, HUGGING_FACE_HUB_TOKEN, the file at HF_TOKEN_PATH, $HF_HOME/token and ' +
      '~/.cache/huggingface/token (which `hf auth login` writes)',
    page: `${TOKEN_PAGE} (it needs the permission "Make calls to Inference Providers")`,
    // On hf.space and hf.jobs anybody's code runs: pass apiKey there.
    trusts: trusting(['huggingface.co', 'huggingface.cloud', 'hf.co']),
  },
  advice: async () => (await import('./huggingface-advice.ts')).advice,
}

/** The token that `hf auth login` stored, as huggingface_hub finds it. */
function tokenFile(): string | undefined {
  const home = env('HF_HOME') ?? joinPath(env('XDG_CACHE_HOME') ?? homePath('.cache'), 'huggingface')
  return [env('HF_TOKEN_PATH'), joinPath(home, 'token'), homePath('.cache', 'huggingface', 'token')]
    .map((path) => (path ? readText(path)?.trim() : undefined))
    .find(Boolean)
}
