import { ChatError } from '../core/errors.ts'
import type { OutputSchema, ToolChoice } from '../core/request.ts'
import type { Checked, Problem, Schema } from '../core/schema.ts'
import { type Inferred, type SchemaSource, schemaOf } from '../core/standard-schema.ts'
import { type AssistantTurn, type UserTurn, textOf, userTurn } from '../core/turn.ts'
import { unstrict, unwrapRoot, wrapRoot } from '../dialects/schema-rewrites.ts'
import { isFree, recordOf } from '../dialects/schema-shape.ts'
import { IncrementalJson } from '../lib/incremental-json.ts'
import type { Echo } from './echo-of.ts'
import type { ChatEvent } from './events.ts'
import { inPlace } from './move.ts'
import { readInput } from './read-input.ts'
import { type RoundsOptions, rounds } from './rounds.ts'
import type { Session } from './session.ts'
import { stepDown } from './step-down.ts'
import { demandWhole } from './whole-answer.ts'

/** What `chat.structured` can be told besides. */
export interface StructuredSettings extends RoundsOptions {
  /** How often the model may mend a value that does not fit. */
  readonly repair: number
}

/** What happens while data is made: `data` is the text of the value, `restart` that it begins anew. */
export type StructuredStep =
  | { readonly type: 'events'; readonly events: readonly ChatEvent[]; readonly isData: boolean }
  | { readonly type: 'restart' }

/** How a person asks for data. */
export interface DataOptions {
  readonly signal?: AbortSignal | undefined
  readonly toolChoice?: ToolChoice | undefined
  readonly repair?: number | undefined
  readonly echo: Echo
  /** Whether somebody watches the data grow. */
  readonly isWatched: boolean
}

/** Data for an input that may still be being read, with both sides printed where the chat echoes. */
export async function* dataOf<S extends SchemaSource>(
  session: Session,
  input: UserTurn | Promise<UserTurn>,
  source: S,
  { signal, toolChoice, repair = 1, echo, isWatched }: DataOptions,
): AsyncGenerator<StructuredStep, Inferred<S>, undefined> {
  if (!Number.isInteger(repair) || repair < 0)
    throw new RangeError(`repair must be a whole number, 0 or more: it is ${repair}`)
  const schema = schemaOf(source)
  const question = await readInput(input, signal)
  const stream = isWatched || echo !== 'none'
  const steps = structuredRounds(session, question, schema, { signal, stream, toolChoice, repair })
  if (echo === 'none') return yield* steps
  const { echoed } = await import('./echo.ts')
  return yield* echoed(echo, question, steps, (step) => (step.type === 'events' ? step.events : []))
}

const ASK = 'Now give the result as data in the form asked for.'

/**
 * Asks for data in the form of a schema. Where the chat has tools they are used first, and then the data is asked for. A value that
 * does not fit is shown to the model with its problems, to be mended.
 */
export async function* structuredRounds<T>(
  session: Session,
  input: UserTurn,
  schema: Schema<T>,
  settings: StructuredSettings,
): AsyncGenerator<StructuredStep, T, undefined> {
  const form = formOf(schema)
  let question = input
  if (session.toolbox.all.size > 0 && settings.toolChoice !== 'none') {
    const turn = yield* steps(rounds(session, input, settings), false)
    demandWhole(turn, 'answer', session.line.provider.name)
    question = userTurn(ASK)
  }
  let repairs = 0
  for (;;) {
    const turn = yield* steps(rounds(session, question, { ...settings, schema: form.output }), true)
    demandWhole(turn, 'data', session.line.provider.name)
    const verdict = await judge(textOf(turn), schema, form.isWrapped)
    if (verdict.problems === undefined) return verdict.value as T
    // Where the server did not hold the model to the form, it is asked for in another way from here on.
    await stepDown(
      session.standIn ? inPlace(session, session.standIn.other) : session,
      turn,
      form.output,
      verdict.raw,
    )
    if (repairs++ >= settings.repair) throw invalid(session, verdict)
    question = userTurn(
      `This does not fit the form asked for:\n${list(verdict.problems)}\nGive the whole data again, mended, and nothing else.`,
    )
    yield { type: 'restart' }
  }
}

async function* steps<R>(
  batches: AsyncGenerator<readonly ChatEvent[], R>,
  isData: boolean,
): AsyncGenerator<StructuredStep, R, undefined> {
  try {
    let step = await batches.next()
    while (!step.done) {
      yield { type: 'events', events: step.value, isData }
      step = await batches.next()
    }
    return step.value
  } finally {
    await batches.return(undefined as never)
  }
}

/** The schema as a server takes it: its root is an object, or is put into one. */
export function formOf(schema: Schema): { readonly output: OutputSchema; readonly isWrapped: boolean } {
  const { jsonSchema } = schema
  const isWrapped = isRootWrapped(schema)
  const name =
    typeof jsonSchema.title === 'string'
      ? jsonSchema.title.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64)
      : 'data'
  return {
    output: { name: name || 'data', schema: isWrapped ? wrapRoot(jsonSchema) : jsonSchema },
    isWrapped,
  }
}

/**
 * Whether a value goes out inside an object, because servers take no other root. An object whose keys are not known is sent as a
 * list or as text, and alternatives of objects are none either.
 */
export function isRootWrapped({ jsonSchema }: Schema): boolean {
  const { type, anyOf, oneOf, $ref } = jsonSchema
  const isPlain = type === 'object' && anyOf === undefined && oneOf === undefined && $ref === undefined
  return !isPlain || isFree(jsonSchema) || recordOf(jsonSchema) !== undefined
}

interface Verdict {
  readonly text: string
  /** The JSON as it came; absent where there was none. */
  readonly raw?: unknown
  readonly value?: unknown
  readonly problems?: readonly Problem[]
}

/** The data in the text of an answer that was asked for it. */
export async function readData<T>(text: string, schema: Schema<T>): Promise<Checked<T>> {
  const { value, problems } = await judge(text, schema, isRootWrapped(schema))
  return problems ? { isValid: false, problems } : { isValid: true, value: value as T }
}

/**
 * The data in an answer that will not be mended; what a server did not heed is asked for in another way from here on.
 * @throws ChatError `truncated`, `filtered`, `refused` or `invalid-output`
 */
export async function dataIn<T>(session: Session, turn: AssistantTurn, schema: Schema<T>): Promise<T> {
  demandWhole(turn, 'data', session.line.provider.name)
  const { output, isWrapped } = formOf(schema)
  const verdict = await judge(textOf(turn), schema, isWrapped)
  if (verdict.problems === undefined) return verdict.value as T
  await stepDown(session, turn, output, verdict.raw)
  throw invalid(session, verdict)
}

async function judge(text: string, schema: Schema, isWrapped: boolean): Promise<Verdict> {
  let value: unknown
  try {
    value = parsed(text)
  } catch (error) {
    return { text, problems: [{ path: '', message: `it is no JSON: ${(error as Error).message}` }] }
  }
  const original = isWrapped ? wrapRoot(schema.jsonSchema) : schema.jsonSchema
  const plain = unstrict(value, original)
  const candidate = isWrapped ? unwrapRoot(plain) : plain
  const checked = await schema.check(candidate)
  return checked.isValid
    ? { text, value: checked.value }
    : { text, raw: value, value: candidate, problems: checked.problems }
}

/** The JSON of an answer; some models put words around it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(bare(text))
  } catch (error) {
    const json = new IncrementalJson({ lenient: 'object' })
    json.push(text)
    if (json.isComplete) return json.value
    throw error
  }
}

/** JSON without the fence and the words that some models put around it. */
function bare(text: string): string {
  const fenced = /^[^{["]*```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(text)
  return (fenced?.[1] ?? text).trim()
}

const list = (problems: readonly Problem[]): string =>
  problems.map(({ path, message }) => `- ${path ? `${path}: ` : ''}${message}`).join('\n')

const invalid = ({ line, model }: Session, { text, value, problems = [] }: Verdict): ChatError =>
  new ChatError(`${model} gave data that does not fit the schema:\n${list(problems)}`, {
    code: 'invalid-output',
    provider: line.provider.name,
    body: { text, value, problems },
  })
