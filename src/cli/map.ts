import { existsSync, readFileSync } from 'node:fs'
import type { Chat } from '../chat/chat.ts'
import { parallelStructured, parallelText } from '../chat/parallel.ts'
import type { Purpose } from '../chat/parallel-item.ts'
import { parallelKept } from '../chat/parallel-kept.ts'
import type { ParallelOptions } from '../chat/parallel-options.ts'
import type { ParallelRun } from '../chat/parallel-run.ts'
import { interpolate } from '../core/interpolate.ts'
import { schemaOf } from '../core/standard-schema.ts'
import type { JsonSchema } from '../core/schema.ts'
import { textOf } from '../core/turn.ts'
import type { Usage } from '../core/usage.ts'
import { UsageError } from './failure.ts'
import { note } from './io.ts'
import { writerFor } from './map-output.ts'
import { type Row, readRows } from './map-rows.ts'
import { openChat } from './open-chat.ts'
import type { MapTask } from './task.ts'

/** Asks a prompt for each row of a file, writes the rows with their answers, and gives the exit code. */
export async function map(task: MapTask): Promise<number> {
  const { input, output, resume = `${output}.run.jsonl` } = task
  const template = templateIn(task.prompt)
  const schema = task.schema === undefined ? undefined : jsonSchemaIn(task.schema)
  const write = await writerFor(output)
  if (existsSync(output) && !existsSync(resume))
    throw new UsageError(`${output} is there already, and is not of this command: name another, or remove it`)
  const total = await countRows(input, template)
  const prompts = (): AsyncGenerator<string> => promptsOf(input, template)
  const { chat, close } = await openChat(task.ask)
  try {
    const options = optionsOf(task, resume, total)
    const run: ParallelRun<unknown> = schema
      ? parallelStructured(chat, prompts(), schema, options)
      : parallelText(chat, prompts(), options)
    const isInterrupted = onInterrupt(run, options.stop)
    const failures = new Map<number, string>()
    for await (const { index, error } of run) if (error) failures.set(index, error.message)
    await write(() => answered(input, chat, prompts(), { schema, resume, failures }), output)
    return report(task, run, total, { resume, failures, isInterrupted: isInterrupted() })
  } finally {
    await close()
  }
}

interface RunOptions extends ParallelOptions {
  readonly stop: AbortController
}

function optionsOf(
  { maxActive, rpm, tpm, budget, budgetTokens, estimate, progress }: MapTask,
  resume: string,
  total: number,
): RunOptions {
  const stop = new AbortController()
  const isLimited = budget !== undefined || budgetTokens !== undefined
  return {
    maxActive,
    requestsPerMinute: rpm,
    tokensPerMinute: tpm,
    budget: isLimited ? { dollars: budget, tokens: budgetTokens } : undefined,
    estimate,
    resume,
    progress,
    total,
    signal: stop.signal,
    stop,
  }
}

/** The first Ctrl-C lets what is under way finish, the second stops it, the third waits for nothing. */
function onInterrupt(run: ParallelRun<unknown>, stop: AbortController): () => boolean {
  let times = 0
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (++times > 2) process.exit(130)
      if (times === 2) return stop.abort()
      note(`finishing the ${run.progress.active} under way; Ctrl-C again stops them`)
      run.drain()
    })
  return () => times > 0
}

/** The prompts of a file's rows. */
export async function* promptsOf(input: string, template: string): AsyncGenerator<string> {
  for await (const row of readRows(input)) yield filled(template, row)
}

/** How many rows there are; all of them are read, so that a mistake in the last one costs nothing. */
export async function countRows(input: string, template: string): Promise<number> {
  let count = 0
  for await (const row of readRows(input)) {
    filled(template, row)
    count++
  }
  if (count === 0) throw new UsageError(`${input} has no rows`)
  return count
}

function filled(template: string, row: Row): string {
  try {
    return interpolate(template, row)
  } catch (error) {
    throw new UsageError(`--prompt: ${(error as Error).message.replace('the data', 'the row')}`, {
      cause: error,
    })
  }
}

/** The rows that are done, with their answers, in the order of the input. */
async function* answered(
  input: string,
  chat: Chat,
  prompts: AsyncGenerator<string>,
  {
    schema,
    resume,
    failures,
  }: {
    readonly schema: JsonSchema | undefined
    readonly resume: string
    readonly failures: ReadonlyMap<number, string>
  },
): AsyncGenerator<Row> {
  const purpose: Purpose<unknown> = {
    schema: schema && schemaOf(schema),
    repair: 1,
    valueOf: (turn) => textOf(turn) || (turn.refusal ?? ''),
  }
  const rows = readRows(input)
  let index = 0
  for await (const result of parallelKept(chat, prompts, purpose, resume)) {
    const row = (await rows.next()).value as Row
    const error = failures.get(index++)
    if (!result && error === undefined) continue
    yield answeredRow(row, { ...result, error: result ? undefined : error })
  }
}

/** A row with what came of its prompt. */
export function answeredRow(
  row: Row,
  {
    value,
    error,
    usage: { input, output } = {},
    cost,
  }: {
    readonly value?: unknown
    readonly error?: string | undefined
    readonly usage?: Usage
    readonly cost?: number | undefined
  },
): Row {
  const facts = {
    answer: value ?? null,
    error: error ?? null,
    inputTokens: input ?? null,
    outputTokens: output ?? null,
    cost: cost ?? null,
  }
  return { ...row, ...free(facts, row) }
}

/** The facts under names that are no columns of the row. */
const free = (facts: Row, row: Row): Row =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      let unused = name
      while (Object.hasOwn(row, unused)) unused += '_'
      return [unused, value]
    }),
  )

function report(
  { output, estimate }: MapTask,
  { progress, stopped }: ParallelRun<unknown>,
  total: number,
  {
    resume,
    failures,
    isInterrupted,
  }: {
    readonly resume: string
    readonly failures: ReadonlyMap<number, string>
    readonly isInterrupted: boolean
  },
): number {
  const answers = progress.done - failures.size
  const [first] = failures.values()
  note(`${answers} of ${total} rows are answered: ${output}`)
  if (first !== undefined) note(`${failures.size} failed, the first one so: ${first}`, 'error')
  if (answers === total) return 0
  if (stopped && !isInterrupted && first !== stopped.message) note(stopped.message, 'error')
  note(
    `run the same command again to ask the others${estimate ? ' (without --estimate)' : ''}; what is answered is kept in ${resume}`,
  )
  return isInterrupted ? 130 : 1
}

/** The template of `--prompt`: itself, or what the file holds that it names. */
export const templateIn = (prompt: string): string =>
  prompt.startsWith('@') ? readText(prompt.slice(1)) : prompt

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

/** The JSON Schema in a file. */
export function jsonSchemaIn(path: string): JsonSchema {
  try {
    const schema = JSON.parse(readText(path)) as JsonSchema
    schemaOf(schema)
    return schema
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`--schema ${path}: ${(error as Error).message}`, { cause: error })
  }
}
