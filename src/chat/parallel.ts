import { type Inferred, type SchemaSource, schemaOf } from '../core/standard-schema.ts'
import type { AssistantTurn } from '../core/turn.ts'
import type { Chat } from './chat.ts'
import { ofData, ofText, ofTurn, sessionFor } from './parallel-purpose.ts'
import { type ParallelOptions, type ParallelStructuredOptions, checkOptions } from './parallel-options.ts'
import { ParallelRun } from './parallel-run.ts'
import type { Prompts } from './parallel-source.ts'

/**
 * Asks many prompts at once, each on a clone of the chat with its tools; the values are the last answers' turns.
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * for await (const { index, chat, error } of parallelChat(chat, prompts)) console.log(index, error ?? chat.turns)
 */
export function parallelChat(
  chat: Chat,
  prompts: Prompts,
  options: ParallelOptions = {},
): ParallelRun<AssistantTurn> {
  return new ParallelRun(sessionFor(chat), prompts, ofTurn, checkOptions(options))
}

/**
 * Asks many prompts at once, each on a clone of the chat with its tools; the values are the answers' texts.
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const results = await parallelText(chat, ['Capital of France?', 'Capital of Peru?']).all()
 */
export function parallelText(
  chat: Chat,
  prompts: Prompts,
  options: ParallelOptions = {},
): ParallelRun<string> {
  return new ParallelRun(sessionFor(chat), prompts, ofText, checkOptions(options))
}

/**
 * Asks many prompts at once for data in the form of a schema: `t.*`, Zod, ArkType, Valibot or a JSON Schema. What does not fit even after
 * mending is an error of that prompt alone; its usage and its text are kept.
 * @throws TypeError or RangeError for an option of the wrong type or value, or what is no schema
 * @example
 * const people = await parallelStructured(chat, letters, t.object({ name: t.string() })).all()
 */
export function parallelStructured<S extends SchemaSource>(
  chat: Chat,
  prompts: Prompts,
  schema: S,
  options: ParallelStructuredOptions = {},
): ParallelRun<Inferred<S>> {
  const { repair = 1 } = checkOptions(options)
  return new ParallelRun(sessionFor(chat), prompts, ofData(schemaOf(schema), repair), options)
}
