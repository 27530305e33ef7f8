import { approving } from '../chat/approving.ts'
import { Chat } from '../chat/chat.ts'
import { type ExportFormat, exportChat } from '../chat/export.ts'
import { isResults } from '../chat/history.ts'
import type { Content, Media } from '../core/content.ts'
import { params } from '../core/params.ts'
import type { SavedSession } from '../sessions/saved-session.ts'
import type { SessionSummary } from '../sessions/session-index.ts'
import { type SessionNode, type SessionSettings, modelName } from '../sessions/session-lines.ts'
import type { Sessions } from '../sessions/session-store.ts'
import { drive } from './drive.ts'
import { WebError } from './error-view.ts'
import type { PageSource } from './page-source.ts'
import type { NodeView, RunRequest, SessionPatch, SessionView, SettingsView } from './protocol.ts'
import type { Run } from './run.ts'
import type { RunRegistry } from './run-registry.ts'
import type { Uploads } from './uploads.ts'
import { eventView, mediaOf, nodeView } from './views.ts'

/** How many conversations are held in memory that nobody is being answered in. */
const MOST_OPEN = 8
/** The most conversations in a list. */
const MOST_LISTED = 500

/** What the page's server works with. */
export interface PageParts {
  readonly sessions: Sessions
  readonly source: PageSource
  readonly runs: RunRegistry
  readonly uploads: Uploads
}

/** The conversations of the page: shown, changed, and asked in. */
export class PageSessions {
  readonly #parts: PageParts
  readonly #open = new Map<string, SavedSession>()
  /** The answers under way, by the conversation's id. */
  readonly #active = new Map<string, Run>()
  /** Media of answers under way, by the run's id. */
  readonly #media = new Map<string, Media[]>()

  constructor(parts: PageParts) {
    this.#parts = parts
  }

  list(search: string, signal: AbortSignal): Promise<readonly SessionSummary[]> {
    return this.#parts.sessions.list({ search, limit: MOST_LISTED, signal })
  }

  async create(wish: Partial<SettingsView>): Promise<SessionView> {
    const { sessions, source } = this.#parts
    const session = await sessions.create(this.#changed(savedSettings(source.settings), wish))
    this.#hold(session)
    return this.#view(session)
  }

  async view(id: string): Promise<SessionView> {
    return this.#view(await this.#load(id))
  }

  async change(id: string, { title, settings, head }: SessionPatch): Promise<SessionView> {
    const session = await this.#load(id)
    if (settings !== undefined) await session.setSettings(this.#changed(session.settings, settings))
    if (title !== undefined) await session.rename(title)
    if (head !== undefined) await session.setHead(head)
    return this.#view(session)
  }

  async delete(id: string): Promise<void> {
    const run = this.#active.get(id)
    run?.stop()
    await new Promise<void>((resolve) => (run ? run.whenOver(resolve) : resolve()))
    this.#open.delete(id)
    await this.#parts.sessions.delete(id)
  }

  async export(id: string, format: ExportFormat): Promise<{ readonly name: string; readonly text: string }> {
    const session = await this.#load(id)
    return { name: session.title, text: exportChat(session.exported(), format, { id }) }
  }

  /** A medium of a turn; undefined where there is none. */
  async medium(id: string, node: string, at: number): Promise<Media | undefined> {
    const session = this.#open.get(id) ?? (await this.#load(id))
    const turn = session.nodes.get(node)?.turn
    return turn && mediaOf(turn)[at]
  }

  /** A medium of an answer under way. */
  runMedium(run: string, at: number): Media | undefined {
    return this.#media.get(run)?.[at]
  }

  /** Asks, and gives the run whose events tell the answer. */
  async ask(id: string, request: RunRequest): Promise<Run> {
    const { runs, uploads } = this.#parts
    const session = await this.#load(id)
    if (this.#active.has(id))
      throw new WebError(409, 'busy', 'This conversation is being answered: wait for it, or stop it.')
    const run = runs.begin()
    if (!run) throw new WebError(429, 'busy', 'Too many answers are under way: wait for one of them.')
    this.#active.set(id, run)
    try {
      const { contents, parent, node } = this.#question(session, request)
      const chat = await this.#chat(session, parent, run)
      // Whoever goes on with it elsewhere must know whose turns they are.
      const { format: _format, version: _version, turns: _turns, ...settings } = chat.toJSON()
      if (JSON.stringify(settings) !== JSON.stringify(session.settings)) await session.setSettings(settings)
      const asked = node ?? (await session.append({ role: 'user', contents }, parent))
      uploads.remove(request.uploads ?? [])
      if (!node) run.push({ type: 'question', node: nodeView(id, asked) })
      void this.#answer(session, chat, asked, run)
      return run
    } catch (error) {
      this.#end(id, run, session.head)
      throw error
    }
  }

  async #answer(session: SavedSession, chat: Chat, asked: SessionNode, run: Run): Promise<void> {
    const media: Media[] = []
    this.#media.set(run.id, media)
    let parent = asked.id
    const keep = async (turn: SessionNode['turn']): Promise<NodeView> => {
      const node = await session.append(turn, parent)
      parent = node.id
      return nodeView(session.id, node)
    }
    await drive(run, chat, asked.turn.contents, {
      keep,
      tell: (event) => eventView(event, (one) => `api/runs/${run.id}/media/${media.push(one) - 1}`),
    })
    this.#end(session.id, run, session.head)
  }

  #end(id: string, run: Run, head: string | undefined): void {
    this.#active.delete(id)
    this.#media.delete(run.id)
    run.end(head)
  }

  /** What is asked, and after which turn; `node` where it was asked before. */
  #question(
    session: SavedSession,
    { text, uploads = [], parent }: RunRequest,
  ): {
    readonly contents: readonly Content[]
    readonly parent: string | undefined
    readonly node?: SessionNode
  } {
    const before = parent === undefined ? undefined : session.nodes.get(parent)
    if (parent !== undefined && !before)
      throw new TypeError('There is no turn of that id in this conversation.')
    if (text === undefined && uploads.length === 0) {
      if (!before || !isQuestion(before)) throw new TypeError('Only a question can be asked again.')
      return { contents: before.turn.contents, parent: before.parent, node: before }
    }
    const contents: Content[] = [...this.#parts.uploads.get(uploads)]
    if (text) contents.push({ type: 'text', text })
    if (contents.length === 0) throw new TypeError('There is nothing to ask: write something first.')
    return { contents, parent }
  }

  /** A chat that knows the branch up to a turn. Where a key goes is for the source to say, not for what was saved. */
  async #chat(session: SavedSession, parent: string | undefined, run: Run): Promise<Chat> {
    const base = await this.#parts.source.open(modelName(session.settings))
    const saved = { ...session.transcript(parent ?? ''), tools: undefined, apiArgs: undefined }
    const chat = await Chat.fromJSON(saved, approving(base, run.approve))
    // Empty where the server is yet to say which one it has.
    if (base.model !== '') chat.model = base.model
    return chat
  }

  #changed(
    before: SessionSettings,
    { model, system, params: values }: Partial<SettingsView>,
  ): SessionSettings {
    const { source } = this.#parts
    if (model !== undefined && model !== modelName(before) && source.providers().length === 0)
      throw new WebError(403, 'forbidden', 'The program that opened this page decides on the model.')
    return {
      // Another provider has other addresses.
      ...(model === undefined
        ? before
        : { ...savedSettings({ model, params: {} }), systemPrompt: before.systemPrompt }),
      params: values === undefined ? before.params : params(values),
      ...(system !== undefined && { systemPrompt: system }),
    }
  }

  #view(session: SavedSession): SessionView {
    const { id, title, created, updated, head, nodes } = session
    const { systemPrompt, params: values } = session.settings
    const model = modelName(session.settings)
    const run = this.#active.get(id)?.id
    return {
      id,
      title,
      created,
      updated,
      model,
      count: nodes.size,
      settings: { model, ...(systemPrompt && { system: systemPrompt }), params: values },
      nodes: [...nodes.values()].map((node) => nodeView(id, node)),
      ...(head !== undefined && { head }),
      ...(run !== undefined && { run }),
    }
  }

  async #load(id: string): Promise<SavedSession> {
    const known = this.#open.get(id)
    try {
      const session = known ?? (await this.#parts.sessions.load(id))
      // Another process may have gone on with it.
      await known?.refresh()
      this.#hold(session)
      return session
    } catch (error) {
      this.#open.delete(id)
      throw error
    }
  }

  #hold(session: SavedSession): void {
    this.#open.delete(session.id)
    this.#open.set(session.id, session)
    for (const id of this.#open.keys()) {
      if (this.#open.size <= MOST_OPEN) break
      if (!this.#active.has(id)) this.#open.delete(id)
    }
  }
}

const isQuestion = ({ turn }: SessionNode): boolean => turn.role === 'user' && !isResults(turn)

/** Settings of the page as those of a session. */
function savedSettings({ model, system, params: values }: SettingsView): SessionSettings {
  const [provider = '', ...name] = model.split('/')
  if (provider === '') throw new TypeError('The model must be named as provider/model.')
  return {
    provider,
    model: name.join('/'),
    ...(system && { systemPrompt: system }),
    params: values,
  }
}
