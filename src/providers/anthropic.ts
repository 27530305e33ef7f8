import type { Quirks } from '../dialects/dialect.ts'
import { anthropicMessages } from '../dialects/lazy-dialects.ts'
import type { Provider } from './provider.ts'
import { trusting } from './trust.ts'

/** Anthropic. https://platform.claude.com/docs/en/api/messages */
export const anthropic: Provider = {
  id: 'anthropic',
  name: 'Anthropic',
  docs: 'https://platform.claude.com/docs/en/api/messages',
  baseUrl: 'https://api.anthropic.com/v1',
  dialect: anthropicMessages,
  countTokens: async () => (await import('../dialects/token-counter.ts')).anthropicCounter,
  files: async () => (await import('./files-anthropic.ts')).anthropicFiles,
  batches: async () => (await import('./batches-anthropic.ts')).anthropicBatches,
  model: 'claude-sonnet-5',
  headers: { 'anthropic-version': '2023-06-01' },
  quirks: claudeQuirks,
  auth: {
    variables: ['ANTHROPIC_API_KEY'],
    places: 'ANTHROPIC_API_KEY',
    page: 'https://platform.claude.com/settings/keys',
    trusts: trusting('anthropic.com'),
    header: (key) => ({ 'x-api-key': key }),
  },
}

/** Models before Claude 4.5; whatever is not named so is taken for a newer one. */
const BEFORE_SCHEMAS =
  /(?:^|[./])claude-(?:instant|v?[123]\b|(?:opus|sonnet|haiku)-4(?:-[01])?(?:-\d{8})?(?:$|[@-]v|@|-latest))/

/**
 * Models before Claude 4.5 take no schema for their answer: "'claude-3-5-haiku-20241022' does not support output format."
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
export function claudeQuirks(model: string): Quirks {
  return BEFORE_SCHEMAS.test(model) ? { structuredBy: 'tool' } : {}
}
