import { ChatError } from '../core/errors.ts'
import { LONGEST_TIMER } from '../lib/longest-timer.ts'
import { type Credentials, authorizer } from './auth.ts'
import type { EmbedJob } from './embed-batch.ts'
import type { EmbedTarget } from './embed-target.ts'
import type { Pooling } from './embed-vectors.ts'
import { huggingface } from './huggingface.ts'
import type { Advice, Provider } from './provider.ts'
import { TIMEOUTS, type Timeouts } from './line.ts'

/** What embedding can be told. */
export interface EmbedOptions {
  /** The model's id; a backend may follow, as in `org/model:scaleway`. @default 'BAAI/bge-m3' */
  readonly model?: string | undefined
  /** The backend behind the router; with `baseUrl`, that is the router's own address. @default 'hf-inference' */
  readonly provider?: string | undefined
  /** A server of your own: an Endpoint or TEI at its root, or any with OpenAI's embeddings at its `/v1`. */
  readonly baseUrl?: string | undefined
  /** Whether vectors have length 1, so that their dot product is their similarity. @default the server's own way */
  readonly normalize?: boolean | undefined
  /** Whether a text that is too long is cut instead of refused; feature extraction only. @default the server's own way */
  readonly truncate?: boolean | undefined
  /** Which of the model's prompts stands before each text, such as `query`; feature extraction only. */
  readonly promptName?: string | undefined
  /** How long the vectors are, for models that can shorten them. */
  readonly dimensions?: number | undefined
  /** How the vectors of tokens become one, where the server leaves that to you. */
  readonly pooling?: Pooling | undefined
  /** The most texts of one request. @default 32 */
  readonly batchSize?: number | undefined
  /** The most requests at a time. @default 4 */
  readonly concurrency?: number | undefined
  /** The key. @default what the environment holds, looked up at each request */
  readonly apiKey?: string | undefined
  /** Called for each request for a key or for headers, instead of `apiKey`. */
  readonly credentials?: Credentials | undefined
  /** The organisation that pays, by its name on the Hub. */
  readonly billTo?: string | undefined
  /** A fetch to use instead of the platform's transport. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Limits of one request in milliseconds, 0 for none; a number limits the whole answer. @default as for a chat */
  readonly timeout?: number | Partial<Timeouts> | undefined
  /** How often to try again after a failure that may pass. @default 2 */
  readonly retries?: number | undefined
  /** How long a model may take to load, or an Endpoint to wake up, in milliseconds. @default 600_000 */
  readonly coldStart?: number | undefined
  /** Hears, before each pause, how many milliseconds a cold start has taken. */
  readonly onColdStart?: ((waited: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The embeddings of texts, one for each, in their order. https://huggingface.co/docs/inference-providers/tasks/feature-extraction
 * @throws TypeError or RangeError for an option of the wrong type or value, and for a text without any character
 * @throws ChatError
 * @example
 * const [question, answer] = await embedHuggingFace(['What is a prime?', 'A number with two divisors.'])
 */
export async function embedHuggingFace(
  texts: string | readonly string[],
  options: EmbedOptions = {},
): Promise<Float32Array[]> {
  const all = checkedTexts(texts)
  const batchSize = count(options.batchSize ?? 32, 'batchSize')
  const concurrency = count(options.concurrency ?? 4, 'concurrency')
  const { dimensions, normalize } = options
  if (dimensions !== undefined) count(dimensions, 'dimensions')
  const retries = whole(options.retries ?? 2, 'retries')
  const coldStart = milliseconds(options.coldStart ?? 600_000, 'coldStart')
  if (options.baseUrl !== undefined && !/^https?:\/\//i.test(options.baseUrl))
    throw new TypeError(`baseUrl must be an http: or https: URL: it is ${JSON.stringify(options.baseUrl)}`)
  if (all.length === 0) return []
  const [{ embedTarget }, { embedAll }, { normalized }] = await Promise.all([
    import('./embed-target.ts'),
    import('./embed-batch.ts'),
    import('./embed-vectors.ts'),
  ])
  const target = await embedTarget(options)
  const body = bodyOf(options, target)

  const provider = embedder(target)
  const job: EmbedJob = {
    line: {
      provider,
      baseUrl: target.baseUrl,
      authorize: authorizer(provider, target.baseUrl, options.apiKey, options.credentials),
      headers: options.billTo === undefined ? {} : { 'x-hf-bill-to': options.billTo },
      timeouts: limits(options.timeout),
      retries,
      fetch: options.fetch,
    },
    target,
    body,
    pooling: options.pooling,
    coldStart,
    onColdStart: options.onColdStart,
    batchSize,
  }
  const vectors = await embedAll(job, all, concurrency, options.signal)
  checkLengths(vectors, dimensions, provider.name)
  return normalize ? vectors.map(normalized) : vectors
}

function checkedTexts(texts: unknown): readonly string[] {
  const all: unknown = typeof texts === 'string' ? [texts] : texts
  if (!Array.isArray(all)) throw new TypeError('texts must be a string or a list of strings')
  for (const [index, text] of all.entries()) {
    if (typeof text !== 'string') throw new TypeError(`texts[${index}] must be a string: got ${typeof text}`)
    if (text === '') throw new TypeError(`texts[${index}] is empty, and servers refuse that: leave it out`)
  }
  return all as readonly string[]
}

/** What a body holds besides the texts. */
function bodyOf(options: EmbedOptions, { form, model }: EmbedTarget): Readonly<Record<string, unknown>> {
  const { normalize, truncate, promptName, dimensions } = options
  if (form === 'features') return { normalize, truncate, prompt_name: promptName, dimensions }
  for (const [name, value] of Object.entries({ truncate, promptName }))
    if (value !== undefined)
      throw new TypeError(
        `${name} is for feature extraction: this server speaks OpenAI's embeddings, which have no such thing`,
      )
  return { model, dimensions }
}

/** Embeddings do not compare that are not equally long. */
function checkLengths(
  vectors: readonly Float32Array[],
  dimensions: number | undefined,
  provider: string,
): void {
  const wanted = dimensions ?? vectors[0]?.length
  const wrong = vectors.find(({ length }) => length !== wanted)
  if (!wrong) return
  const why =
    dimensions === undefined
      ? `embeddings of ${wanted} and of ${wrong.length} dimensions`
      : `${wrong.length} dimensions instead of ${dimensions}: leave dimensions out, or choose a model that can shorten its vectors`
  throw new ChatError(`${provider} answered with ${why}.`, { code: 'bad-reply', provider })
}

const embedder = ({ isOwn }: EmbedTarget): Provider => ({
  ...huggingface,
  advice: async (): Promise<Advice> => {
    const general = await huggingface.advice?.()
    return (error, asking) => advice(error, isOwn) ?? general?.(error, asking)
  },
})

function advice({ code, message }: ChatError, isOwn: boolean): string | undefined {
  if (/less than \d+ tokens|too long|too many tokens|maximum context/i.test(message))
    return 'Make the text shorter, or pass truncate: true.'
  if (isOwn || (code !== 'not-found' && code !== 'model-not-supported')) return undefined
  return (
    'Choose a model from https://huggingface.co/models?inference_provider=hf-inference&pipeline_tag=feature-extraction, ' +
    'or name another backend that serves it, as in model:scaleway'
  )
}

function limits(timeout: EmbedOptions['timeout']): Timeouts {
  const asked = typeof timeout === 'number' ? { total: timeout } : (timeout ?? {})
  const limited: Record<keyof Timeouts, number> = { ...TIMEOUTS }
  for (const name of Object.keys(TIMEOUTS) as (keyof Timeouts)[]) {
    const ms = asked[name]
    if (ms !== undefined) limited[name] = milliseconds(ms, `timeout.${name}`)
  }
  return limited
}

function milliseconds(ms: number, name: string): number {
  if (!(ms >= 0)) throw new RangeError(`${name} must be milliseconds, 0 or more: it is ${ms}`)
  return ms > LONGEST_TIMER && name.startsWith('timeout') ? 0 : ms
}

function whole(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 0) return value
  throw new RangeError(`${name} must be a whole number, 0 or more: it is ${value}`)
}

function count(value: number, name: string): number {
  if (Number.isInteger(value) && value > 0) return value
  throw new RangeError(`${name} must be a whole number, 1 or more: it is ${value}`)
}
