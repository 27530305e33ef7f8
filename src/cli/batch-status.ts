import { type BatchStatus, batchStatus as askStatus } from '../chat/batch-account.ts'
import { sessionOf } from '../chat/conversation.ts'
import { inUsage, openBatch } from './batch-state.ts'
import { harmless, note, write } from './io.ts'
import type { BatchStatusTask } from './task.ts'

/** Says how far a batch is, or has it cancelled first, and gives the exit code. */
export async function batchStatus({ type, json, ...access }: BatchStatusTask): Promise<number> {
  const { chat } = await openBatch(access)
  const { state } = access
  const status = await askStatus(sessionOf(chat), state, { isCancelling: type === 'batch-cancel' }).catch(
    (error: unknown) => {
      throw inUsage(error)
    },
  )
  if (json) write(`${JSON.stringify(status)}\n`)
  else for (const line of inLines(status)) write(`${harmless(line)}\n`)
  if (!json && status.isOver) note(`it is over: natter batch fetch ${state}`)
  return 0
}

const inLines = ({ batches }: BatchStatus): readonly string[] =>
  batches.map(({ id = '?', status, counts, expires, error }) =>
    [
      id,
      status,
      `${counts.answered} answered, ${counts.failed} failed, ${counts.pending} pending`,
      counts.pending > 0 && expires && `until ${expires.toISOString()}`,
      error,
    ]
      .filter(Boolean)
      .join('  '),
  )
