import { SavedSession } from './saved-session.ts'
import { noSession } from './session-file.ts'
import { newSessionId } from './session-id.ts'
import type { SessionSummary } from './session-index.ts'
import { type SessionSettings, modelName } from './session-lines.ts'
import { snippetOf, wordsOf } from './session-search.ts'
import { textOf } from '../core/turn.ts'
import type { ListOptions, Sessions } from './session-store.ts'

/** Conversations that are kept as long as the process runs, and nowhere else. */
export class MemorySessions implements Sessions {
  readonly #sessions = new Map<string, SavedSession>()

  list({ search = '', limit = Infinity }: ListOptions = {}): Promise<readonly SessionSummary[]> {
    const words = wordsOf(search)
    const found: SessionSummary[] = []
    for (const session of this.#sessions.values()) {
      const { id, title, created, updated, settings, nodes } = session
      const texts = [...nodes.values()].map(({ turn }) => textOf(turn))
      const snippet = [...texts, title].map((text) => snippetOf(text, words)).find((it) => it !== undefined)
      if (words.length > 0 && snippet === undefined) continue
      const model = modelName(settings)
      found.push({
        id,
        title,
        created,
        updated,
        model,
        count: nodes.size,
        ...(snippet !== undefined && { snippet }),
      })
    }
    return Promise.resolve(found.toSorted((a, b) => (a.updated < b.updated ? 1 : -1)).slice(0, limit))
  }

  async create(
    settings: SessionSettings,
    { title = '' }: { readonly title?: string | undefined } = {},
  ): Promise<SavedSession> {
    const session = new SavedSession(newSessionId())
    await session.begin(settings, title)
    this.#sessions.set(session.id, session)
    return session
  }

  load(id: string): Promise<SavedSession> {
    const session = this.#sessions.get(id)
    return session ? Promise.resolve(session) : Promise.reject(noSession())
  }

  delete(id: string): Promise<boolean> {
    return Promise.resolve(this.#sessions.delete(id))
  }
}
