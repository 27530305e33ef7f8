import { warn } from '#platform'
import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

const RETIRED =
  "GitHub retired its hosted models on 2026-07-30: pass baseUrl to ask another server of its API, or ask another provider (chat('openai'), chat('huggingface'))."

/** GitHub Models, whose API others may serve. https://docs.github.com/rest/models/inference */
export const github: Provider = {
  id: 'github',
  name: 'GitHub Models',
  docs: 'https://docs.github.com/rest/models/inference',
  baseUrl: 'https://models.github.ai/inference',
  root: 'inference',
  dialect: openaiChat,
  models: async () => (await import('./models-openai.ts')).listBeside('catalog/models'),
  model: 'openai/gpt-4.1',
  auth: {
    variables: ['GITHUB_PAT', 'GITHUB_TOKEN'],
    places: 'GITHUB_PAT and GITHUB_TOKEN; but GitHub retired its hosted models on 2026-07-30',
    trusts: trusting('models.github.ai'),
  },
  advice: () =>
    Promise.resolve(({ code }, { url }) => (isHosted(url) && code !== 'aborted' ? RETIRED : undefined)),
}

const isHosted = (url: string): boolean => new URL(url).host === 'models.github.ai'

let isSaid = false

/** Says once that the hosted service is no more. */
export function noticeRetirement(): void {
  if (!isSaid) warn(RETIRED)
  isSaid = true
}
