import type { WebTool } from '../core/builtin-tool.ts'
import type { Tool } from '../core/tool.ts'
import type { AssistantTurn, Turn, UserTurn } from '../core/turn.ts'
import { type Usage, addUsage } from '../core/usage.ts'
import type { Provider } from '../providers/provider.ts'
import { type Round, checkTurn, joinPrompt, roundsOf } from './history.ts'
import { portray } from './inspect.ts'
import type { Listeners, Session } from './session.ts'
import type { OnToolRequest, OnToolResult } from './toolbox.ts'
import { type Transcript, toTranscript } from './transcript.ts'

const sessions = new WeakMap<Conversation, Session>()

/** The session of a conversation; only the code that asks may reach it. */
export const sessionOf = (conversation: Conversation): Session => sessions.get(conversation) as Session

/** The state of a conversation: who is asked, what was said, which tools there are. `Chat` adds the asking. */
export class Conversation {
  readonly #session: Session

  /** @internal */
  constructor(session: Session) {
    this.#session = session
    sessions.set(this, session)
    this.#demand(session.toolbox.builtins)
  }

  /** Who is asked; a value that holds no key. */
  get provider(): Provider {
    return this.#session.line.provider
  }

  /**
   * The model's id; may be changed between prompts. Empty until the first request where none was named and the server has one loaded:
   * LM Studio, vLLM.
   */
  get model(): string {
    return this.#session.model
  }

  set model(model: string) {
    if (typeof model !== 'string' || model.trim() === '')
      throw new TypeError('model must be a non-empty string')
    this.#session.model = model
  }

  /** What the model is told before all else. Several strings are joined by a blank line; undefined removes it. */
  get systemPrompt(): string | undefined {
    return this.#session.systemPrompt
  }

  set systemPrompt(prompt: string | readonly string[] | undefined) {
    this.#session.systemPrompt = joinPrompt(prompt)
  }

  /** The conversation so far; the system prompt is not among the turns. */
  get turns(): readonly Turn[] {
    return this.#session.turns
  }

  /** Replaces the conversation. */
  setTurns(turns: readonly Turn[]): this {
    this.#session.turns = turns.map(checkTurn)
    return this
  }

  /** Adds a turn at the end, as if it had been said. */
  addTurn(turn: Turn): this {
    this.#session.turns = [...this.#session.turns, checkTurn(turn)]
    return this
  }

  /** The newest turn, of this side if one is named. */
  lastTurn(role: 'user'): UserTurn | undefined
  lastTurn(role: 'assistant'): AssistantTurn | undefined
  lastTurn(role?: 'user' | 'assistant'): Turn | undefined
  lastTurn(role?: 'user' | 'assistant'): Turn | undefined {
    return this.turns.findLast((turn) => role === undefined || turn.role === role)
  }

  /** The turns grouped by question: the tools' results belong to the round of the question they serve. */
  get rounds(): readonly Round[] {
    return roundsOf(this.turns)
  }

  /** The tokens of all answers; a member is absent where no answer reported it. */
  get usage(): Usage {
    return addUsage(this.turns.map((turn) => (turn.role === 'assistant' ? turn.usage : undefined)))
  }

  /** The tools the model may use that are run here; `builtins` are the others. */
  get tools(): readonly Tool[] {
    return [...this.#session.toolbox.tools.values()]
  }

  /** The tools the model may use that the provider runs: `webSearch()`, `webFetch()`. */
  get builtins(): readonly WebTool[] {
    return this.#session.toolbox.builtins
  }

  /**
   * Lets the model use a tool.
   * @throws TypeError when there is one of that name, unless it is to be replaced; when the provider has no such tool of its own
   */
  registerTool(tool: Tool | WebTool, options: { readonly replace?: boolean } = {}): this {
    return this.registerTools([tool], options)
  }

  /** Lets the model use several tools: all of them, or none where one cannot be added. */
  registerTools(tools: readonly (Tool | WebTool)[], options: { readonly replace?: boolean } = {}): this {
    this.#demand(tools)
    this.#session.toolbox.add(tools, options.replace)
    return this
  }

  /** Lets the model use these tools, of both kinds, and no others. */
  setTools(tools: readonly (Tool | WebTool)[]): this {
    this.#demand(tools)
    this.#session.toolbox.set(tools)
    return this
  }

  /** Takes a tool away, also one of the provider's (`web_search`, `web_fetch`); false where there was none of that name. */
  removeTool(name: string): boolean {
    return this.#session.toolbox.remove(name)
  }

  /** Hears of each call before it runs; `toolReject()` in the listener refuses it. Returns a function that ends the listening. */
  onToolRequest(listener: OnToolRequest): () => void {
    return listen(this.#session.toolbox.onRequest, listener)
  }

  /** Hears what the model will be told of each call. Returns a function that ends the listening. */
  onToolResult(listener: OnToolResult): () => void {
    return listen(this.#session.toolbox.onResult, listener)
  }

  /** Hears of each request before it is sent. Returns a function that ends the listening. */
  onRequestStart(listener: Listener<'onRequestStart'>): () => void {
    return listen(this.#session.listeners.onRequestStart, listener)
  }

  /** Hears of each answer once it is whole. Returns a function that ends the listening. */
  onRequestEnd(listener: Listener<'onRequestEnd'>): () => void {
    return listen(this.#session.listeners.onRequestEnd, listener)
  }

  /** All of the chat but keys and functions, for `JSON.stringify`; `Chat.fromJSON` reads it. */
  toJSON(): Transcript {
    const { line, model, systemPrompt, params, extra, toolbox, turns } = this.#session
    const { id, dialect, baseUrl } = line.provider
    return toTranscript({
      provider: id,
      dialect: dialect.id,
      baseUrl: line.baseUrl === baseUrl ? undefined : line.baseUrl,
      model,
      systemPrompt,
      params,
      apiArgs: extra,
      tools: [...toolbox.all.keys()],
      turns,
    })
  }

  #demand(tools: Iterable<Tool | WebTool>): void {
    for (const tool of tools) (tool as WebTool | undefined)?.demandOf?.(this.provider)
  }

  /** The chat in words, for `console.log` and the REPL; never with a key. */
  toString(): string {
    const { model, systemPrompt, turns } = this.#session
    return portray({ provider: this.provider.name, model, systemPrompt, turns })
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

type Listener<K extends keyof Listeners> = Listeners[K] extends Set<infer L> ? L : never

function listen<L>(listeners: Set<L>, listener: L): () => void {
  if (typeof listener !== 'function') throw new TypeError('a listener must be a function')
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
