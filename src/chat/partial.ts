import { warn } from '#platform'
import type { AssistantTurn } from '../core/turn.ts'
import type { Conversation } from './conversation.ts'

const WHY: Readonly<Record<string, string>> = {
  length: 'it reached its token limit (params.maxTokens raises it)',
  'context-window': "it reached the model's context window",
  'content-filter': "it was stopped by the provider's content filter",
}

/** Warns of an answer, if it is not whole. */
export function warnOf({ provider, model }: Conversation, { finish }: AssistantTurn): void {
  const why = WHY[finish]
  if (why) warn(`${provider.name}/${model}: the answer is not whole, ${why}`)
}
