import { bareUrl } from '../lib/bare-url.ts'
import { recall } from '../providers/knowledge.ts'
import { batchesOf } from './batch-account.ts'
import { BatchFile } from './batch-file.ts'
import type { BatchTools } from './batch-tools.ts'
import { BatchWork } from './batch-work.ts'
import { catalogsForRun } from './parallel-catalog.ts'
import { changesOf, digest, settingsOf, shown } from './resume-key.ts'
import type { Session } from './session.ts'

/** What is to be done, before anything is open. */
export interface Plan<T> extends Pick<BatchTools<T>, 'source' | 'purpose' | 'options' | 'news'> {
  readonly session: Session
  readonly about: unknown
}

/**
 * Opens the file of a run, which must be of the same settings.
 * @throws ChatError `busy` or `resume`, TypeError
 */
export async function openWork<T>({
  session,
  about,
  ...plan
}: Plan<T>): Promise<{ readonly work: BatchWork<T>; close(): Promise<void> }> {
  const batches = await batchesOf(session)
  await recall()
  if (!session.model) await (await import('./served.ts')).nameServed(session, plan.options.signal)
  const { path } = plan.options
  const settings = settingsOf(session, plan.purpose.schema?.jsonSchema)
  const now = await shown(settings)
  const file = await BatchFile.open(path)
  try {
    const changes = file.head && changesOf(file.head.settings, now)
    if (changes)
      throw new TypeError(
        `path: ${path} was handed in with ${changes}. Go on with what it was handed in with, or name another file.`,
      )
    const { line, model } = session
    const head = { provider: line.provider.id, baseUrl: bareUrl(line.baseUrl), model, settings: now, about }
    if (!file.head) await file.begin(head)
    const place = { session, catalogs: catalogsForRun() }
    const work = new BatchWork({ ...plan, place, batches, file, settings: await digest(settings) })
    return { work, close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}
