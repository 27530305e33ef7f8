import type { Batch, BatchApi, BatchCounts } from '../providers/batch-api.ts'
import { apiOf } from '../providers/call-api.ts'
import { BatchFile, type BatchRecord } from './batch-file.ts'
import { settingsOf } from './resume-key.ts'
import type { Session } from './session.ts'

/** One batch that was handed in. */
export interface HandedIn {
  /** The provider's; undefined where a run was interrupted while it handed it in. */
  readonly id: string | undefined
  /** `unknown` is one of which nobody knows whether the provider has taken it: the next run finds out. */
  readonly state: Batch['state'] | 'unknown'
  /** The provider's own word, such as `in_progress`. */
  readonly status: string
  readonly counts: BatchCounts
  readonly created?: Date | undefined
  readonly expires?: Date | undefined
  /** Why the whole of it failed. */
  readonly error?: string | undefined
}

/** How far everything is that was handed in by one file. */
export interface BatchStatus extends BatchCounts {
  /** In the order they were handed in. */
  readonly batches: readonly HandedIn[]
  /** Whether nothing more will come; what has come may still have to be fetched. */
  readonly isOver: boolean
}

/** @throws TypeError where the provider answers no batches */
export async function batchesOf({ line: { provider } }: Pick<Session, 'line'>): Promise<BatchApi> {
  const batches = await provider.batches?.()
  if (batches) return batches
  throw new TypeError(
    `${provider.name} answers no batches: parallelChat() asks it for many answers one by one. ` +
      'Anthropic, Azure OpenAI, Google Gemini, Groq, Mistral, OpenAI and OpenRouter answer batches, and servers that do as OpenAI does.',
  )
}

/**
 * Asks how far the batches of a file are, or has those cancelled that are under way. The file is only read, so another process may be
 * waiting by it.
 * @throws ChatError, TypeError for a file of another provider
 */
export async function batchStatus(
  session: Session,
  path: string,
  {
    isCancelling = false,
    signal,
  }: { readonly isCancelling?: boolean; readonly signal?: AbortSignal | undefined },
): Promise<BatchStatus> {
  const batches = await batchesOf(session)
  const api = apiOf(session.line, signal)
  const file = await BatchFile.open(path, true)
  try {
    const { provider } = settingsOf(session, undefined)
    if (file.head && file.head.settings.provider !== provider)
      throw new TypeError(
        `path: ${path} is of batches at ${file.head.settings.provider}, and not at ${provider}`,
      )
    const records = file.records.filter(({ stage }) => stage !== 'noted' && stage !== 'refused')
    const told: HandedIn[] = []
    for (const record of records) {
      const { id = '', stage } = record
      let batch = stage === 'submitted' ? await batches.get(api, id) : undefined
      if (isCancelling && batch?.state === 'running') batch = await batches.cancel(api, id)
      told.push(batch ? handedIn(batch, record) : kept(file, record))
    }
    const sum = (name: keyof BatchCounts): number => told.reduce((all, { counts }) => all + counts[name], 0)
    return {
      batches: told,
      pending: sum('pending'),
      answered: sum('answered'),
      failed: sum('failed'),
      isOver: told.every(({ state }) => state !== 'running' && state !== 'unknown'),
    }
  } finally {
    await file.close()
  }
}

const handedIn = ({ counts, answers: _answers, ...batch }: Batch, { items }: BatchRecord): HandedIn => ({
  ...batch,
  counts: counts ?? { pending: batch.state === 'running' ? items.size : 0, answered: 0, failed: 0 },
})

/** What the file itself tells of a batch. A prompt that was handed in again counts where it was last. */
function kept(file: BatchFile, record: BatchRecord): HandedIn {
  const { id, end, items, waiting, stage } = record
  const done = [...items.keys()].filter((index) => !waiting.has(index) && file.latest.get(index) === record)
  const failed = done.filter((index) => file.failed.has(index)).length
  return {
    id,
    state: end?.state ?? 'unknown',
    status: end?.status ?? stage,
    counts: { pending: waiting.size, answered: done.length - failed, failed },
    ...(end?.error !== undefined && { error: end.error }),
  }
}
