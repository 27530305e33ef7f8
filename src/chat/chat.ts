import type { ModelInfo } from '../capabilities/model-info.ts'
import type { DeepPartial } from '../core/deep-partial.ts'
import { ChatError } from '../core/errors.ts'
import type { Inferred, SchemaSource } from '../core/standard-schema.ts'
import { type AssistantTurn, type Input, type UserTurn, textOf, turnOf } from '../core/turn.ts'
import { Flatten } from '../lib/flatten.ts'
import type { SessionBill } from '../providers/huggingface-billing.ts'
import type { Leash } from '../providers/line.ts'
import type { AskOptions, CompactOptions, StructuredOptions } from './ask-options.ts'
import { Conversation, sessionOf } from './conversation.ts'
import type { Cost } from './cost.ts'
import type { TokenCount } from './count-tokens.ts'
import { type Echo, echoOf } from './echo-of.ts'
import type { ChatEvent } from './events.ts'
import type { Explanation } from './explain.ts'
import { movedTo } from './move.ts'
import type { ChatFiles } from './files.ts'
import { lazyFiles } from './lazy-files.ts'
import { type RoundsOptions, rounds } from './rounds.ts'
import { type Session, fork } from './session.ts'
import type { StructuredStep } from './structured.ts'
import type { Transcript } from './transcript.ts'

type Batches = AsyncGenerator<readonly ChatEvent[], AssistantTurn, undefined>

/**
 * A conversation with one model: it keeps the turns, sends them with each new prompt, runs the tools that are asked for, and adds
 * the answer. Made by `chatHuggingFace` and its siblings.
 */
export class Chat extends Conversation {
  readonly #echo: Echo
  #isBusy = false
  /** When the last answer ended, in milliseconds since 1970. */
  #lastEnd: number | undefined

  /** @internal */
  constructor(session: Session, echo: Echo) {
    super(session)
    this.#echo = echo
  }

  /** The files that the provider keeps for this account, for prompts to refer to. */
  get files(): ChatFiles {
    return lazyFiles(sessionOf(this).line)
  }

  /** What the answers cost in US dollars, and how that is known; the reason where it is not. */
  async cost(options: { readonly include?: 'all' | 'last' } = {}): Promise<Cost> {
    return (await import('./cost-of-session.ts')).costOfSession(sessionOf(this), options.include)
  }

  /**
   * What Hugging Face has booked for the requests of this chat so far, which takes about half an hour. Needs `sessionId`.
   * @throws TypeError for a chat without a `sessionId`, or with another provider; ChatError
   */
  async bill(): Promise<SessionBill> {
    return (await import('./bill.ts')).billOf(sessionOf(this), this.#lastEnd)
  }

  /** The request that `chat` would send for an input, exactly; keys are left out. Sends nothing. */
  async explain(input: Input, options: AskOptions = {}): Promise<Explanation> {
    const question = turnOf(input)
    const stream = this.#echoFor(options) !== 'none'
    const { explain } = await import('./explain.ts')
    return explain(sessionOf(this), await question, { toolChoice: options.toolChoice, stream })
  }

  /**
   * How many tokens an input would take with all that goes with it: counted by the provider where it does so, else an estimate.
   * @throws ChatError where a provider that counts cannot do so
   */
  async countTokens(input: Input, { signal }: Pick<AskOptions, 'signal'> = {}): Promise<TokenCount> {
    const question = turnOf(input)
    const { countTokens } = await import('./count-tokens.ts')
    return countTokens(sessionOf(this), await question, signal)
  }

  /**
   * The models that the provider lists, with what is known of each: context, prices, abilities.
   * @throws TypeError where it has no list; ChatError
   */
  async models({ signal }: Pick<AskOptions, 'signal'> = {}): Promise<readonly ModelInfo[]> {
    return (await import('../providers/list-models.ts')).listModels(sessionOf(this).line, signal)
  }

  /** Drops the last answer and asks its question again; where nothing comes, the answer there was stays. */
  async retry(options: AskOptions = {}): Promise<string> {
    this.#demandIdle()
    return (await import('./retry.ts')).retry(this, options)
  }

  /**
   * Replaces all but the last questions by a summary of them, made by the same model or a cheaper one. Gives how many turns it
   * stands for; 0 where there was nothing to summarise.
   * @throws ChatError when there is no whole summary; the conversation stays as it was
   */
  async compact(options: CompactOptions = {}): Promise<number> {
    const session = sessionOf(this)
    this.#demandIdle()
    this.#isBusy = true
    try {
      const { compact } = await import('./compact.ts')
      return await compact(
        this,
        options,
        (model = session.model) => new Chat({ ...fork(session), model }, 'none'),
      )
    } finally {
      this.#isBusy = false
    }
  }

  /**
   * A saved conversation taken up by a chat: with its provider, key and tools, and with what was saved of the rest. What only
   * another dialect can read is left out with a warning, and so are tools that the chat has none of that name for.
   * @throws Error for what is no saved chat, is damaged, or was saved by a newer natter
   */
  static async fromJSON(saved: string | Transcript, chat: Chat): Promise<Chat> {
    const { load } = await import('./load-transcript.ts')
    return new Chat(load(saved, sessionOf(chat)), chat.#echo)
  }

  /**
   * Lets the conversation go on with the provider and model of another chat, also in its midst. That chat stays as it is: its key, model,
   * `apiArgs`, price and parameters are taken over; turns, system prompt, tools, hooks and budget stay, and parameters that it has not.
   * @throws TypeError for what is no chat
   * @example
   * chat.use(chatOpenAICompatible({ baseUrl: 'http://127.0.0.1:8080/v1', model: 'default' }))
   */
  use(other: Chat): this {
    this.#demandIdle()
    if (!(other instanceof Chat)) throw new TypeError('use() takes a chat, such as chatHuggingFace() makes')
    const session = sessionOf(this)
    Object.assign(session, movedTo(session, sessionOf(other)))
    session.fallbacks?.gone.clear()
    return this
  }

  /** A chat with the same settings and a copy of the conversation; from here on each goes its own way. */
  clone(): Chat {
    return new Chat(fork(sessionOf(this)), this.#echo)
  }

  /** A clone that knows only the turns before this one: another way on from there. */
  branch(turnIndex: number): Chat {
    const { length } = this.turns
    if (!Number.isInteger(turnIndex) || turnIndex < 0 || turnIndex > length)
      throw new RangeError(`there are ${length} turns: ${turnIndex} is none to branch at`)
    return this.clone().setTurns(this.turns.slice(0, turnIndex))
  }

  /**
   * Asks and gives the whole answer's text, once the tools it asked for have run.
   * @throws ChatError when no whole answer came; TypeError for an empty prompt.
   */
  async chat(input: Input, options: AskOptions = {}): Promise<string> {
    const batches = this.#run(turnOf(input), options)
    let step = await batches.next()
    while (!step.done) step = await batches.next()
    const turn = step.value
    if (turn.finish !== 'stop') (await import('./partial.ts')).warnOf(this, turn)
    return textOf(turn) || (turn.refusal ?? '')
  }

  /** Asks and gives the answer's text as it comes. Nothing is sent before the first piece is awaited. */
  stream(input: Input, options: AskOptions = {}): AsyncIterableIterator<string> {
    const said = (event: ChatEvent): string | undefined =>
      event.type === 'text' || event.type === 'refusal' ? event.text || undefined : undefined
    return this.#watch(input, options, said)
  }

  /** Asks and reports everything as it comes: text, thinking, tool calls and results, usage, adjustments, each finished turn. */
  events(input: Input, options: AskOptions = {}): AsyncIterableIterator<ChatEvent> {
    return this.#watch(input, options, (event) => event)
  }

  /**
   * Asks for data in the form of a schema: `t.*`, Zod, ArkType, Valibot or a JSON Schema. Tools are used first, if the chat has any.
   * @throws ChatError `invalid-output` when the data does not fit even after mending, `truncated`, `filtered` or `refused`
   */
  async structured<S extends SchemaSource>(
    input: Input,
    schema: S,
    options: StructuredOptions = {},
  ): Promise<Inferred<S>> {
    const steps = this.#data(turnOf(input), schema, options, false)
    let step = await steps.next()
    while (!step.done) step = await steps.next()
    return step.value
  }

  /** Asks for data and gives it as it grows, and at last whole. The value is the same object each time, mended in place. */
  streamStructured<S extends SchemaSource>(
    input: Input,
    schema: S,
    options: StructuredOptions = {},
  ): AsyncGenerator<DeepPartial<Inferred<S>>, void, undefined> {
    return this.#grow(turnOf(input), schema, options)
  }

  async *#grow<S extends SchemaSource>(
    input: UserTurn | Promise<UserTurn>,
    schema: S,
    options: StructuredOptions,
  ): AsyncGenerator<DeepPartial<Inferred<S>>, void, undefined> {
    const { growing } = await import('./growing.ts')
    yield* growing(this.#data(input, schema, options, true), schema)
  }

  async *#data<S extends SchemaSource>(
    input: UserTurn | Promise<UserTurn>,
    schema: S,
    options: StructuredOptions,
    isWatched: boolean,
  ): AsyncGenerator<StructuredStep, Inferred<S>, undefined> {
    const { dataOf } = await import('./structured.ts')
    const how = { ...options, echo: this.#echoFor(options), isWatched }
    return yield* this.#exclusively(() => dataOf(sessionOf(this), input, schema, how))
  }

  #watch<U>(
    input: Input,
    options: AskOptions,
    pick: (event: ChatEvent) => U | undefined,
  ): AsyncIterableIterator<U> {
    const leash: Leash = {}
    const { signal } = options
    return new Flatten(this.#run(turnOf(input), options, leash), pick, {
      signal,
      leave: () => {
        leash.isPulled = true
        leash.pull?.()
      },
    })
  }

  async *#run(input: UserTurn | Promise<UserTurn>, options: AskOptions, leash?: Leash): Batches {
    const question =
      input instanceof Promise
        ? await (await import('./read-input.ts')).readInput(input, options.signal)
        : input
    const echo = this.#echoFor(options)
    const echoed = echo === 'none' ? undefined : await echoFor(echo)
    const how: RoundsOptions = {
      signal: options.signal,
      stream: leash !== undefined || echo !== 'none',
      leash,
      toolChoice: options.toolChoice,
    }
    return yield* this.#exclusively(() => {
      const batches = rounds(sessionOf(this), question, how)
      return !echoed || echo === 'none' ? batches : echoed(echo, question, batches, (events) => events)
    })
  }

  async *#exclusively<E, R>(begin: () => AsyncGenerator<E, R, undefined>): AsyncGenerator<E, R, undefined> {
    this.#demandIdle()
    this.#isBusy = true
    // Whoever stood in for a prompt before has no part in this one.
    sessionOf(this).standIn = undefined
    try {
      return yield* begin()
    } finally {
      this.#isBusy = false
      this.#lastEnd = Date.now()
    }
  }

  #demandIdle(): void {
    if (this.#isBusy)
      throw new ChatError('This chat is still answering: wait for it, stop it, or ask a clone().', {
        code: 'busy',
        provider: this.provider.name,
      })
  }

  #echoFor(options: AskOptions): Echo {
    return options.echo === undefined ? this.#echo : echoOf(options.echo)
  }
}

/** What prints a conversation, where anything is to be printed. */
const echoFor = async (echo: Echo): Promise<typeof import('./echo.ts').echoed | undefined> =>
  echo === 'none' ? undefined : (await import('./echo.ts')).echoed
