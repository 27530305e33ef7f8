import { ChatError, type ChatErrorCode } from '../core/errors.ts'
import type { Adjustment, AssistantTurn } from '../core/turn.ts'
import { bareUrl } from '../lib/bare-url.ts'
import { type AnswerOptions, type Question, answer } from './answer.ts'
import { Conversation, sessionOf } from './conversation.ts'
import type { ChatEvent } from './events.ts'
import { located } from './located.ts'
import { inPlace } from './move.ts'
import { type Fallbacks, type Session, fork } from './session.ts'

/** What another provider may do better. What is asked wrongly, or was stopped, it cannot. */
const PASSED_ON = new Set<ChatErrorCode>([
  'no-key',
  'unauthorized',
  'forbidden',
  'credits',
  'not-found',
  'model-not-supported',
  'unsupported-input',
  'context-overflow',
  'rate-limited',
  'overloaded',
  'server-error',
  'timeout',
  'connection',
  'cut',
  'bad-reply',
])

/** What will be so at the next prompt too. A missing key costs nothing to look for again, and OpenRouter says 403 of a single prompt. */
const FOR_GOOD = new Set<ChatErrorCode>(['unauthorized', 'credits', 'not-found', 'model-not-supported'])

/**
 * One answer, by the first who gives one: where it fails before there is anything of it, the next is asked. Who has answered stays until
 * the prompt is answered; who failed for good is not asked again by this chat and its clones.
 * @throws the first failure, with what the others said
 */
export async function* relayed(
  session: Session,
  question: Question,
  options: AnswerOptions,
): AsyncGenerator<readonly ChatEvent[], AssistantTurn, undefined> {
  const relay = new Relay(session)
  const { turns } = session
  let asked = question
  for (let who = await relay.first(); ;) {
    try {
      return yield* answer(session, asked, options, who, relay.notes)
    } catch (error) {
      // Something had come already, and was kept.
      if (session.turns !== turns) throw error
      who = await relay.after(who, error)
      // Uploaded files that bear no address are with the chat's own choice.
      asked = { ...question, input: located(question.input, bareUrl(session.line.baseUrl)) }
    }
  }
}

/** How an answer is passed on: who has failed to give it, and what its turn will say of that. */
class Relay {
  readonly notes: Adjustment[] = []
  readonly #session: Session
  readonly #fallbacks: Fallbacks
  readonly #failures: { readonly who: string; readonly error: unknown }[] = []

  constructor(session: Session) {
    this.#session = session
    this.#fallbacks = checked(session.fallbacks as Fallbacks)
  }

  /** Whoever has stood in during this prompt; else the chat's own choice, if it has not failed for good. */
  async first(): Promise<Session> {
    const session = this.#session
    const { list, gone } = this.#fallbacks
    if (session.standIn) return inPlace(session, session.standIn.other)
    const why = gone.get(placeOf(session, 0))
    if (why === undefined) return session
    const next = await this.#next(session, 0, why)
    if (!next && gone.size > list.length) gone.clear()
    // Where nobody is left, it may have been mended since.
    return next ?? session
  }

  /** Who is asked after a failure. */
  async after(who: Session, error: unknown): Promise<Session> {
    const at = this.#session.standIn?.at ?? 0
    const isChatError = error instanceof ChatError
    // What a fallback cannot be told, such as a file of another provider's, does not end the search for one that can.
    const isPassedOn = isChatError ? PASSED_ON.has(error.code) : at > 0 && error instanceof TypeError
    if (!isPassedOn) throw error
    const why = reasonOf(error)
    this.#failures.push({ who: nameOf(who), error })
    if (isChatError && FOR_GOOD.has(error.code)) this.#fallbacks.gone.set(placeOf(who, at), why)
    const next = await this.#next(who, at, why)
    if (!next) throw this.#all()
    return next
  }

  async #next(before: Session, after: number, why: string): Promise<Session | undefined> {
    const session = this.#session
    const { list, gone } = this.#fallbacks
    for (let at = after + 1; at <= list.length; at++) {
      let other: Session
      try {
        other = await made(this.#fallbacks, at - 1)
      } catch (error) {
        // A name that means nobody, or no key for it.
        this.#failures.push({ who: `Fallback ${at}`, error })
        continue
      }
      if (gone.has(placeOf(other, at))) continue
      session.standIn = { at, other }
      session.others = new Map(session.others).set(other.line.provider.id, other)
      const next = inPlace(session, other)
      this.#note(before, next, why)
      return next
    }
    return undefined
  }

  #note(before: Session, next: Session, why: string): void {
    const note: Adjustment = {
      type: 'fallback',
      name: `fallback-${next.line.provider.id}/${next.model || 'served'}`,
      message: `${nameOf(next)} was asked, because ${nameOf(before)} ${why}`,
    }
    this.notes.push(note)
  }

  /** The first failure, with the others. */
  #all(): unknown {
    const [first, ...others] = this.#failures
    const error = first?.error
    if (!(error instanceof ChatError) || others.length === 0) return error
    const words = others.map((one) => `${one.who} was asked too: ${(one.error as Error).message}`)
    return new ChatError([error.message, ...words].join(' '), { ...error, code: error.code, cause: error })
  }
}

/** @throws TypeError for what can be nobody */
function checked(fallbacks: Fallbacks): Fallbacks {
  const { list } = fallbacks
  if (Array.isArray(list) && list.every((one) => typeof one === 'string' || one instanceof Conversation))
    return fallbacks
  throw new TypeError("fallbacks must be chats, or names of them such as ['groq', 'openai/gpt-5-mini']")
}

/** The session of a fallback. A copy of its own: what is learned of its backends must not change the chat that was given. */
async function made({ list, resolve, made: known }: Fallbacks, at: number): Promise<Session> {
  const before = known[at]
  if (before) return before
  const one = list[at]
  const session = fork(sessionOf((typeof one === 'string' ? await resolve(one) : one) as Conversation))
  known[at] = session
  return session
}

const nameOf = ({ line, model }: Session): string => `${line.provider.name}${model && `/${model}`}`

const placeOf = ({ line, model }: Session, at: number): string => `${at} ${line.baseUrl} ${model}`

function reasonOf(error: unknown): string {
  if (!(error instanceof ChatError)) return `cannot be told all of it: ${(error as Error).message}`
  const { code, status = 0 } = error
  return status >= 300 ? `answered ${status} (${code})` : `failed (${code})`
}
