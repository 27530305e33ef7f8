import { ChatError } from '../core/errors.ts'
import { fileSize } from '../lib/file-size.ts'
import type { Api } from '../providers/api.ts'
import type { Batch, BatchEntry } from '../providers/batch-api.ts'
import { apiOf } from '../providers/call-api.ts'
import type { BatchWay } from './batch-file.ts'
import { isUntaken } from './batch-patience.ts'
import { batchRequest } from './batch-request.ts'
import type { Asked, BatchTools } from './batch-tools.ts'

/** What a provider writes around each request, and then some, in bytes. */
const AROUND = 400

/** Hands in prompts, as many at once as the provider takes. */
export class BatchSubmission {
  readonly #tools: BatchTools<unknown>
  readonly #api: Api
  #entries: BatchEntry[] = []
  #items = new Map<number, { readonly key: string; readonly way: number }>()
  #ways = new Map<string, BatchWay>()
  #bytes = AROUND
  #failure: { readonly error: unknown } | undefined

  constructor(tools: BatchTools<unknown>, api: Api) {
    this.#tools = tools
    this.#api = api
  }

  /**
   * Takes a prompt, and hands in those before where there is no room for it.
   * @param before how it was refused the last time
   * @throws ChatError for a prompt that cannot be handed in, and for others that could not be, which `demandNoFailure` tells apart
   */
  async add({ index, input }: Asked, key: string, before?: ChatError): Promise<void> {
    const { place, purpose, batches } = this.#tools
    const { wire, way } = await batchRequest(place.session, input, purpose.schema, before)
    const size = new TextEncoder().encode(JSON.stringify(wire.body)).length + AROUND
    const { mostEntries, mostBytes } = batches
    if (AROUND + size > mostBytes) throw tooLong(this.#api.provider, size, mostBytes)
    if (this.#entries.length >= mostEntries || this.#bytes + size > mostBytes) await this.end()
    const name = JSON.stringify(way)
    if (!this.#ways.has(name)) this.#ways.set(name, way)
    this.#items.set(index, { key, way: [...this.#ways.keys()].indexOf(name) })
    this.#entries.push({ id: `p${index}`, wire })
    this.#bytes += size
  }

  /** Hands in the rest. */
  async end(): Promise<void> {
    if (this.#entries.length === 0) return
    try {
      await this.#submit()
    } catch (error) {
      this.#failure = { error }
      throw error
    }
    this.#entries = []
    this.#items = new Map()
    this.#ways = new Map()
    this.#bytes = AROUND
    this.#tools.news()
  }

  /** @throws what the handing in failed for, if it did: that is no failure of one prompt */
  demandNoFailure(): void {
    if (this.#failure) throw this.#failure.error
  }

  async #submit(): Promise<void> {
    const { file, batches, place, options } = this.#tools
    const { line, model, budget } = place.session
    ;(await budget)?.check()
    options.signal?.throwIfAborted()
    const mark = `natter-${crypto.randomUUID()}`
    const record = await file.submitting(mark, this.#items, [...this.#ways.values()])
    // What nobody could find again is not broken off in its midst.
    const api = batches.find ? this.#api : apiOf(line)
    let batch: Batch
    try {
      batch = await batches.submit(api, model, this.#entries, mark)
    } catch (error) {
      if (isUntaken(error)) await file.refused(record, error instanceof Error ? error.message : String(error))
      throw error
    }
    await file.submitted(record, batch.id)
  }
}

const tooLong = (provider: string, size: number, most: number): ChatError =>
  new ChatError(
    `The request of this prompt has ${fileSize(size)}, and ${provider} takes ${fileSize(most)} in a batch. Shorten it, or ask with parallelChat().`,
    { code: 'bad-request', provider },
  )

/** The prompt that an answer is to; undefined for the id of something else. */
export const indexIn = (id: string): number | undefined =>
  /^p\d+$/.test(id) ? Number(id.slice(1)) : undefined
