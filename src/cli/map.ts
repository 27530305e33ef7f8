import { existsSync } from 'node:fs'
import type { Chat } from '../chat/chat.ts'
import { parallelStructured, parallelText } from '../chat/parallel.ts'
import type { Purpose } from '../chat/parallel-item.ts'
import { parallelKept } from '../chat/parallel-kept.ts'
import type { ParallelOptions } from '../chat/parallel-options.ts'
import { ofData, ofText } from '../chat/parallel-purpose.ts'
import type { ParallelRun } from '../chat/parallel-run.ts'
import { schemaOf } from '../core/standard-schema.ts'
import type { JsonSchema } from '../core/schema.ts'
import { UsageError } from './failure.ts'
import { note } from './io.ts'
import { answeredRow } from './map-answers.ts'
import { writerFor } from './map-output.ts'
import { countRows, jsonSchemaIn, promptsOf, templateOf } from './map-prompts.ts'
import { type Row, readRows } from './map-rows.ts'
import { openChat } from './open-chat.ts'
import type { MapTask } from './task.ts'

/** Asks a prompt for each row of a file, writes the rows with their answers, and gives the exit code. */
export async function map(task: MapTask): Promise<number> {
  const { input, output, resume = `${output}.run.jsonl` } = task
  const template = templateOf(task.prompt)
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
  const purpose: Purpose<unknown> = schema ? ofData(schemaOf(schema), 1) : ofText
  const rows = readRows(input)
  let index = 0
  for await (const result of parallelKept(chat, prompts, purpose, resume)) {
    const row = (await rows.next()).value as Row
    const error = failures.get(index++)
    if (!result && error === undefined) continue
    yield answeredRow(row, result, result ? undefined : error)
  }
}

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
