import type { Delta } from '../core/delta.ts'
import { ChatError } from '../core/errors.ts'
import type { BuiltinTool, ChatRequest, OutputSchema, ToolChoice, ToolSpec } from '../core/request.ts'
import { dialectOf } from '../dialects/lazy-dialects.ts'
import { TurnBuilder, type TurnFacts } from '../core/turn-builder.ts'
import type { Adjustment, AssistantTurn, Turn, UserTurn } from '../core/turn.ts'
import type { Leash } from '../providers/line.ts'
import { type Asked, ask } from './ask.ts'
import type { ChatEvent } from './events.ts'
import { callsOf } from './history.ts'
import type { Session } from './session.ts'

/** An input and the turns it follows. */
export interface Question {
  readonly turns: readonly Turn[]
  readonly input: UserTurn
  /** What has been answered already, where the server rested in the midst of its answer. */
  readonly begun?: AssistantTurn | undefined
}

/** How one answer is asked for. */
export interface AnswerOptions {
  readonly signal: AbortSignal | undefined
  readonly stream: boolean
  readonly leash?: Leash | undefined
  readonly tools?: readonly ToolSpec[] | undefined
  readonly toolChoice?: ToolChoice | undefined
  /** Tools that the provider runs. */
  readonly builtins?: readonly BuiltinTool[] | undefined
  readonly schema?: OutputSchema | undefined
}

/**
 * One answer: asked for, reported as it comes, and added to the history. A request that fails before its first delta leaves no
 * trace, an answer that breaks off stays as a marked part.
 * @param who is asked, where it is another one than the chat's own choice; `notes` say why
 */
export async function* answer(
  session: Session,
  question: Question,
  options: AnswerOptions,
  who: Session = session,
  notes: readonly Adjustment[] = [],
): AsyncGenerator<readonly ChatEvent[], AssistantTurn, undefined> {
  const { turns, input, begun } = question
  const newBuilder = (): TurnBuilder => new TurnBuilder((n) => `call_${turns.length}_${n}`)
  let builder = newBuilder()
  const adjustments: Adjustment[] = []
  const started = performance.now()
  let asked: Asked | undefined
  /** What answers cost in which tools were ignored. */
  const spent: AssistantTurn[] = []
  const facts = (): TurnFacts => ({
    provider: who.line.provider.id,
    duration: performance.now() - started,
    ...(asked?.reply.servedBy && { servedBy: asked.reply.servedBy }),
    ...(asked?.reply.requestId && { requestId: asked.reply.requestId }),
    ...(adjustments.length > 0 && { adjustments }),
  })
  const keep = async (turn: AssistantTurn): Promise<AssistantTurn> => {
    const isPriced = who.price !== undefined || who.budget !== undefined
    const whole = spent.length > 0 ? (await import('./spent.ts')).withSpent(turn, spent) : turn
    const kept = isPriced ? await (await import('./tally.ts')).tally(who, whole) : whole
    ledger ??= await import('./token-ledger.ts')
    ledger.recordUsage(who.line.provider.id, who.model, kept.usage, kept.cost)
    if (!begun && !asked?.turns && !isBound(input) && !isBound(kept)) {
      session.turns = [...turns, input, kept]
      return kept
    }
    const before = asked?.turns?.slice(0, turns.length) ?? turns
    const after = (await import('./kept.ts')).kept({ turns: before, input, begun }, kept, who.line.baseUrl)
    session.turns = after.history
    return after.turn
  }
  const keepPart = async (finish: 'aborted' | 'error'): Promise<void> => {
    const held: Delta[] = []
    asked?.leaks?.cut(held)
    for (const delta of held) builder.push(delta)
    if (!builder.isEmpty) await keep(builder.build(facts(), finish))
  }
  const { tools, toolChoice } = options
  const mustCall = tools !== undefined && (toolChoice === 'required' || typeof toolChoice === 'object')
  const told = new Set<string>()
  const news = (): readonly ChatEvent[] =>
    adjustments.filter(({ name }) => !told.has(name) && told.add(name)).map(toEvent)
  let isOver = false
  try {
    const request = await requestFor(who, question, options)
    for (;;) {
      asked = await ask(who, request, { ...options, tools }, adjustments, notes)
      const { reply, leaks, form } = asked
      const changes = news()
      if (changes.length > 0) yield changes
      // What is said instead of a call that was demanded is shown only when nothing better can be had.
      const held: ChatEvent[] = []
      for (let batch = await reply.next(); batch; batch = await reply.next()) {
        for (const delta of batch) builder.push(delta)
        const events = audible(batch)
        if (events.length === 0) continue
        if (mustCall) held.push(...events)
        else yield events
      }
      const isIgnored =
        tools !== undefined &&
        !builder.hasCalls &&
        (mustCall || Boolean(leaks?.suspect) || Boolean(form?.isIgnored))
      if (isIgnored && session.adjust !== 'error') {
        const { lessonOfIgnored } = await import('./remedy.ts')
        if (lessonOfIgnored(asked, who.line)) {
          spent.push(builder.build(facts()))
          builder = newBuilder()
          continue
        }
      }
      if (leaks?.suspect) {
        const rest = { type: 'text', text: leaks.suspect } as const
        builder.push(rest)
        held.push(rest)
      }
      if (held.length > 0) yield held
      if (leaks && leaks.lifted > 0) adjustments.push(leaks.adjustment)
      if (mustCall && !builder.hasCalls) adjustments.push((await import('./report.ts')).NOT_CALLED)
      const late = adjustments.filter(({ name }) => !told.has(name))
      if (late.length > 0) {
        ;(await import('./report.ts')).report(who, late)
        yield news()
      }
      break
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
  const whole = session.turns.at(-1) as AssistantTurn
  yield closing(turn, whole)
  return whole
}

/** The request for an answer, before it is fitted; schemas are in the form that the dialect's servers take. */
export async function requestFor(
  session: Session,
  { turns, input, begun }: Question,
  options: AnswerOptions,
): Promise<ChatRequest> {
  const { tools, builtins, schema, toolChoice } = options
  if (!session.model) await (await import('./served.ts')).nameServed(session, options.signal)
  const request: ChatRequest = {
    model: session.model,
    turns: begun ? [...turns, input, begun] : [...turns, input],
    params: session.params,
    stream: session.stream ?? options.stream,
    ...(session.systemPrompt && { system: session.systemPrompt }),
    ...(toolChoice && { toolChoice }),
    ...(builtins && { builtins }),
    ...(session.extra && { extra: session.extra }),
    ...(session.cache && { cache: session.cache }),
  }
  if (!tools && !schema) return request
  const [{ inForms }, { schemaForms }] = await Promise.all([
    import('./in-forms.ts'),
    dialectOf(session.line.provider.dialect),
  ])
  return inForms(request, options, schemaForms)
}

/** Whether a turn may hold what belongs to one server. */
const isBound = ({ contents }: Turn): boolean =>
  contents.some((content) => 'opaque' in content || 'fileId' in content || 'media' in content)
/** Loaded with the first answer. */
let ledger: typeof import('./token-ledger.ts') | undefined

const toEvent = (adjustment: Adjustment): ChatEvent => ({ type: 'adjustment', adjustment })

const AUDIBLE = new Set<Delta['type']>(['text', 'thinking', 'refusal', 'citation', 'media', 'server-tool'])
const isAudible = (delta: Delta): delta is Delta & ChatEvent => AUDIBLE.has(delta.type)

/** The deltas that are events as they stand; mostly all of them. */
const audible = (batch: readonly Delta[]): readonly ChatEvent[] =>
  batch.every(isAudible) ? (batch as readonly ChatEvent[]) : batch.filter(isAudible)

/** What is known only at the end. */
const closing = (turn: AssistantTurn, whole: AssistantTurn): readonly ChatEvent[] => [
  ...callsOf(turn).map((call) => ({ type: 'tool-call', call }) as const),
  ...(turn.usage ? [{ type: 'usage', usage: turn.usage } as const] : []),
  { type: 'finish', reason: turn.finish, turn: whole },
]
