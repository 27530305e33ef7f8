import type { Turn } from '../core/turn.ts'
import { assistantBlocks, userBlocks } from './anthropic-messages-contents.ts'
import type { Block } from './anthropic-messages-opaque.ts'
import { callIds } from './call-ids.ts'

/** A message as the Messages API spells it. */
export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Block[]
}

/** The messages for the turns: each side in turn, the user first, none of them empty. */
export function spellTurns(turns: readonly Turn[]): readonly Message[] {
  const ids = callIds()
  const messages: Message[] = []
  for (const [i, turn] of turns.entries()) {
    const { role } = turn
    const content =
      role === 'user' ? userBlocks(turn, ids) : assistantBlocks(turn, ids, i === turns.length - 1)
    if (content.length === 0 && role === 'assistant') continue
    const last = messages.at(-1)
    if (last?.role === role)
      messages[messages.length - 1] = { role, content: joined([...last.content, ...content]) }
    else {
      // "messages: first message must use the "user" role"
      if (!last && role === 'assistant') messages.push({ role: 'user', content: NOTHING })
      messages.push({ role, content })
    }
  }
  // "user messages must have non-empty content"
  return messages.map((message) => (message.content.length > 0 ? message : { ...message, content: NOTHING }))
}

const NOTHING: readonly Block[] = [{ type: 'text', text: '(nothing was said)' }]

/** Results stay in front of all else, also where turns were joined. */
function joined(blocks: readonly Block[]): readonly Block[] {
  const isResult = ({ type }: Block): boolean => type === 'tool_result'
  return [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))]
}
