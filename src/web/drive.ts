import type { Chat } from '../chat/chat.ts'
import type { ChatEvent } from '../chat/events.ts'
import { callsOf } from '../chat/history.ts'
import type { ToolResult } from '../core/content.ts'
import { ChatError } from '../core/errors.ts'
import type { AssistantTurn, Input, Turn } from '../core/turn.ts'
import { within } from '../lib/within.ts'
import { errorView } from './error-view.ts'
import type { ErrorView, NodeView } from './protocol.ts'
import type { Run } from './run.ts'

/** How long an answer waits to learn its price, in milliseconds. */
const PRICE_LIMIT = 3000

/** What becomes of a run. */
export interface DriveOptions {
  /** Keeps a turn that has joined the conversation, and gives it as it is shown; undefined for one that is not. */
  readonly keep: (turn: Turn) => NodeView | undefined | Promise<NodeView>
  /** An event as it is told; undefined for one that is not. */
  readonly tell: (event: Exclude<ChatEvent, { type: 'finish' }>) => typeof event | undefined
  /** @default as the error says itself */
  readonly viewOf?: ((error: unknown) => ErrorView) | undefined
}

/**
 * Asks, and tells a run all that comes: pieces, whole turns, what went wrong; what has come of an answer that was stopped or broke
 * off is a turn too. Never rejects. The run is not ended: there may be something left to do.
 */
export async function drive(run: Run, chat: Chat, input: Input, options: DriveOptions): Promise<void> {
  const { keep, tell, viewOf = errorView } = options
  const before = new Set<Turn>(chat.turns)
  let last: Turn | undefined
  let results = new Map<string, ToolResult>()
  const join = async (turn: Turn): Promise<void> => {
    last = turn
    const shown = turn.role === 'assistant' ? await priced(turn, chat) : turn
    const node = await keep(shown)
    if (node) run.push({ type: 'turn', node })
  }
  try {
    for await (const event of chat.events(input, { signal: run.signal })) {
      if (event.type === 'finish') {
        // One that the server interrupts for its own work goes on, and is told whole.
        if (event.reason === 'pause_turn') continue
        results = new Map()
        await join(event.turn)
        continue
      }
      const shown = tell(event)
      if (shown) run.push(shown)
      if (event.type !== 'tool-result') continue
      results.set(event.call.id, event.result)
      const calls = callsOf(last)
      if (last?.role === 'assistant' && calls.every(({ id }) => results.has(id)))
        await join({ role: 'user', contents: calls.flatMap(({ id }) => results.get(id) ?? []) })
    }
  } catch (error) {
    try {
      const rest = chat.turns.at(-1)
      const isNew = rest !== undefined && !before.has(rest) && rest !== last
      if (isNew && (rest.role === 'assistant' || last?.role === 'assistant')) await join(rest)
    } catch (failure) {
      run.push({ type: 'error', error: viewOf(failure) })
    }
    if (!(run.signal.aborted && ChatError.is(error, 'aborted')))
      run.push({ type: 'error', error: viewOf(error) })
  }
}

/** An answer with what it cost, where that is known soon enough. */
async function priced(turn: AssistantTurn, chat: Chat): Promise<AssistantTurn> {
  if (turn.cost !== undefined || !turn.usage) return turn
  const asked = chat.clone().setTurns([turn]).cost()
  const cost = await within(asked, PRICE_LIMIT).catch(() => undefined)
  return cost?.dollars === undefined ? turn : { ...turn, cost: cost.dollars }
}
