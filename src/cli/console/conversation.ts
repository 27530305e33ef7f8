import type { Chat } from '../../chat/chat.ts'
import type { Content, Media } from '../../core/content.ts'
import type { Tool } from '../../core/tool.ts'
import type { Turn } from '../../core/turn.ts'
import type { SavedSession } from '../../sessions/saved-session.ts'
import { aside, dim, harmless } from '../io.ts'
import type { OpenChat } from '../open-chat.ts'

/** What keeps a conversation between runs. */
export interface Keeper {
  /** Keeps the turns that are not kept yet; those that follow an earlier one than the last are another branch. */
  save(open: OpenChat): Promise<void>
  rename(title: string): Promise<void>
  /** Goes on with another conversation, whose branch is now the turns of the chat. */
  goOn(session: SavedSession, turns: readonly Turn[]): Promise<void>
}

/** A conversation in the terminal. */
export interface TerminalConversation {
  open: OpenChat
  /** Pictures and files that go with the next prompt. */
  attachments: readonly Media[]
  /** Whether each answer is followed by who gave it, its tokens and cost. */
  hasFooter: boolean
  /** What the model thought last. */
  thoughts: string
  /** Tools that are switched off, by name. */
  readonly offTools: Map<string, Tool>
  /** The models that the provider lists, once they were asked for. */
  models?: Promise<readonly string[]> | undefined
  keeper?: Keeper | undefined
  readonly isDebug: boolean
  /** A chat with another model, by whatever name a person gave it. */
  readonly openModel: (name: string, systemPrompt: string | undefined) => Promise<OpenChat>
  /** Asks and shows the answer. */
  readonly ask: (contents: readonly (string | Content)[], signal: AbortSignal) => Promise<void>
}

/** Says something that is no answer. */
export const say = (text: string): void => aside(`${dim(harmless(text))}\n`)

/** The conversation goes on with this chat. */
export function setChat(conversation: TerminalConversation, chat: Chat): void {
  conversation.open = { ...conversation.open, chat }
}
