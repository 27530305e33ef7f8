import { ChatError } from '../core/errors.ts'
import type { ToolChoice } from '../core/request.ts'
import type { Schema } from '../core/schema.ts'
import { type AssistantTurn, type Input, type Turn, type UserTurn, textOf } from '../core/turn.ts'
import { addUsage } from '../core/usage.ts'
import { Lane, type Turnstile } from '../providers/lane.ts'
import { Chat } from './chat.ts'
import { type Catalogs, costOfSession } from './cost-of-session.ts'
import { follow } from './follow.ts'
import type { Forecast } from './parallel-forecast.ts'
import type { ParallelFacts, ParallelResult } from './parallel-result.ts'
import { rounds } from './rounds.ts'
import { type Session, fork } from './session.ts'
import { readData, structuredRounds } from './structured.ts'

/** What is made of each prompt. */
export interface Purpose<T> {
  /** The form of the data that is asked for, if it is data. */
  readonly schema?: Schema<T> | undefined
  readonly repair: number
  /** The value of an answer that is none of data. */
  readonly valueOf: (turn: AssistantTurn) => T
}

/** What all prompts of a run share. */
export interface Setting<T> {
  readonly session: Session
  readonly purpose: Purpose<T>
  readonly pace: Turnstile
  readonly forecast: Forecast
  readonly catalogs: Catalogs
  readonly signal: AbortSignal
  readonly toolChoice: ToolChoice | undefined
}

/** A result, and what only the run needs of it. */
export interface Done<T> {
  readonly result: ParallelResult<T>
  /** What followed the prompt. */
  readonly turns: readonly Turn[]
  /** Why the cost is unknown. */
  readonly reason: string | undefined
}

/** How often a prompt is asked anew whose answer broke off. */
const MOST_CUTS = 2

/** Asks one prompt on a clone of the chat; never fails. */
export async function askItem<T>(
  setting: Setting<T>,
  index: number,
  prompt: Input,
  input: UserTurn,
): Promise<Done<T>> {
  const { session, pace, forecast } = setting
  const lane = new Lane(pace, forecast)
  const usages: (AssistantTurn['usage'] | undefined)[] = []
  for (let cuts = 0; ; cuts++) {
    const own = fork(session)
    own.listeners.onRequestEnd.add((turn) => lane.book(turn.usage))
    const clone: Session = {
      ...own,
      line: { ...session.line, heard: (reply) => lane.heard(reply) },
      send: (call) => lane.send(call),
    }
    let value: T | undefined
    let error: Error | undefined
    try {
      value = await valueOf(setting, clone, input)
    } catch (thrown) {
      error = thrown instanceof Error ? thrown : new Error(String(thrown))
      // Nobody has seen it, and no tool has run for it: it can be asked as if for the first time.
      const isUnused = clone.turns.length <= session.turns.length + 2
      if (ChatError.is(error, 'cut') && isUnused && cuts < MOST_CUTS) {
        usages.push(
          ...clone.turns
            .slice(session.turns.length)
            .map((turn) => (turn.role === 'assistant' ? turn.usage : undefined)),
        )
        continue
      }
    }
    const facts = await factsOf(setting, clone, {
      index,
      prompt,
      attempts: lane.count,
      isResumed: false,
    })
    const usage = addUsage([facts.usage, ...usages])
    const outcome = error ? { value: undefined, error } : { value: value as T, error: undefined }
    return {
      result: { ...facts.facts, usage, ...outcome },
      turns: clone.turns.slice(follow(session.turns, input).turns.length + 1),
      reason: facts.reason,
    }
  }
}

async function valueOf<T>(
  { purpose, signal, toolChoice }: Setting<T>,
  session: Session,
  input: UserTurn,
): Promise<T> {
  const { schema, repair } = purpose
  const how = { signal, stream: false, toolChoice }
  const steps = schema
    ? structuredRounds(session, input, schema, { ...how, repair })
    : rounds(session, input, how)
  let step: IteratorResult<unknown, T | AssistantTurn> = await steps.next()
  while (!step.done) step = await steps.next()
  return schema ? (step.value as T) : purpose.valueOf(step.value as AssistantTurn)
}

/** The result for turns that an earlier run has kept; undefined where they give no value any more. */
export async function keptItem<T>(
  setting: Setting<T>,
  index: number,
  prompt: Input,
  input: UserTurn,
  kept: { readonly turns: readonly Turn[]; readonly attempts: number; readonly cost?: number },
): Promise<Done<T> | undefined> {
  const { session, purpose } = setting
  const asked = follow(session.turns, input)
  const last = kept.turns.at(-1)
  if (last?.role !== 'assistant') return undefined
  let value: T
  if (purpose.schema) {
    const data = await readData(textOf(last), purpose.schema)
    if (!data.isValid) return undefined
    value = data.value
  } else value = purpose.valueOf(last)
  const turns = [...asked.turns, asked.input, ...kept.turns]
  const { facts, reason } = await factsOf(
    setting,
    { turns },
    {
      index,
      prompt,
      attempts: kept.attempts,
      isResumed: true,
    },
  )
  return {
    result: { ...facts, cost: kept.cost ?? facts.cost, value, error: undefined },
    turns: kept.turns,
    reason,
  }
}

/** What is known of a prompt by the turns of its conversation. */
export async function factsOf(
  { session, catalogs }: Pick<Setting<unknown>, 'session' | 'catalogs'>,
  { turns, others }: Pick<Session, 'turns' | 'others'>,
  given: Pick<ParallelFacts, 'index' | 'prompt' | 'attempts' | 'isResumed'>,
): Promise<{
  readonly facts: ParallelFacts
  readonly usage: ParallelFacts['usage']
  readonly reason: string | undefined
}> {
  const whole: Session = { ...fork(session), turns, others: others ?? session.others }
  const chat = new Chat(whole, 'none')
  const own = turns.slice(session.turns.length).filter((turn) => turn.role === 'assistant')
  const usage = addUsage(own.map((turn) => turn.usage))
  const last = own.at(-1)
  const isPriced = own.every((turn) => turn.cost !== undefined)
  const needed: Catalogs = isPriced ? async () => undefined : catalogs
  const cost = own.length > 0 ? await costOfSession({ ...whole, turns: own }, 'all', needed) : undefined
  return {
    facts: {
      ...given,
      chat,
      text: last ? textOf(last) || (last.refusal ?? '') : '',
      usage,
      cost: cost?.dollars,
    },
    usage,
    reason: cost?.dollars === undefined ? cost?.reason : undefined,
  }
}
