import { type Backend, type CatalogModel, liveOf } from './catalog.ts'
import type { TokenPrices } from './token-prices.ts'

/** What a model can do, as its provider tells; absent is unknown. Behind a router: at one of its live backends. */
export interface ModelAbilities {
  /** Calls tools. */
  readonly tools?: boolean
  /** Answers in the form of a schema. */
  readonly structured?: boolean
  /** Sees pictures. */
  readonly image?: boolean
}

/** A model that a provider lists. What the provider does not tell is absent. */
export interface ModelInfo {
  readonly id: string
  /** As people say it. */
  readonly name?: string
  readonly created?: Date
  readonly owner?: string
  /** In tokens; behind a router, the longest of a live backend. */
  readonly contextLength?: number
  /** In US dollars for a million tokens; behind a router, those of the live backend with the cheapest output. */
  readonly prices?: TokenPrices
  /** What it reads and what it writes, such as `text` and `image`. */
  readonly inputs?: readonly string[]
  readonly outputs?: readonly string[]
  readonly capabilities: ModelAbilities
  /** Who runs it behind a router, those that do not answer now among them. */
  readonly backends?: readonly Backend[]
  /** The list is older than it should be, because no newer one could be had. */
  readonly isStale?: true
}

/** A model of a router's catalogue as one of a list. */
export function infoOf(model: CatalogModel): ModelInfo {
  const { id, owner, created, inputs, outputs, backends } = model
  const live = liveOf(model)
  const contexts = live.flatMap(({ contextLength }) => contextLength ?? [])
  const prices = lowestOf(live)
  const tools = anyOf(live.map((backend) => backend.tools))
  const structured = anyOf(live.map((backend) => backend.structured))
  return {
    id,
    ...(created !== undefined && { created: new Date(created) }),
    ...(owner !== undefined && { owner }),
    ...(contexts.length > 0 && { contextLength: Math.max(...contexts) }),
    ...(prices && { prices }),
    ...(inputs && { inputs }),
    ...(outputs && { outputs }),
    capabilities: {
      ...(tools !== undefined && { tools }),
      ...(structured !== undefined && { structured }),
      ...(inputs && { image: inputs.includes('image') }),
    },
    backends,
  }
}

/** The prices of the backend with the cheapest output. */
export const lowestOf = (backends: readonly Backend[]): TokenPrices | undefined =>
  backends.flatMap(({ price }) => price ?? []).toSorted((a, b) => a.output - b.output || a.input - b.input)[0]

/** True where one is, unknown where one might be. */
function anyOf(flags: readonly (boolean | undefined)[]): boolean | undefined {
  if (flags.includes(true)) return true
  return flags.length === 0 || flags.includes(undefined) ? undefined : false
}
