import type { ChatError } from '../core/errors.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Adjustment } from '../core/turn.ts'
import { hasState, unsealedTurns } from './fit-home.ts'

/** A request that differs from a refused one in what it brings of the conversation, not in what is known of the model. */
export interface HistoryLesson {
  readonly request: ChatRequest
  readonly adjustment: Adjustment
  /** Whether what was left out is of no use in later requests either. */
  readonly isForGood: boolean
}

/**
 * Anthropic, with a budget for thinking: "Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is
 * enabled, a final `assistant` message must start with a thinking block … To avoid this requirement, disable `thinking`."
 * https://docs.claude.com/en/docs/build-with-claude/extended-thinking
 */
const WANTS_THINKING = /must start with a thinking block/i

/**
 * State of another account, or of a server that has changed its keys. OpenAI: "The encrypted content … could not be verified.", code
 * `invalid_encrypted_content`; Google: "Corrupted thought signature.", "Thought signature is not valid"; Anthropic: "Invalid `signature`
 * in `thinking` block".
 */
const UNREADABLE =
  /invalid_encrypted_content|encrypted content[^]{0,200}could not be|(?:corrupted|invalid) thought.?signature|thought.?signature is not valid|invalid .?signature.? in .?thinking/i

/** What a refusal says of the conversation that was sent; undefined where it says nothing of it. */
export function historyLesson(error: ChatError, request: ChatRequest): HistoryLesson | undefined {
  const { message, body, status } = error
  if (status !== 400 && status !== 422) return undefined
  const text = `${message} ${JSON.stringify(body) ?? ''}`
  const { reasoningTokens, ...params } = request.params
  if (reasoningTokens !== undefined && WANTS_THINKING.test(text))
    return {
      request: { ...request, params },
      adjustment: {
        type: 'parameter',
        name: 'reasoningTokens',
        message:
          'reasoningTokens was left out of this request: the model goes on from calls that another one made, without thinking of its own before them',
      },
      isForGood: false,
    }
  if (UNREADABLE.test(text) && request.turns.some(({ contents }) => contents.some(hasState)))
    return {
      request: { ...request, turns: unsealedTurns(request.turns) },
      adjustment: {
        type: 'history',
        name: 'opaque',
        message: 'signatures and hidden reasoning were left out: the server cannot read them',
      },
      isForGood: true,
    }
  return undefined
}
