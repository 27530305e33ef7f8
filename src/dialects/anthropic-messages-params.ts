import { type Params, isStandardParam } from '../core/params.ts'
import type { Quirks } from './dialect.ts'

/**
 * The longest answer where `params.maxTokens` is absent, in tokens: the API has no default ("max_tokens: Field required"), and
 * every model since Claude 3.5 writes that much. Thinking comes on top of it.
 */
export const ANSWER_TOKENS = 8192

/** The same where the model chooses by itself how long to think; every model that does writes that much. */
export const EFFORT_TOKENS = 32_000

/**
 * The body fields of the parameters. `reasoningTokens` is a budget for thinking (0 for none), `reasoningEffort` lets the model choose
 * (`none` for none). https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export function spellParams(
  params: Params,
  names: NonNullable<Quirks['paramNames']>,
): Record<string, unknown> {
  const { maxTokens, reasoningTokens, reasoningEffort, ...rest } = params
  const spelled: Record<string, unknown> = {}
  const budget = names.reasoningTokens ? reasoningTokens : undefined
  const effort = names.reasoningEffort ? reasoningEffort : undefined
  const thinking = thinkingOf(budget, effort)
  const isAdaptive = thinking?.type === 'adaptive'
  if (names.maxTokens)
    spelled[names.maxTokens] = maxTokens ?? (isAdaptive ? EFFORT_TOKENS : ANSWER_TOKENS + (budget ?? 0))
  for (const [name, value] of Object.entries(rest)) {
    const wireName = isStandardParam(name) ? names[name] : name
    if (wireName) spelled[wireName] = value
  }
  // A model that refused the field may know efforts all the same (Claude Opus 4.5).
  if (thinking && names.reasoningTokens) spelled.thinking = thinking
  if (effort !== undefined && effort !== 'none') spelled.output_config = { effort }
  return spelled
}

function thinkingOf(
  budget: number | undefined,
  effort: string | undefined,
): { readonly type: string; readonly budget_tokens?: number } | undefined {
  if (budget !== undefined)
    return budget > 0 ? { type: 'enabled', budget_tokens: budget } : { type: 'disabled' }
  if (effort === undefined) return undefined
  return { type: effort === 'none' ? 'disabled' : 'adaptive' }
}
