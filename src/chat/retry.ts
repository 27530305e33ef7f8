import type { AskOptions } from './ask-options.ts'
import type { Chat } from './chat.ts'

/** Asks the last question of a chat again, without the answer it had; where nothing comes, that answer stays. */
export async function retry(chat: Chat, options: AskOptions): Promise<string> {
  const { turns } = chat
  const round = chat.rounds.at(-1)
  if (!round) throw new TypeError('the chat is empty: nothing to ask again')
  const before = turns.slice(0, turns.lastIndexOf(round.input))
  chat.setTurns(before)
  try {
    return await chat.chat(round.input.contents, options)
  } catch (error) {
    if (chat.turns.length === before.length) chat.setTurns(turns)
    throw error
  }
}
