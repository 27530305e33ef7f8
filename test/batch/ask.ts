import { apiOf } from '../../src/providers/call-api.ts'
import type { Api } from '../../src/providers/api.ts'
import type { Batch, BatchAnswer, BatchApi, BatchEntry } from '../../src/providers/batch-api.ts'
import type { Line } from '../../src/providers/line.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { Wire } from '../../src/dialects/dialect.ts'
import { lineTo } from '../line.ts'
import type { BatchServer } from '../batch-server.ts'

/** A provider's batches at a server, one call each. */
export interface AskedBatches {
  readonly batches: BatchApi
  readonly api: Api
  submit(entries: readonly BatchEntry[], mark?: string): Promise<Batch>
  /** Asks after a batch until it is over. */
  wait(batch: Batch): Promise<Batch>
  answers(batch: Batch): Promise<readonly BatchAnswer[]>
}

/** What a provider does with batches, at a server. */
export async function batchesAt(
  provider: Provider,
  { url }: Pick<BatchServer, 'url'>,
  more: Partial<Line> = {},
): Promise<AskedBatches> {
  const batches = await provider.batches?.()
  if (!batches) throw new Error(`${provider.name} answers no batches`)
  const api = apiOf(lineTo(url, { provider, ...more }))
  return {
    batches,
    api,
    submit: (entries, mark = 'natter-1') => batches.submit(api, 'm', entries, mark),
    async wait(batch) {
      let now = batch
      while (now.state === 'running') now = await batches.get(api, now.id)
      return now
    },
    async answers(batch) {
      const all: BatchAnswer[] = []
      for await (const answer of batches.answersOf(api, batch)) all.push(answer)
      return all
    },
  }
}

/** Requests with these ids, each with its id as the prompt. */
export const entriesOf = (ids: readonly string[], wireOf: (text: string) => Wire): readonly BatchEntry[] =>
  ids.map((id) => ({ id, wire: wireOf(id) }))
