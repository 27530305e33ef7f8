import { ChatError } from '../core/errors.ts'
import { type Reader, WireError } from '../dialects/dialect.ts'
import { readRefusal } from '../dialects/refusal.ts'
import { abortable } from '../lib/abortable.ts'
import { backoff } from '../lib/backoff.ts'
import type { Frames, OnPayload } from '../lib/framing.ts'
import { isObject } from '../lib/merge.ts'
import { Utf8 } from '../lib/utf8.ts'
import type { EmbedTarget } from './embed-target.ts'
import { type Pooling, UnfitReply, readVectors } from './embed-vectors.ts'
import type { Line } from './line.ts'
import { send } from './send.ts'

/** Longest pause between two looks at a model that is loading, in milliseconds. */
const LONGEST_PAUSE = 15_000

/** What stays the same from batch to batch. */
export interface EmbedJob {
  readonly line: Line
  readonly target: EmbedTarget
  /** The members of a body besides the texts. */
  readonly body: Readonly<Record<string, unknown>>
  readonly pooling: Pooling | undefined
  /** How long a model may take to load, in milliseconds. */
  readonly coldStart: number
  readonly onColdStart: ((waited: number) => void) | undefined
  /** The most texts of one request; lowered where a server takes fewer. */
  batchSize: number
}

/**
 * The vectors of all texts in their order, of as many batches at a time.
 * @throws ChatError
 */
export async function embedAll(
  job: EmbedJob,
  texts: readonly string[],
  concurrency: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array[]> {
  const stop = new AbortController()
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  const vectors: Float32Array[] = Array.from({ length: texts.length })
  const { batchSize } = job
  let next = 0
  const work = async (): Promise<void> => {
    while (next < texts.length) {
      const start = next
      next += batchSize
      const batch = await embedBatch(job, texts.slice(start, start + batchSize), either)
      for (const [at, vector] of batch.entries()) vectors[start + at] = vector
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, work))
  } catch (error) {
    // One batch that is lost is all of them: the others shall not be paid for.
    stop.abort()
    throw error
  }
  return vectors
}

/**
 * The vectors of one batch, asked for in several requests where the server takes fewer texts at once.
 */
async function embedBatch(
  job: EmbedJob,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  const vectors: Float32Array[] = []
  while (vectors.length < texts.length) {
    const some = texts.slice(vectors.length, vectors.length + job.batchSize)
    try {
      vectors.push(...(await awake(job, some, signal)))
    } catch (error) {
      const most = some.length > 1 ? mostTexts(error, some.length) : undefined
      if (most === undefined) throw error
      job.batchSize = Math.min(job.batchSize, most)
    }
  }
  return vectors
}

/** How many texts a server takes, after it refused some; TEI: "batch size 64 > maximum allowed batch size 32". */
function mostTexts(error: unknown, sent: number): number | undefined {
  if (!ChatError.is(error) || /\btokens?\b/i.test(error.message)) return undefined
  const isTooMany = error.status === 413 || /batch[ _]size/i.test(error.message)
  const named = Number(/maximum allowed batch size (\d+)/i.exec(error.message)?.[1])
  const half = Math.ceil(sent / 2)
  return isTooMany ? (named > 0 && named < sent ? named : half) : undefined
}

/** Asks, and waits where the model has yet to be loaded. */
async function awake(
  job: EmbedJob,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  const started = Date.now()
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(job, texts, signal)
    } catch (error) {
      const waited = Date.now() - started
      const left = job.coldStart - waited
      if (left <= 0 || !ChatError.is(error) || !isCold(error, job.target)) throw error
      job.onColdStart?.(waited)
      const wish = error.retryAfter ?? estimate(error.body) ?? backoff(attempt)
      await pause(Math.min(wish, left, LONGEST_PAUSE), signal)
    }
  }
}

/** An Endpoint that was scaled to zero answers 503 until it is up; hf-inference says that the model is loading. */
const isCold = ({ status, message, body }: ChatError, { isOwn }: EmbedTarget): boolean =>
  status === 503 && (isOwn || estimate(body) !== undefined || /\bloading\b/i.test(message))

/** `{"error": "Model … is currently loading", "estimated_time": 20.0}`, in milliseconds. */
function estimate(body: unknown): number | undefined {
  const seconds = isObject(body) ? body.estimated_time : undefined
  return typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : undefined
}

/** Waits; whoever aborts is heard by the request that follows. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  await abortable(new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))), signal).catch(
    () => undefined,
  )
  clearTimeout(timer)
}

async function once(
  job: EmbedJob,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  const { line, target, body, pooling } = job
  let reader: VectorReader | undefined
  const answer = await send({
    line,
    wire: { path: target.path, body: { ...body, [target.form === 'openai' ? 'input' : 'inputs']: texts } },
    reader: () => (reader = new VectorReader(line.provider.name, texts.length, pooling)),
    framer: (onPayload) => new WholeBody(onPayload),
    signal,
  })
  // Nothing more comes: it is said that the connection may be used again.
  await answer.next()
  return reader?.vectors ?? []
}

/** Hands on a body as a whole. */
class WholeBody implements Frames {
  readonly #utf8 = new Utf8()
  readonly #onPayload: OnPayload
  #text = ''

  constructor(onPayload: OnPayload) {
    this.#onPayload = onPayload
  }

  feed(chunk: Uint8Array): void {
    this.#text += this.#utf8.decode(chunk)
  }

  end(): { readonly framing: 'text'; readonly text: string } {
    const text = this.#text + this.#utf8.end()
    this.#onPayload(text)
    return { framing: 'text', text }
  }
}

/** Reads embeddings where a chat's answer would be read, so that they are sent, watched and retried as those are. */
class VectorReader implements Reader {
  vectors: readonly Float32Array[] | undefined
  readonly isOver = false
  readonly #provider: string
  readonly #count: number
  readonly #pooling: Pooling | undefined

  constructor(provider: string, count: number, pooling: Pooling | undefined) {
    this.#provider = provider
    this.#count = count
    this.#pooling = pooling
  }

  get isComplete(): boolean {
    return this.vectors !== undefined
  }

  read(payload: string): void {
    const body = this.#parse(payload)
    if (isObject(body) && body.error !== undefined && body.error !== null) throw new WireError(body)
    try {
      this.vectors = readVectors(body, this.#count, this.#pooling)
    } catch (error) {
      if (!(error instanceof UnfitReply)) throw error
      throw this.#bad(error.message, payload)
    }
  }

  end(): void {}

  #parse(payload: string): unknown {
    try {
      return JSON.parse(payload)
    } catch {
      const said = payload.trim() === '' ? 'nothing' : readRefusal(payload.slice(0, 2000)).message
      throw this.#bad(`something that is no embedding: ${said}`, payload)
    }
  }

  #bad(what: string, payload: string): ChatError {
    return new ChatError(`${this.#provider} answered with ${what}.`, {
      code: 'bad-reply',
      provider: this.#provider,
      status: 200,
      body: payload.slice(0, 2000),
    })
  }
}
