import { warn } from '#platform'
import { firstWords } from '../chat/export-jsonl.ts'
import type { Exported } from '../chat/export-notes.ts'
import { FORMAT, type Transcript, VERSION } from '../chat/transcript.ts'
import type { Turn } from '../core/turn.ts'
import { branchTurns } from './branch-turns.ts'
import type { SessionFile } from './session-file.ts'
import {
  NewerSession,
  type SessionEntry,
  type SessionNode,
  type SessionSettings,
  entryOf,
  linesOf,
  settingsOf,
} from './session-lines.ts'
import { newNodeId } from './session-id.ts'

/** What a conversation is called that has neither a title nor words. */
export const UNTITLED = 'Untitled'

/** The longest title, in characters. */
const LONGEST_TITLE = 200

/**
 * A conversation that is kept: a tree of turns, of which one branch is shown. What changes is written at once; what other processes
 * add is there after `refresh()`.
 */
export class SavedSession {
  readonly id: string
  readonly #file: SessionFile | undefined
  readonly #nodes = new Map<string, SessionNode>()
  #settings: SessionSettings = { provider: '-', model: '-', params: {} }
  #created = ''
  #title = ''
  #head: string | undefined
  #newest: string | undefined
  /** Where turns belong whose own parent was lost with a damaged line. */
  #beforeDamage: string | undefined
  #damages = 0
  /** Changes are made one after the other. */
  #last: Promise<unknown> = Promise.resolve()

  /** @internal A store makes them. */
  constructor(id: string, file?: SessionFile) {
    this.id = id
    this.#file = file
  }

  /** ISO 8601. */
  get created(): string {
    return this.#created || (this.#nodes.values().next().value?.time ?? new Date(0).toISOString())
  }

  /** When the last turn joined, as ISO 8601. */
  get updated(): string {
    let last = this.created
    for (const { time } of this.#nodes.values()) if (time > last) last = time
    return last
  }

  /** The title that was given, else the first words. */
  get title(): string {
    return this.#title || firstWords([...this.#nodes.values()].map(({ turn }) => turn)) || UNTITLED
  }

  get settings(): SessionSettings {
    return this.#settings
  }

  /** All turns by their ids; a parent comes before its children. */
  get nodes(): ReadonlyMap<string, SessionNode> {
    return this.#nodes
  }

  /** The last turn of the branch that is shown; undefined as long as nothing was said. */
  get head(): string | undefined {
    return this.#head
  }

  /** The turns from the first to this one; empty for none. */
  path(id = this.#head): readonly SessionNode[] {
    const path: SessionNode[] = []
    // A parent always stands before its child, so this ends.
    for (let node = this.#node(id); node; node = this.#node(node.parent)) path.push(node)
    return path.toReversed()
  }

  /** The turns with the same parent and of the same side, this one among them, the oldest first. */
  versions(id: string): readonly SessionNode[] {
    const own = this.#nodes.get(id)
    return [...this.#nodes.values()].filter(
      ({ parent, turn }) => own !== undefined && parent === own.parent && turn.role === own.turn.role,
    )
  }

  /** Adds a turn, which becomes the head. */
  async append(turn: Turn, parent?: string): Promise<SessionNode> {
    return (await this.appendAll([turn], parent))[0]!
  }

  /** Adds turns that follow each other, in one write; the last becomes the head. */
  async appendAll(turns: readonly Turn[], parent?: string): Promise<readonly SessionNode[]> {
    if (parent !== undefined && !this.#nodes.has(parent))
      throw new TypeError('a turn can only follow one of its own conversation')
    let before = parent
    const nodes = turns.map((turn): SessionNode => {
      const node = {
        id: newNodeId(),
        ...(before !== undefined && { parent: before }),
        time: new Date().toISOString(),
        turn,
      }
      before = node.id
      return node
    })
    await this.#add(nodes.map((node) => ({ type: 'node', node })))
    return nodes
  }

  /** Gives it a title; an empty one takes it away again. */
  async rename(title: string): Promise<void> {
    await this.#add([{ type: 'title', title: title.trim().replaceAll(/\s+/g, ' ').slice(0, LONGEST_TITLE) }])
  }

  /** Settings for what is asked from now on; what may hold a key is left out. */
  async setSettings(settings: SessionSettings): Promise<void> {
    await this.#add([{ type: 'settings', settings: settingsOf(settings) }])
  }

  /** Shows another branch, up to this turn. */
  async setHead(head: string): Promise<void> {
    if (!this.#nodes.has(head)) throw new TypeError('the head must be a turn of the conversation')
    await this.#add([{ type: 'head', head }])
  }

  /** The branch up to a turn as a saved chat, for `Chat.fromJSON`. */
  transcript(id = this.#head): Transcript {
    const turns = branchTurns(this.path(id).map(({ turn }) => turn))
    return { format: FORMAT, version: VERSION, ...this.#settings, turns }
  }

  /** The branch that is shown, for `exportChat`. */
  exported(): Exported {
    const { provider, model, systemPrompt } = this.#settings
    return { provider, model, systemPrompt, title: this.title, turns: this.path().map(({ turn }) => turn) }
  }

  /** @internal Writes down how it begins. */
  begin(settings: SessionSettings, title: string): Promise<void> {
    return this.#add([
      { type: 'session', created: new Date().toISOString() },
      { type: 'settings', settings: settingsOf(settings) },
      ...(title ? [{ type: 'title', title } as const] : []),
    ])
  }

  /**
   * Reads what was added by others, or by whoever had it open before. What is damaged is passed over with a warning.
   * @throws ChatError `not-found` where it was deleted; Error where a newer natter wrote it
   */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#file) return
      const before = this.#damages
      for await (const { text, isWhole } of this.#file.news())
        try {
          const entry = text === '' ? undefined : entryOf(text)
          if (entry) this.#take(entry)
        } catch (error) {
          if (error instanceof NewerSession) throw error
          if (!isWhole) continue
          this.#damages++
          this.#beforeDamage = this.#newest
        }
      if (this.#damages > before)
        warn(
          `The saved conversation ${this.id} has ${this.#damages === 1 ? 'a damaged line' : `${this.#damages} damaged lines`}: what was said there is lost, the rest is not.`,
        )
    })
  }

  #add(entries: readonly SessionEntry[]): Promise<void> {
    return this.#inTurn(async () => {
      const { id } = this
      const lines = entries.map((entry) => linesOf(entry, { id, model: this.#settings.model }))
      await this.#file?.append(lines.join(''))
      for (const entry of entries) this.#take(entry)
    })
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#last.then(change)
    this.#last = done.catch(() => undefined)
    return done
  }

  #take(entry: SessionEntry): void {
    switch (entry.type) {
      case 'session':
        this.#created = entry.created
        break
      case 'settings':
        this.#settings = entry.settings
        break
      case 'title':
        this.#title = entry.title
        break
      case 'head':
        if (this.#nodes.has(entry.head)) this.#head = entry.head
        break
      case 'node': {
        const { id, parent, ...rest } = entry.node
        if (this.#nodes.has(id)) return
        const known = parent === undefined || this.#nodes.has(parent) ? parent : this.#beforeDamage
        this.#nodes.set(id, { id, ...(known !== undefined && { parent: known }), ...rest })
        this.#head = this.#newest = id
      }
    }
  }

  #node(id: string | undefined): SessionNode | undefined {
    return id === undefined ? undefined : this.#nodes.get(id)
  }
}
