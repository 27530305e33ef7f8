import type { Turn } from '../core/turn.ts'
import { type CallIds, assistantBlocks, userBlocks } from './anthropic-messages-contents.ts'
import type { Block } from './anthropic-messages-opaque.ts'

/** A message as the Messages API spells it. */
export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Block[]
}

/** The messages for the turns: each side in turn, the user first, none of them empty. */
export function spellTurns(turns: readonly Turn[]): readonly Message[] {
  const ids = callIds()
  const messages: Message[] = []
  for (const turn of turns) {
    const { role } = turn
    const content = role === 'user' ? userBlocks(turn, ids) : assistantBlocks(turn, ids)
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

/**
 * Ids as the API takes them, each once in a conversation, as calls of other servers need not be: "tool_use.id: String should match
 * pattern '^[a-zA-Z0-9_-]+$'", "`tool_use` ids must be unique".
 */
function callIds(): CallIds {
  const taken = new Set<string>()
  const latest = new Map<string, string>()
  const clean = (id: string): string => id.replaceAll(/[^\w-]/g, '_') || 'call'
  return {
    issue(id) {
      let issued = clean(id)
      for (let n = 2; taken.has(issued); n++) issued = `${clean(id)}_${n}`
      taken.add(issued)
      latest.set(id, issued)
      return issued
    },
    of: (id) => latest.get(id) ?? clean(id),
  }
}
