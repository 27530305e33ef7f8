import { BatchRun } from '../chat/batch-run.ts'
import { sessionOf } from '../chat/conversation.ts'
import { type BatchAbout, inUsage, purposeOf, rowsFrom } from './batch-state.ts'
import { interruption } from './interruption.ts'
import { note } from './io.ts'
import { countRows, jsonSchemaIn, promptsOf, templateOf } from './map-prompts.ts'
import { openChat } from './open-chat.ts'
import type { BatchSubmitTask } from './task.ts'

/** Hands in a prompt for each row of a file, and gives the exit code. */
export async function submitBatch(task: BatchSubmitTask): Promise<number> {
  const { input, ask, state: path = `${input}.batch.jsonl`, adopt } = task
  const template = templateOf(task.prompt)
  const schema = task.schema === undefined ? null : jsonSchemaIn(task.schema)
  const total = await countRows(input, template)
  const signal = interruption()
  const { chat, close } = await openChat(ask)
  try {
    const about: BatchAbout = {
      rows: rowsFrom(path, input),
      prompt: template,
      schema,
      system: ask.system ?? null,
      params: ask.params,
    }
    const options = { path, wait: false, adopt, progress: false, signal }
    const run = new BatchRun(sessionOf(chat), promptsOf(input, template), purposeOf(schema), options, about)
    for await (const { error, attempts, index } of run)
      if (error && attempts === 0) note(`row ${index + 1} cannot be asked: ${error.message}`, 'error')
    const { batches, pending, answered, failed } = await run.status()
    note(
      `${pending + answered + failed} of ${total} rows are handed in, as ${batches.map(({ id }) => id).join(', ')}`,
    )
    note(
      `what becomes of them: natter batch status ${path}; their answers: natter batch fetch ${path} --wait`,
    )
    return 0
  } catch (error) {
    if (signal.aborted) note('stopped; the same command goes on from there')
    throw inUsage(error)
  } finally {
    await close()
  }
}
