import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { dataFolder } from './data-folder.ts'
import { SavedSession } from './saved-session.ts'
import { SessionFile, noSession } from './session-file.ts'
import { isSessionId, newSessionId } from './session-id.ts'
import { SessionIndex, type SessionSummary } from './session-index.ts'
import type { SessionSettings } from './session-lines.ts'
import { searched, snippetOf, wordsOf } from './session-search.ts'

/** How sessions are listed. */
export interface ListOptions {
  /** Words that must all stand in the title, or in one message. */
  readonly search?: string | undefined
  /** The most sessions to give. */
  readonly limit?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Conversations that are kept. */
export interface Sessions {
  /** The newest first. */
  list(options?: ListOptions): Promise<readonly SessionSummary[]>
  /** A new conversation, of which no turn is said yet. */
  create(settings: SessionSettings, options?: { readonly title?: string | undefined }): Promise<SavedSession>
  /**
   * A conversation by its id.
   * @throws ChatError `not-found`
   */
  load(id: string): Promise<SavedSession>
  /** Removes a conversation for good; false where there is none. */
  delete(id: string): Promise<boolean>
}

/** The conversations in a folder, a file each, readable by their owner only. Several processes may use it at once. */
export class SessionStore implements Sessions {
  readonly #folder: string
  readonly #index: SessionIndex

  /** @param folder by default `sessions` in the user's data folder */
  constructor(folder = join(dataFolder(), 'sessions')) {
    this.#folder = folder
    this.#index = new SessionIndex(folder)
  }

  async list({ search = '', limit = Infinity, signal }: ListOptions = {}): Promise<
    readonly SessionSummary[]
  > {
    const all = await this.#index.list()
    const words = wordsOf(search)
    if (words.length === 0) return all.slice(0, limit)
    const found: SessionSummary[] = []
    for (const summary of all) {
      if (found.length >= limit) break
      signal?.throwIfAborted()
      // One that is deleted meanwhile is not found.
      const inText = await searched(this.#path(summary.id), words, signal).catch(ignoreMissing)
      const snippet = inText ?? snippetOf(summary.title, words)
      if (snippet !== undefined) found.push({ ...summary, snippet })
    }
    return found
  }

  async create(
    settings: SessionSettings,
    { title = '' }: { readonly title?: string | undefined } = {},
  ): Promise<SavedSession> {
    const id = newSessionId()
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await (await open(this.#path(id), 'ax', 0o600)).close()
    const session = new SavedSession(id, new SessionFile(this.#path(id)))
    await session.begin(settings, title)
    return session
  }

  async load(id: string): Promise<SavedSession> {
    const session = new SavedSession(id, new SessionFile(this.#path(id)))
    await session.refresh()
    return session
  }

  async delete(id: string): Promise<boolean> {
    try {
      await rm(this.#path(id))
      return true
    } catch (error) {
      return ignoreMissing(error) ?? false
    }
  }

  /** The one place where an id becomes part of a path. */
  #path(id: string): string {
    if (!isSessionId(id)) throw noSession()
    return join(this.#folder, `${id}.jsonl`)
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw error
}
