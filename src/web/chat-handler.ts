import { approving } from '../chat/approving.ts'
import { Chat } from '../chat/chat.ts'
import { turnOf } from '../core/turn.ts'
import type { Input } from '../core/turn.ts'
import { Conversations } from './conversations.ts'
import { drive } from './drive.ts'
import { WebError, errorResponse, errorView } from './error-view.ts'
import { afterOf, eventStream } from './event-stream.ts'
import { Origins } from './origins.ts'
import type { ErrorView } from './protocol.ts'
import { readJson } from './read-body.ts'
import { type Revealed, revealedEvent, revealedTurn } from './reveal.ts'
import type { Run } from './run.ts'
import { RunRegistry } from './run-registry.ts'
import { verdict } from './verdict.ts'

type Body = Readonly<Record<string, unknown>>

/** Gives the chat of a request, with the turns so far; a `Response` that it throws is the answer. */
export type ChatOf = (request: Request, body: Body) => Chat | Promise<Chat>

/** Answers one request of a client. */
export type ChatHandler = (request: Request) => Promise<Response>

/** How a handler behaves. */
export interface ChatHandlerOptions {
  /** What is asked, made of the body that the client sent. @default its member `text` */
  readonly input?: ((body: Body, request: Request) => Input | Promise<Input>) | undefined
  /** Called when an answer has ended, whole or not: the place to save the chat. */
  readonly onEnd?: ((chat: Chat, request: Request) => void | Promise<void>) | undefined
  /** Hears of everything that goes wrong; the client is told little. */
  readonly onError?: ((error: unknown) => void) | undefined
  /** What clients are told besides what the model says. @default [] */
  readonly reveal?: readonly Revealed[] | undefined
  /** Whether clients decide on calls of tools that need approval. @default false: they are refused, unless the chat decides */
  readonly approvals?: boolean | undefined
  /** Other sites whose pages may call it, such as `https://app.example.com`. @default [] */
  readonly origins?: readonly string[] | undefined
  /** The longest body, in bytes. @default 1_000_000 */
  readonly maxBody?: number | undefined
  /** The most answers under way at once. @default 100 */
  readonly maxRuns?: number | undefined
  /** The most conversations that are held in memory; only where it is given a chat. @default 1000 */
  readonly maxConversations?: number | undefined
  /** How long an answer goes on with nobody reading it, in milliseconds. @default 30_000 */
  readonly linger?: number | undefined
  /** How long an answer can be read after its end, in milliseconds. @default 60_000 */
  readonly keepFor?: number | undefined
}

/**
 * A handler of web requests that lets pages talk to a chat, for any server that speaks `Request` and `Response`. Given a chat, it keeps a
 * clone of it for each conversation; given a function, that finds the chat. A client sends what is asked and nothing else: model, system
 * prompt, tools and turns are the program's. docs/web.md has the protocol.
 * @example
 * const handler = chatHandler(chatHuggingFace({ systemPrompt: 'You sell tea.' }))
 * const response = await handler(new Request('http://localhost/chat', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"Hi"}' }))
 */
export function chatHandler(chat: Chat | ChatOf, options: ChatHandlerOptions = {}): ChatHandler {
  const { maxBody = 1_000_000, maxRuns = 100, keepFor = 60_000, linger = 30_000 } = options
  const runs = new RunRegistry({ maxRuns, keepFor, linger })
  const asking = new Asking(chat, options, runs)
  const origins = new Origins(options.origins)
  const answer = async (request: Request): Promise<Response> => {
    const { searchParams } = new URL(request.url)
    const id = searchParams.get('run')
    if (request.method === 'POST' && id === null) return asking.ask(request, await readJson(request, maxBody))
    if (!['GET', 'POST', 'DELETE'].includes(request.method) || id === null)
      throw new WebError(405, 'bad-request', 'A question is asked by POST; all else names a run.')
    const run = runs.get(id)
    if (!run) throw new WebError(404, 'not-found', 'There is no such answer, or no longer.')
    if (request.method === 'GET') return eventStream(run, afterOf(request))
    if (request.method === 'DELETE') run.stop()
    else if (!run.decide(searchParams.get('call') ?? '', verdict(await readJson(request, maxBody))))
      throw new WebError(404, 'not-found', 'No such call waits for a decision.')
    return new Response(undefined, { status: 204 })
  }
  return async (request) => {
    const refused = origins.answer(request)
    if (refused) return refused
    return origins.allow(
      request,
      await answer(request).catch((error: unknown) => {
        if (error instanceof Response) return error
        if (error instanceof WebError) return errorResponse(error)
        options.onError?.(error)
        return errorResponse(new WebError(500, 'internal', asking.viewOf(error).message))
      }),
    )
  }
}

/** The asking of a handler. */
class Asking {
  readonly #chatOf: (request: Request, body: Body) => Promise<{ readonly chat: Chat; readonly id?: string }>
  readonly #options: ChatHandlerOptions
  readonly #runs: RunRegistry
  readonly #revealed: ReadonlySet<Revealed>
  readonly #busy = new WeakSet<Chat>()

  constructor(chat: Chat | ChatOf, options: ChatHandlerOptions, runs: RunRegistry) {
    this.#options = options
    this.#runs = runs
    this.#revealed = new Set(options.reveal)
    if (chat instanceof Chat) {
      const all = new Conversations(chat, options.maxConversations ?? 1000)
      this.#chatOf = async (_request, { conversation }) => {
        if (conversation !== undefined && typeof conversation !== 'string')
          throw new WebError(400, 'bad-request', 'conversation must be the id of one.')
        return all.get(conversation)
      }
    } else if (typeof chat === 'function')
      this.#chatOf = async (request, body) => ({ chat: await chat(request, body) })
    else throw new TypeError('chatHandler takes a chat, or a function that gives one')
  }

  /** What a client is told of an error. */
  viewOf(error: unknown): ErrorView {
    const view = errorView(error)
    if (this.#revealed.has('errors')) return view
    const message = view.mayPass
      ? 'The model cannot be reached now, or has too much to do: try again.'
      : 'The model could not answer that.'
    return { ...view, message }
  }

  /** Asks, and answers with the events. */
  async ask(request: Request, body: Body): Promise<Response> {
    const { input = textOf } = this.#options
    const question = await turnOf(await input(body, request))
    const { chat, id } = await this.#chatOf(request, body)
    if (this.#busy.has(chat))
      throw new WebError(409, 'busy', 'This conversation is being answered: wait for it, or stop it.')
    const run = this.#runs.begin()
    if (!run) throw new WebError(429, 'busy', 'Too many answers are under way: try again later.')
    this.#busy.add(chat)
    void this.#answer(run, chat, question.contents, request)
    const first = { type: 'run', run: run.id, ...(id !== undefined && { conversation: id }) }
    return eventStream(run, 0, { first })
  }

  async #answer(run: Run, chat: Chat, question: Input, request: Request): Promise<void> {
    const { approvals = false, onEnd, onError } = this.#options
    const all = this.#revealed
    const viewOf = (error: unknown): ErrorView => {
      onError?.(error)
      return this.viewOf(error)
    }
    try {
      const asked = approving(chat, approvals ? run.approve : undefined)
      await drive(run, asked, question, {
        keep: (turn) => {
          const shown = revealedTurn(turn, all)
          return shown && { id: crypto.randomUUID(), time: new Date().toISOString(), turn: shown }
        },
        tell: (event) => revealedEvent(event, all),
        viewOf,
      })
      chat.setTurns(asked.turns)
      await onEnd?.(chat, request)
    } catch (error) {
      run.push({ type: 'error', error: viewOf(error) })
    } finally {
      this.#busy.delete(chat)
      run.end()
    }
  }
}

function textOf({ text }: Body): string {
  if (typeof text === 'string' && text.trim() !== '') return text
  throw new WebError(400, 'bad-request', 'text must be what is asked.')
}
