import { warn } from '#platform'
import type { AssistantTurn } from '../core/turn.ts'

const REASONS: Readonly<Record<string, string>> = {
  length: 'it reached its token limit (params.maxTokens raises it)',
  'context-window': "it reached the model's context window",
  'content-filter': "it was stopped by the provider's content filter",
  pause_turn: 'the provider paused it again and again (maxToolRounds says how often it may go on)',
}

/** Warns of an answer that is not whole. */
export function warnOf({ finish }: AssistantTurn, provider: string, model: string): void {
  const why = REASONS[finish]
  if (why) warn(`${provider}/${model}: the answer is not whole, ${why}`)
}
