import { ChatError } from '../core/errors.ts'
import type { Api, ApiRequest } from './api.ts'
import type { Batch, BatchCounts } from './batch-api.ts'
import { dateOf } from './models-row.ts'
import { type Page, allPages } from './paged.ts'

/** What a provider tells of a batch, as it spells it. */
export interface Told {
  readonly id: unknown
  readonly status: unknown
  /** What the status comes to. @default by its word */
  readonly state?: Batch['state']
  /** How many requests there are, and of how many it is known what came of them. */
  readonly total: unknown
  readonly answered: unknown
  readonly failed: unknown
  readonly created: unknown
  readonly expires?: unknown
  readonly error?: unknown
  /** Where answers may be. */
  readonly answers: readonly unknown[]
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** A batch as it was told of; undefined where it has no id or no status. */
export function toldBatch({ id, status, error, answers, ...told }: Told): Batch | undefined {
  if (!isText(id) || !isText(status)) return undefined
  const { state = stateOf(status) } = told
  const counts = countsOf(state, told)
  const created = dateOf(told.created)
  const expires = dateOf(told.expires)
  return {
    id,
    status,
    state,
    ...(counts && { counts }),
    ...(created && { created }),
    ...(expires && { expires }),
    ...(isText(error) && { error }),
    answers: answers.filter(isText),
  }
}

/** What a word for a status comes to; one that is not known is taken for one that will change. */
function stateOf(status: string): Batch['state'] {
  const word = status.toLowerCase().replace(/^(?:batch|job)_state_/, '')
  return (Object.hasOwn(STATES, word) ? STATES[word] : undefined) ?? 'running'
}

const STATES: Readonly<Record<string, Batch['state']>> = {
  completed: 'completed',
  success: 'completed',
  succeeded: 'completed',
  partially_succeeded: 'completed',
  failed: 'failed',
  expired: 'expired',
  timeout_exceeded: 'expired',
  cancelled: 'cancelled',
  canceled: 'cancelled',
}

/** The counts, where they go together. While a batch is looked through its requests are not counted yet; of one that is over none is pending. */
function countsOf(
  state: Batch['state'],
  { total, answered, failed }: Pick<Told, 'total' | 'answered' | 'failed'>,
): BatchCounts | undefined {
  const [all, good, bad] = [Number(total ?? 0), Number(answered ?? 0), Number(failed ?? 0)]
  if (!(all > 0 && good + bad <= all)) return undefined
  const left = all - good - bad
  return state === 'running'
    ? { pending: left, answered: good, failed: bad }
    : { pending: 0, answered: good, failed: bad + left }
}

/**
 * Asks for a batch.
 * @throws ChatError, `bad-reply` where what comes tells of none
 */
export async function askBatch(
  api: Api,
  read: (row: unknown) => Batch | undefined,
  request: ApiRequest,
): Promise<Batch> {
  const row = await api.json({ advice: request.isOnce ? NO_BATCHES : NO_BATCH, ...request })
  const batch = read(row)
  if (batch) return batch
  const { provider } = api
  throw new ChatError(`${provider} answered with something that tells of no batch.`, {
    code: 'bad-reply',
    provider,
    body: row,
  })
}

/** What to do where there is no such batch. */
export const NO_BATCH = 'Check its id, and whether the key is of the project that handed it in.'

/** What to do where its answers are no longer there. */
export const NO_ANSWERS = 'Answers are kept for a time only, mostly 30 days.'

/** What to do where there is nothing that takes one. */
export const NO_BATCHES = 'It may answer no batches at all: parallelChat() asks for many answers one by one.'

/** The first batch of a list with a mark; later pages are not asked for. */
export async function findBatch(
  read: (row: unknown) => Batch | undefined,
  isIt: (row: unknown) => boolean,
  page: (mark: string | undefined) => Promise<Page<unknown>>,
): Promise<Batch | undefined> {
  const [found] = await allPages(async (mark) => {
    const { items, next } = await page(mark)
    const hits = items.filter(isIt)
    return { items: hits, next: hits.length > 0 ? undefined : next }
  })
  return read(found)
}
