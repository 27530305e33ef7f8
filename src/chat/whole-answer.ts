import { ChatError } from '../core/errors.ts'
import { type AssistantTurn, textOf } from '../core/turn.ts'

/**
 * Refuses an answer that was not finished: it is no data and no summary, however it looks. `what` it should be, in a word.
 * @throws ChatError `truncated`, `filtered` or `refused`, with what came in `body`
 */
export function demandWhole(turn: AssistantTurn, what: string, provider?: string): void {
  const { finish, refusal } = turn
  const body = textOf(turn)
  if (finish === 'length')
    throw new ChatError(
      `The ${what} is cut off: the answer reached its token limit. Raise params.maxTokens, or ask for less.`,
      { code: 'truncated', provider, body },
    )
  if (finish === 'context-window')
    throw new ChatError(
      `The ${what} is cut off: the conversation reached the model's context window. Shorten it, or take a model with a larger one.`,
      { code: 'truncated', provider, body },
    )
  if (finish === 'content-filter')
    throw new ChatError(
      `There is no ${what}: the provider's content filter stopped the answer.${refusal ? ` It said: ${refusal}` : ''}`,
      {
        code: 'filtered',
        provider,
        body,
      },
    )
  if (refusal)
    throw new ChatError(`There is no ${what}: the model refused. It said: ${refusal}`, {
      code: 'refused',
      provider,
      body: refusal,
    })
}
