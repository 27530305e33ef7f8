import type { Chat } from '../chat/chat.ts'
import type { Content } from '../core/content.ts'
import type { AssistantTurn } from '../core/turn.ts'
import type { AnswerPrinter } from './printer.ts'

/** Asks, shows the answer as it comes, and gives its turn. */
export async function ask(
  chat: Chat,
  contents: readonly (string | Content)[],
  printer: AnswerPrinter,
  signal: AbortSignal,
): Promise<AssistantTurn> {
  let turn: AssistantTurn | undefined
  try {
    for await (const event of chat.events(contents, { signal })) {
      printer.event(event)
      if (event.type === 'finish') turn = event.turn
    }
  } finally {
    printer.end()
  }
  if (!turn) throw new Error('the answer has no end')
  return turn
}
