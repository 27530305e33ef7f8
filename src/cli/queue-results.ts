import type { Turn } from '../core/turn.ts'
import { openJournal } from '../lib/journal-node.ts'
import type { Journal } from '../lib/journal.ts'
import { isObject } from '../lib/merge.ts'
import { parsedJson } from '../lib/parsed-json.ts'
import { type ChatQueue, openQueue } from '../queue/chat-queue.ts'
import { jobId } from '../queue/queue-job.ts'
import type { QueueResult } from '../queue/queue-result.ts'
import { UsageError } from './failure.ts'
import { note, showProgress } from './io.ts'
import { answeredRow } from './map-answers.ts'
import { writerFor } from './map-output.ts'
import { type Row, readRows } from './map-rows.ts'
import { inWords } from './queue.ts'
import type { QueueResultsTask } from './queue-task.ts'

/** A line of the file beside the output: a result, with the message of its error. */
type Kept = Omit<QueueResult<unknown>, 'error' | 'turns'> & {
  readonly turns?: readonly Turn[]
  readonly error?: string
}

/**
 * Writes the results of a queue in the order of its prompts, and gives the exit code. They are kept in a file beside the output as they
 * come, so that they can be taken out of Redis before all are there.
 */
export async function results(task: QueueResultsTask): Promise<number> {
  const { redis, name, input, output } = task
  const write = await writerFor(output)
  const queue = await openQueue({ redis, name })
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  try {
    const job = await queue.job()
    if (!job) throw new UsageError(`there is no queue ${name} in this Redis`)
    const path = `${output}.queue.jsonl`
    await withJournal(path, (journal) => collect(queue, task, journal, jobId(job), stop.signal))
    await withJournal(path, async (journal) => {
      const { places } = await placesIn(journal)
      await write(() => rowsOf(input, journal, places), output)
    })
    const { total, answered, failed, ...rest } = await queue.progress()
    note(`${output} has the results of the queue ${name}: ${inWords({ total, answered, failed, ...rest })}`)
    if (failed > 0) note(`natter queue retry --queue ${name} has those that failed asked again`)
    return answered === total ? 0 : stop.signal.aborted ? 130 : 1
  } finally {
    await queue.close()
  }
}

async function withJournal(path: string, use: (journal: Journal) => Promise<void>): Promise<void> {
  const journal = await openJournal(path)
  try {
    await use(journal)
  } finally {
    await journal.close()
  }
}

/** Keeps what is new, on the disk before it is taken out of Redis. */
async function collect(
  queue: ChatQueue,
  { output, follow, remove }: QueueResultsTask,
  journal: Journal,
  id: Promise<string>,
  signal: AbortSignal,
): Promise<void> {
  const { places, failures, job } = await placesIn(journal)
  if (job !== undefined && job !== (await id))
    throw new UsageError(`${output}.queue.jsonl has the results of other prompts: name another output`)
  if (job === undefined) await journal.append(JSON.stringify({ format: FORMAT, job: await id }))
  const isNew = ({ index, error }: QueueResult<unknown>): boolean =>
    places[index] === undefined || (failures.has(index) && !error)
  let count = 0
  try {
    for await (const batch of queue.batches({ follow, remove, signal })) {
      await Promise.all(batch.filter(isNew).map((result) => journal.append(JSON.stringify(keptOf(result)))))
      count += batch.length
      showProgress(`${count} results`)
    }
  } catch (error) {
    // What has come is written all the same.
    if (!signal.aborted) throw error
  }
}

const FORMAT = 'natter-queue-results'

const keptOf = ({ error, turns, ...facts }: QueueResult<unknown>): Kept => ({
  ...facts,
  ...(turns.length > 0 && { turns }),
  ...(error && { error: error.message }),
})

interface Places {
  /** Where the result of each prompt begins. */
  readonly places: readonly (number | undefined)[]
  readonly failures: ReadonlySet<number>
  /** The job they are of. */
  readonly job: string | undefined
}

async function placesIn(journal: Journal): Promise<Places> {
  const places: number[] = []
  const failures = new Set<number>()
  let job: string | undefined
  for await (const { text, at, isWhole } of journal.lines()) {
    const line = isWhole ? parsedJson(text) : undefined
    if (!isObject(line)) continue
    if (line['format'] === FORMAT) job = String(line['job'])
    const { index } = line
    if (typeof index !== 'number') continue
    places[index] = at
    if (line['error'] === undefined) failures.delete(index)
    else failures.add(index)
  }
  return { places, failures, job }
}

/** The rows that have a result, in their order. */
async function* rowsOf(
  input: string | undefined,
  journal: Journal,
  places: readonly (number | undefined)[],
): AsyncGenerator<Row> {
  const rows = input === undefined ? undefined : readRows(input)
  for (let index = 0; index < places.length; index++) {
    const row = rows ? (await rows.next()).value : { index }
    if (!row)
      throw new UsageError(`${input} has fewer rows than the queue has prompts: is it the right file?`)
    const at = places[index]
    if (at === undefined) continue
    const kept = JSON.parse(await journal.read(at)) as Kept
    yield answeredRow(row, kept, kept.error)
  }
}
