import type { Chat } from '../chat/chat.ts'
import { WebError } from './error-view.ts'

/** The conversations of a handler, in memory: each a clone of one chat, under an id that nobody can guess. */
export class Conversations {
  readonly #chat: Chat
  readonly #most: number
  readonly #chats = new Map<string, Chat>()

  constructor(chat: Chat, most: number) {
    this.#chat = chat
    this.#most = most
  }

  /**
   * A conversation, or a new one where there is no id. Where there are too many, the one that was silent for longest is forgotten.
   * @throws WebError 404 for one that is not there, or no longer
   */
  get(id: string | undefined): { readonly id: string; readonly chat: Chat } {
    const chat = id === undefined ? this.#chat.clone() : this.#chats.get(id)
    if (!chat) throw new WebError(404, 'not-found', 'This conversation is no longer here: begin a new one.')
    const known = id ?? crypto.randomUUID()
    this.#chats.delete(known)
    this.#chats.set(known, chat)
    for (const oldest of this.#chats.keys()) {
      if (this.#chats.size <= this.#most) break
      this.#chats.delete(oldest)
    }
    return { id: known, chat }
  }
}
