import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { Chat } from '../chat/chat.ts'
import { BatchFile, type BatchHead } from '../chat/batch-file.ts'
import { sessionOf } from '../chat/conversation.ts'
import { type Purpose } from '../chat/parallel-item.ts'
import { ofData, ofText } from '../chat/parallel-purpose.ts'
import type { Params } from '../core/params.ts'
import type { JsonSchema } from '../core/schema.ts'
import { schemaOf } from '../core/standard-schema.ts'
import { isObject } from '../lib/merge.ts'
import { bareUrl } from '../lib/bare-url.ts'
import { FOR_ROWS } from './ask-options.ts'
import { UsageError } from './failure.ts'
import { openChat } from './open-chat.ts'
import type { AskTask, BatchAccess } from './task.ts'

/** What `natter batch submit` keeps in the file for the commands after it. */
export interface BatchAbout {
  /** The file of the rows, as seen from the folder of this one. */
  readonly rows: string
  readonly prompt: string
  readonly schema: JsonSchema | null
  readonly system: string | null
  readonly params: Params
}

/** What is kept of a file of rows: where it is, as seen from the file of the batch. */
export const rowsFrom = (state: string, rows: string): string =>
  relative(dirname(resolve(state)), resolve(rows))

/** What is asked for, with a schema or without. */
export const purposeOf = (schema: JsonSchema | null | undefined): Purpose<unknown> =>
  schema ? ofData(schemaOf(schema), 0) : ofText

/** A batch that was handed in, and a chat with the one who has it. */
export interface OpenBatch {
  readonly chat: Chat
  readonly head: BatchHead
  /** Undefined where another program has handed it in. */
  readonly about: (BatchAbout & { readonly input: string }) | undefined
}

/**
 * Opens the file of a batch. It says whom to ask, and never where a key goes: an address that the provider is not reached at here must be
 * named on the command line too.
 * @throws UsageError
 */
export async function openBatch({ state, ...access }: BatchAccess): Promise<OpenBatch> {
  if (!existsSync(state)) throw new UsageError(`${state}: there is no such file`)
  const file = await BatchFile.open(state, true).catch((error: unknown) => {
    throw new UsageError((error as Error).message.replace(/^path: /, ''), { cause: error })
  })
  await file.close()
  const { head } = file
  if (!head) throw new UsageError(`${state}: nothing was handed in with this file`)
  const about = aboutOf(head.about)
  const { provider, model, baseUrl } = head
  const ask: AskTask = {
    ...FOR_ROWS,
    model: `${provider}/${model}`,
    local: undefined,
    system: about?.system ?? undefined,
    params: about?.params ?? {},
    billTo: undefined,
    ...access,
  }
  const wrong = (why: string): UsageError =>
    new UsageError(`${why} ${state} says ${baseUrl}: pass --base-url ${baseUrl} if your key may go there`)
  let chat: Chat
  try {
    chat = (await openChat(ask)).chat
  } catch (error) {
    throw access.baseUrl === undefined && /--base-url/.test((error as Error).message)
      ? wrong(`${(error as Error).message}.`)
      : error
  }
  const here = bareUrl(sessionOf(chat).line.baseUrl)
  if (here !== baseUrl)
    throw wrong(`${provider} is reached at ${here}, and that is not where this was handed in.`)
  return { chat, head, about: about && { ...about, input: resolve(dirname(state), about.rows) } }
}

function aboutOf(value: unknown): BatchAbout | undefined {
  const isOurs = isObject(value) && typeof value.rows === 'string' && typeof value.prompt === 'string'
  return isOurs ? (value as unknown as BatchAbout) : undefined
}

/** What the library says of its arguments is here about the command line or the files. */
export function inUsage(error: unknown): unknown {
  if (!(error instanceof TypeError) && !(error instanceof RangeError)) return error
  return new UsageError(error.message.replace(/^(?:path|adopt): /, ''), { cause: error })
}
