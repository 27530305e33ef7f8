import type { Capabilities } from './capabilities.ts'
import { isAmount } from '../dialects/reported-cost.ts'
import { isObject } from '../lib/merge.ts'
import type { TokenPrices } from './token-prices.ts'

/** A backend that runs a model behind a router. What the catalogue does not tell is absent. */
export interface Backend {
  readonly name: string
  /** `live`, or why not: `staging`, `error`. */
  readonly status: string
  /** In tokens. */
  readonly contextLength?: number
  readonly price?: TokenPrices
  /** Hints: they may be wrong, and are used to choose, never to forbid. */
  readonly tools?: boolean
  readonly structured?: boolean
  /** Until the first token, in milliseconds. */
  readonly latency?: number
  /** Tokens a second. */
  readonly throughput?: number
}

/** A model of a router's catalogue. */
export interface CatalogModel {
  readonly id: string
  readonly owner?: string
  /** Milliseconds since 1970. */
  readonly created?: number
  /** What it can read, such as `text` and `image`. */
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly backends: readonly Backend[]
}

/** A router's catalogue, by the ids of its models. */
export type Catalog = ReadonlyMap<string, CatalogModel>

const parsed = new WeakMap<object, Catalog>()

/**
 * Reads the body of a router's `GET /v1/models`; undefined where it is none: a plain list of models, as any server has, names no
 * backends. https://huggingface.co/docs/inference-providers/hub-api
 */
export function readCatalog(body: unknown): Catalog | undefined {
  if (!isObject(body)) return undefined
  let catalog = parsed.get(body)
  if (!catalog) {
    const rows = Array.isArray(body.data) ? body.data : []
    catalog = new Map(rows.flatMap((row) => modelOf(row) ?? []).map((model) => [model.id, model]))
    parsed.set(body, catalog)
  }
  return catalog.size > 0 ? catalog : undefined
}

function modelOf(row: unknown): CatalogModel | undefined {
  if (!isObject(row) || typeof row.id !== 'string' || !Array.isArray(row.providers)) return undefined
  const { architecture, owned_by: owner, created } = row
  const inputs = isObject(architecture) ? textsOf(architecture.input_modalities) : undefined
  const outputs = isObject(architecture) ? textsOf(architecture.output_modalities) : undefined
  return {
    id: row.id,
    ...(typeof owner === 'string' && { owner }),
    ...(isAmount(created) && created > 0 && { created: created * 1000 }),
    ...(inputs && { inputs }),
    ...(outputs && { outputs }),
    backends: row.providers.flatMap((one) => backendOf(one) ?? []),
  }
}

function backendOf(row: unknown): Backend | undefined {
  if (!isObject(row) || typeof row.provider !== 'string') return undefined
  const { pricing, is_free: isFree, supports_tools: tools, supports_structured_output: structured } = row
  const { context_length: contextLength, first_token_latency_ms: latency, throughput } = row
  const price = isFree === true ? { input: 0, output: 0 } : priceOf(pricing)
  return {
    name: row.provider,
    status: typeof row.status === 'string' ? row.status : 'live',
    ...(isAmount(contextLength) && contextLength > 0 && { contextLength }),
    ...(price && { price }),
    ...(typeof tools === 'boolean' && { tools }),
    ...(typeof structured === 'boolean' && { structured }),
    ...(isAmount(latency) && { latency }),
    ...(isAmount(throughput) && { throughput }),
  }
}

function priceOf(pricing: unknown): TokenPrices | undefined {
  if (!isObject(pricing) || !isAmount(pricing.input) || !isAmount(pricing.output)) return undefined
  const { input, output, cached_input: cached } = pricing
  return { input, output, ...(isAmount(cached) && { cachedInput: cached }) }
}

const textsOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined

/** The backends that answer now. */
export const liveOf = ({ backends }: CatalogModel): readonly Backend[] =>
  backends.filter(({ status }) => status === 'live')

/**
 * A backend that says it takes no tools mostly ignores them without a word, which looks like an answer: they are offered in a way that
 * shows.
 */
export const toolHints = (backend: Backend | undefined): Capabilities | undefined =>
  backend?.tools === false
    ? { toolsRefused: backend.structured === false ? ['native', 'schema'] : ['native'] }
    : undefined
