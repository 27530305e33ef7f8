import { type Input, turnOf } from '../core/turn.ts'
import { AbortGroup } from '../lib/abort-group.ts'
import type { Turnstile } from '../providers/lane.ts'
import type { Line } from '../providers/line.ts'
import type { Pace } from '../providers/pace.ts'
import { paceOf } from '../providers/pace-of.ts'
import type { Chat } from './chat.ts'
import { sessionOf } from './conversation.ts'
import { catalogsForRun } from './parallel-catalog.ts'
import { Forecast } from './parallel-forecast.ts'
import { type Done, type Purpose, type Setting, askItem } from './parallel-item.ts'
import { readInput } from './read-input.ts'
import { type Session, fork } from './session.ts'
import { failedUnasked } from './unasked.ts'

/** How the requests of an asker are let through. */
export interface AskerOptions {
  /** So many may be under way at once, from the beginning. */
  readonly maxActive: number | undefined
  /** Makes what lets them through of the pace of this process. */
  readonly share: (pace: Pace, line: Line, model: string) => Turnstile | Promise<Turnstile>
}

/** Asks single prompts as a run does, each when somebody else says so. */
export class PromptAsker<T> {
  readonly #session: Session
  readonly #setting: Omit<Setting<T>, 'signal'>
  readonly #pace: Pace
  readonly #leave: () => void
  readonly #group = new AbortGroup()

  private constructor(
    session: Session,
    purpose: Purpose<T>,
    pace: Pace,
    turnstile: Turnstile,
    maxActive: number | undefined,
  ) {
    this.#session = session
    this.#pace = pace
    this.#leave = pace.join({ maxActive })
    this.#setting = {
      session,
      purpose,
      pace: turnstile,
      forecast: new Forecast(session.params.maxTokens),
      catalogs: catalogsForRun(),
      toolChoice: undefined,
    }
  }

  /** One that asks on clones of a chat; to be closed. */
  static async for<T>(
    chat: Chat,
    purpose: Purpose<T>,
    { maxActive, share }: AskerOptions,
  ): Promise<PromptAsker<T>> {
    const session = fork(sessionOf(chat))
    const pace = await paceOf(session.line, session.model)
    const turnstile = await share(pace, session.line, session.model)
    return new PromptAsker(session, purpose, pace, turnstile, maxActive)
  }

  /** How many prompts may be under way at once. */
  get limit(): number {
    return this.#pace.limit
  }

  /** Asks one prompt; never fails. */
  async ask(index: number, prompt: Input): Promise<Done<T>> {
    return this.#group.run(async (signal) => {
      try {
        const input = await readInput(Promise.resolve(prompt).then(turnOf), signal)
        const done = await askItem({ ...this.#setting, signal }, index, prompt, input)
        this.#setting.forecast.learn(0, done.result.usage, done.result.cost)
        return done
      } catch (error) {
        const result = failedUnasked<T>(this.#session, index, prompt, error as Error)
        return { result, turns: [], reason: undefined }
      }
    })
  }

  /** Stops all that is under way, and what is yet to come. */
  stop(reason: unknown): void {
    this.#group.abort(reason)
  }

  /** Its wishes no longer count. */
  close(): void {
    this.#leave()
  }
}
