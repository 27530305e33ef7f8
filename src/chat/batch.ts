import { type Inferred, type SchemaSource, schemaOf } from '../core/standard-schema.ts'
import type { AssistantTurn } from '../core/turn.ts'
import { type BatchOptions, checkBatchOptions } from './batch-options.ts'
import { BatchRun } from './batch-run.ts'
import type { Chat } from './chat.ts'
import { ofData, ofText, ofTurn, sessionFor } from './parallel-purpose.ts'
import type { Prompts } from './parallel-source.ts'

/**
 * Hands in many prompts at once, to be answered within a day for about half the price; the values are the answers' turns.
 * @throws TypeError or RangeError for an option of the wrong type or value, and for a chat with tools
 * @example
 * for await (const { index, chat, error } of batchChat(chat, prompts, { path: 'run.jsonl' })) console.log(index, error ?? chat.turns)
 */
export const batchChat = (chat: Chat, prompts: Prompts, options: BatchOptions): BatchRun<AssistantTurn> =>
  new BatchRun(sessionFor(chat), prompts, ofTurn, checkBatchOptions(options))

/**
 * Hands in many prompts at once, to be answered within a day for about half the price; the values are the answers' texts.
 * @throws TypeError or RangeError for an option of the wrong type or value, and for a chat with tools
 * @example
 * const results = await batchText(chat, ['Capital of France?', 'Capital of Peru?'], { path: 'run.jsonl' }).all()
 */
export const batchText = (chat: Chat, prompts: Prompts, options: BatchOptions): BatchRun<string> =>
  new BatchRun(sessionFor(chat), prompts, ofText, checkBatchOptions(options))

/**
 * Hands in many prompts at once for data in the form of a schema: `t.*`, Zod, ArkType, Valibot or a JSON Schema. Each is asked once; what
 * does not fit is an error of that prompt alone, with its text and usage.
 * @throws TypeError or RangeError for an option of the wrong type or value, for a chat with tools, and for what is no schema
 * @example
 * const people = await batchStructured(chat, letters, t.object({ name: t.string() }), { path: 'run.jsonl' }).all()
 */
export const batchStructured = <S extends SchemaSource>(
  chat: Chat,
  prompts: Prompts,
  schema: S,
  options: BatchOptions,
): BatchRun<Inferred<S>> =>
  new BatchRun(sessionFor(chat), prompts, ofData(schemaOf(schema), 0), checkBatchOptions(options))
