import type { OutputSchema, ToolChoice } from '../core/request.ts'
import type { AssistantTurn, Turn, UserTurn } from '../core/turn.ts'
import { type AnswerOptions, type Question, answer } from './answer.ts'
import type { ChatEvent } from './events.ts'
import { callsOf } from './history.ts'
import type { Leash } from '../providers/line.ts'
import type { Session } from './session.ts'

/** How one prompt is asked. */
export interface RoundsOptions {
  readonly signal: AbortSignal | undefined
  /** Whether somebody watches the answer come. */
  readonly stream: boolean
  /** Lets who watches give the answer up while the next piece of it is awaited. */
  readonly leash?: Leash | undefined
  readonly toolChoice?: ToolChoice | undefined
  /** The form the answer must have; no tools are offered with it. */
  readonly schema?: OutputSchema | undefined
}

/**
 * The one loop of a conversation: asks, runs the tools the model calls, and asks again with their results, until an answer calls
 * none. Reports what comes in batches, and keeps the history whole whatever happens.
 */
export async function* rounds(
  session: Session,
  input: UserTurn,
  options: RoundsOptions,
): AsyncGenerator<readonly ChatEvent[], AssistantTurn, undefined> {
  const { toolbox } = session
  const { maxRounds } = toolbox.settings
  let { toolChoice } = options
  if (!options.schema && toolChoice !== undefined)
    (await import('./tool-choice.ts')).checkChoice(toolbox, toolChoice)
  let question: Question = await following(session.turns, input)
  for (let round = 1; ; round++) {
    const tools = options.schema ? undefined : toolbox.specs()
    const builtins = options.schema ? undefined : toolbox.builtinsFor(toolChoice)
    const turn = yield* asked(
      session,
      question,
      { ...options, tools, builtins, toolChoice: tools && toolChoice },
      round > 1,
    )
    if (turn.finish === 'pause_turn' && callsOf(turn).length === 0) {
      if (round > maxRounds) throw await tooMany(session, 'used tools of its own')
      question = { ...question, begun: turn }
      continue
    }
    // An answer that ran into its token limit may hold a call that looks whole and is not.
    if (!tools || turn.finish !== 'tool-calls' || callsOf(turn).length === 0) return turn
    if (round > maxRounds) throw await tooMany(session, 'called tools')
    // Only a model that calls tools needs what runs them.
    const { runCalls } = await import('./run-calls.ts')
    question = {
      turns: session.turns,
      input: { role: 'user', contents: yield* runCalls(session, turn, options) },
    }
    // A model that must call a tool each time would never come to an end.
    if (toolChoice !== 'none') toolChoice &&= 'auto'
  }
}

/** An input after a history; only where that ends with calls or results there is more to it. */
const following = async (turns: readonly Turn[], input: UserTurn): Promise<Question> =>
  turns.at(-1)?.contents.some(({ type }) => type === 'tool-call' || type === 'tool-result')
    ? (await import('./follow.ts')).follow(turns, input)
    : { turns, input }

const tooMany = async (session: Session, what: string): Promise<Error> =>
  (await import('./tool-rounds.ts')).tooManyRounds(session, what)

/** One answer. What tools have found out is kept also when it cannot be told to the model: it goes out with the next prompt. */
async function* asked(
  session: Session,
  question: Question,
  options: AnswerOptions,
  isFollowUp: boolean,
): AsyncGenerator<readonly ChatEvent[], AssistantTurn, undefined> {
  try {
    return yield* session.fallbacks
      ? (await import('./fallback.ts')).relayed(session, question, options)
      : answer(session, question, options)
  } finally {
    if (isFollowUp && session.turns === question.turns) session.turns = [...question.turns, question.input]
  }
}
