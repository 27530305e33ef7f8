import type { Turn } from '../core/turn.ts'
import type { SavedSession } from '../sessions/saved-session.ts'
import { settingsOf } from '../sessions/session-lines.ts'
import { SessionStore } from '../sessions/session-store.ts'
import { note } from './io.ts'
import type { OpenChat } from './open-chat.ts'

/**
 * What keeps a conversation of the terminal. It is made with the first turn that joins; turns that follow an earlier one than the
 * last are another branch. That something cannot be kept is said once, and stops no answer.
 */
export class KeptSession {
  readonly #store: SessionStore
  readonly #ids = new Map<Turn, string>()
  #session: SavedSession | undefined
  #title = ''
  #hasFailed = false
  #last: Promise<void> = Promise.resolve()

  /** @param session one that is gone on with */
  constructor(session?: SavedSession, store = new SessionStore()) {
    this.#session = session
    this.#store = store
  }

  /** What is kept; undefined before the first turn. */
  get session(): SavedSession | undefined {
    return this.#session
  }

  /** Keeps each answer of a chat as soon as it has joined. Returns a function that ends it. */
  follow(open: OpenChat): () => void {
    return open.chat.onRequestEnd(() => this.save(open))
  }

  /** Keeps the turns of a chat that are not kept yet, such as an answer that was stopped. */
  save(open: OpenChat): Promise<void> {
    const turns = [...open.chat.turns]
    return this.#inTurn(() => this.#append(turns, open))
  }

  /** Gives it a title, also one that has no turns yet. */
  rename(title: string): Promise<void> {
    this.#title = title
    return this.#inTurn(async () => this.#session?.rename(title))
  }

  /** Goes on with another conversation, whose branch is now the turns of a chat. */
  goOn(session: SavedSession, turns: readonly Turn[]): Promise<void> {
    return this.#inTurn(() => {
      this.#session = session
      this.#title = ''
      this.adopt(turns)
      return Promise.resolve()
    })
  }

  /** Says which turns of a chat stand for the branch that was loaded, so that none is kept twice. */
  adopt(turns: readonly Turn[]): void {
    const path = this.#session?.path() ?? []
    // Answers are never joined when a branch is loaded; what stands before one is its question.
    const answers = path.filter(({ turn }) => turn.role === 'assistant')
    let next = 0
    for (const turn of turns) {
      const answer = answers[next]
      const id = turn.role === 'assistant' ? answer?.id : (answer?.parent ?? path.at(-1)?.id)
      if (turn.role === 'assistant') next++
      if (id !== undefined) this.#ids.set(turn, id)
    }
  }

  async #append(turns: readonly Turn[], { chat, local }: OpenChat): Promise<void> {
    const last = turns.findLastIndex((turn) => this.#ids.has(turn))
    const added = turns.slice(last + 1)
    if (added.length === 0) return
    const settings = settingsOf({ ...chat.toJSON(), ...(local !== undefined && { settings: { local } }) })
    this.#session ??= await this.#store.create(settings, { title: this.#title })
    if (JSON.stringify(settings) !== JSON.stringify(this.#session.settings))
      await this.#session.setSettings(settings)
    const before = turns[last]
    const nodes = await this.#session.appendAll(added, before && this.#ids.get(before))
    for (const [at, turn] of added.entries()) this.#ids.set(turn, nodes[at]!.id)
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(change).catch((error: unknown) => {
      if (!this.#hasFailed) note(`this conversation is not kept: ${(error as Error).message}`)
      this.#hasFailed = true
    })
    return this.#last
  }
}
