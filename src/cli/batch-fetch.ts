import { existsSync } from 'node:fs'
import type { BatchOptions } from '../chat/batch-options.ts'
import { BatchRun } from '../chat/batch-run.ts'
import { sessionOf } from '../chat/conversation.ts'
import { type OpenBatch, inUsage, openBatch, purposeOf } from './batch-state.ts'
import { UsageError } from './failure.ts'
import { interruption } from './interruption.ts'
import { note, write } from './io.ts'
import { answeredRow } from './map-answers.ts'
import { writerFor } from './map-output.ts'
import { countRows, promptsOf } from './map-prompts.ts'
import { type Row, readRows } from './map-rows.ts'
import type { BatchFetchTask } from './task.ts'

/** Writes the rows of a batch with their answers, once it is over, and gives the exit code. */
export async function fetchBatch(task: BatchFetchTask): Promise<number> {
  const { state: path, output, wait, retry, force, adopt, progress, ...access } = task
  if (output !== undefined && existsSync(output) && !force)
    throw new UsageError(`${output} is there already: name another, or pass --force to replace it`)
  const save = output === undefined ? printRows : await writerFor(output)
  const open = await openBatch({ ...access, state: path })
  const { about } = open
  if (!about)
    throw new UsageError(
      `${path} is not of natter batch submit: go on with batchText() or its like, and the same prompts`,
    )
  const total = await countRows(about.input, about.prompt)
  const signal = interruption()
  try {
    const more = { wait, retry, adopt, progress: wait && progress, signal }
    let answered = 0
    let failed = 0
    let first: string | undefined
    for await (const { error } of runOf(open, about, { path, ...more })) {
      if (error) failed++
      else answered++
      first ??= error?.message
    }
    if (answered + failed < total) {
      note(
        `${answered + failed} of ${total} rows are through, and nothing is written yet: --wait waits for the others`,
      )
      return 1
    }
    const kept: BatchOptions = { path, wait: false, progress: false, signal }
    await save(() => answeredRows(about.input, runOf(open, about, kept)), output ?? '')
    note(`${answered} of ${total} rows are answered${output === undefined ? '' : `: ${output}`}`)
    if (first !== undefined) note(`${failed} were not, the first one so: ${first}`, 'error')
    return failed > 0 ? 1 : 0
  } catch (error) {
    if (signal.aborted)
      note(`what was handed in goes on; natter batch fetch ${path} --wait goes on from here`)
    throw inUsage(error)
  }
}

const runOf = (
  { chat }: OpenBatch,
  { input, prompt, schema }: NonNullable<OpenBatch['about']>,
  options: BatchOptions,
): BatchRun<unknown> => new BatchRun(sessionOf(chat), promptsOf(input, prompt), purposeOf(schema), options)

/** The rows with what came of them. All are through, so that they come in the order of the input. */
async function* answeredRows(input: string, run: BatchRun<unknown>): AsyncGenerator<Row> {
  const rows = readRows(input)
  for await (const result of run) {
    const { error } = result
    const row = (await rows.next()).value as Row
    yield answeredRow(row, result, error?.message)
  }
}

async function printRows(rows: () => AsyncIterable<Row>): Promise<void> {
  for await (const row of rows()) write(`${JSON.stringify(row)}\n`)
}
