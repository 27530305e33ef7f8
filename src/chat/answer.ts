import { warn } from '#platform'
import { type Capabilities, learned } from '../capabilities/capabilities.ts'
import { type Fitted, asItIs } from '../capabilities/fits.ts'
import type { Delta } from '../core/delta.ts'
import { ChatError } from '../core/errors.ts'
import type { ChatRequest, OutputSchema, ToolChoice, ToolSpec } from '../core/request.ts'
import { TurnBuilder, type TurnFacts } from '../core/turn-builder.ts'
import type { Adjustment, AssistantTurn, Turn, UserTurn } from '../core/turn.ts'
import type { Reader, Wire } from '../dialects/dialect.ts'
import type { LeakReader } from '../dialects/leaked-reader.ts'
import { type Answer, type Leash, send } from '../providers/send.ts'
import type { ChatEvent } from './events.ts'
import { callsOf } from './history.ts'
import type { Session } from './session.ts'
import { recordUsage } from './token-ledger.ts'

/** How often one request may be refused and mended. */
const MOST_LESSONS = 8

/** An input and the turns it follows. */
export interface Question {
  readonly turns: readonly Turn[]
  readonly input: UserTurn
}

/** How one answer is asked for. */
export interface AnswerOptions {
  readonly signal: AbortSignal | undefined
  readonly stream: boolean
  readonly leash?: Leash | undefined
  readonly tools?: readonly ToolSpec[] | undefined
  readonly toolChoice?: ToolChoice | undefined
  readonly schema?: OutputSchema | undefined
}

/**
 * One answer: asked for, reported as it comes, and added to the history. A request that fails before its first delta leaves no
 * trace, an answer that breaks off stays as a marked part.
 */
export async function* answer(
  session: Session,
  question: Question,
  options: AnswerOptions,
): AsyncGenerator<readonly ChatEvent[], AssistantTurn, undefined> {
  const builder = new TurnBuilder((n) => `call_${question.turns.length}_${n}`)
  const adjustments: Adjustment[] = []
  const started = performance.now()
  let asked: Asked | undefined
  const facts = (): TurnFacts => ({
    duration: performance.now() - started,
    ...(asked?.reply.servedBy && { servedBy: asked.reply.servedBy }),
    ...(asked?.reply.requestId && { requestId: asked.reply.requestId }),
    ...(adjustments.length > 0 && { adjustments }),
  })
  const keep = async (turn: AssistantTurn): Promise<AssistantTurn> => {
    const isPriced = session.price !== undefined || session.budget !== undefined
    const kept = isPriced ? await (await import('./tally.ts')).tally(session, turn) : turn
    recordUsage(session.line.provider.id, session.model, kept.usage, kept.cost)
    session.turns = [...question.turns, question.input, kept]
    return kept
  }
  const keepPart = async (finish: 'aborted' | 'error'): Promise<void> => {
    const held: Delta[] = []
    asked?.leaks?.cut(held)
    for (const delta of held) builder.push(delta)
    if (!builder.isEmpty) await keep(builder.build(facts(), finish))
  }
  let isOver = false
  try {
    asked = await ask(session, question, options, adjustments)
    const { reply, leaks } = asked
    if (adjustments.length > 0) yield adjustments.map(toEvent)
    for (let batch = await reply.next(); batch; batch = await reply.next()) {
      for (const delta of batch) builder.push(delta)
      const events = audible(batch)
      if (events.length > 0) yield events
    }
    if (leaks && leaks.lifted > 0) {
      adjustments.push(leaks.adjustment)
      report(session, leaks.adjustment)
      yield [toEvent(leaks.adjustment)]
    }
    isOver = true
  } catch (error) {
    isOver = true
    await keepPart(ChatError.is(error, 'aborted') ? 'aborted' : 'error')
    throw error
  } finally {
    if (!isOver) {
      asked?.reply.close()
      // The caller left the loop: what had come is kept, as after an abort.
      await keepPart('aborted')
    }
  }
  const turn = await keep(builder.build(facts()))
  for (const listen of session.listeners.onRequestEnd) await listen(turn)
  yield closing(turn)
  return turn
}

/** The request for an answer, before it is fitted; schemas are in the form that the dialect's servers take. */
export async function requestFor(
  session: Session,
  { turns, input }: Question,
  options: AnswerOptions,
): Promise<ChatRequest> {
  const { tools, schema, toolChoice } = options
  const request: ChatRequest = {
    model: session.model,
    turns: [...turns, input],
    params: session.params,
    stream: session.stream ?? options.stream,
    ...(session.systemPrompt && { system: session.systemPrompt }),
    ...(toolChoice && { toolChoice }),
    ...(session.extra && { extra: session.extra }),
  }
  if (!tools && !schema) return request
  const { REWRITES } = await import('../dialects/schema-rewrites.ts')
  const { schemaForms } = session.line.provider.dialect
  return {
    ...request,
    ...(tools && {
      tools: tools.map((tool) => ({ ...tool, inputSchema: REWRITES[schemaForms.tools](tool.inputSchema) })),
    }),
    ...(schema && { schema: { ...schema, schema: REWRITES[schemaForms.output](schema.schema) } }),
  }
}

/** A request as it would be sent by what is known of the model. */
export async function spell(
  session: Session,
  request: ChatRequest,
): Promise<Wire & { readonly fitted: Fitted }> {
  const { dialect, quirks = {} } = session.line.provider
  const known = session.knowledge.capabilities.get(session.model)
  const fitted =
    asItIs(request, dialect, quirks, known) ??
    (await import('../capabilities/fit.ts')).fit(request, dialect, quirks, known ?? {})
  return { ...dialect.encode(fitted.request, fitted.quirks), fitted }
}

const toEvent = (adjustment: Adjustment): ChatEvent => ({ type: 'adjustment', adjustment })

/** An answer that has begun, and who looks for calls in its text. */
interface Asked {
  readonly reply: Answer
  readonly leaks: LeakReader | undefined
}

/** One request: fitted, sent, and when refused for something that can be mended, mended and sent again. */
async function ask(
  session: Session,
  question: Question,
  options: AnswerOptions,
  adjustments: Adjustment[],
): Promise<Asked> {
  const { line, knowledge, model } = session
  const { provider } = line
  const request = await requestFor(session, question, options)
  const budget = await session.budget
  budget?.check()
  for (const listen of session.listeners.onRequestStart) await listen(request)
  const lessons: Adjustment[] = []
  // Only a model with tools can leak a call.
  const leaky = options.tools && (await import('../dialects/leaked-reader.ts'))
  let leaks: LeakReader | undefined
  const reader = (): Reader => {
    const inner = provider.dialect.reader()
    if (!leaky || !options.tools) return inner
    leaks = new leaky.LeakReader(inner, options.tools)
    return leaks
  }
  for (let attempt = 1; ; attempt++) {
    const { fitted, ...wire } = await spell(session, request)
    adjustments.splice(0, adjustments.length, ...told(fitted, lessons))
    for (const adjustment of adjustments) report(session, adjustment)
    try {
      const reply = await send({ line, wire, signal: options.signal, leash: options.leash, reader })
      return { reply, leaks }
    } catch (error) {
      if (!(error instanceof ChatError) || attempt > MOST_LESSONS || session.adjust === 'error') throw error
      const { learn } = await import('../capabilities/learn.ts')
      const lesson = learn(error, wire.body, fitted)
      if (!lesson) throw error
      const known: Capabilities = knowledge.capabilities.get(model) ?? {}
      knowledge.capabilities.set(model, learned(known, lesson.capabilities))
      lessons.push(lesson.adjustment)
    }
  }
}

/** What was changed, each thing once: what a refusal taught says more than that it was left out. */
const told = (fitted: Fitted, lessons: readonly Adjustment[]): readonly Adjustment[] => [
  ...lessons,
  ...fitted.adjustments.filter(({ name }) => !lessons.some((lesson) => lesson.name === name)),
]

/** Warns of an adjustment once per model, or refuses to make it. */
function report({ adjust, line, model, knowledge }: Session, { type, name, message }: Adjustment): void {
  if (adjust === 'error' && type !== 'tool-calls')
    throw new ChatError(`The request would have to be changed, which adjust: 'error' forbids: ${message}.`, {
      code: 'bad-request',
      provider: line.provider.name,
    })
  const key = `${model} ${name}`
  if (adjust === 'silent' || knowledge.warned.has(key)) return
  knowledge.warned.add(key)
  warn(`${line.provider.name}/${model}: ${message}`)
}

const AUDIBLE = new Set<Delta['type']>(['text', 'thinking', 'refusal', 'citation', 'media'])
const isAudible = (delta: Delta): delta is Delta & ChatEvent => AUDIBLE.has(delta.type)

/** The deltas that are events as they stand; mostly all of them. */
const audible = (batch: readonly Delta[]): readonly ChatEvent[] =>
  batch.every(isAudible) ? (batch as readonly ChatEvent[]) : batch.filter(isAudible)

/** What is known only at the end. */
const closing = (turn: AssistantTurn): readonly ChatEvent[] => [
  ...callsOf(turn).map((call) => ({ type: 'tool-call', call }) as const),
  ...(turn.usage ? [{ type: 'usage', usage: turn.usage } as const] : []),
  { type: 'finish', reason: turn.finish, turn },
]
