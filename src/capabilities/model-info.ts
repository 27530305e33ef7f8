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

/** What a model must have to be listed; what is not known of it does not do. */
export interface ModelWish {
  /** Only models that take tools. */
  readonly tools?: boolean | undefined
  /** Only models that answer in the form of a schema. */
  readonly structured?: boolean | undefined
  /** Only models that see pictures. */
  readonly image?: boolean | undefined
  /** The shortest context, in tokens. */
  readonly minContext?: number | undefined
  /** The highest price, in US dollars for a million tokens of output. */
  readonly maxPrice?: number | undefined
  /** The backend that must run it, such as `groq`. */
  readonly provider?: string | undefined
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

/** The backends of a model that have all that is wished for together, live ones only; none where the model itself has not. */
export const fitting = (
  { inputs, backends = [] }: Pick<ModelInfo, 'inputs' | 'backends'>,
  wish: ModelWish,
): readonly Backend[] =>
  wish.image && !inputs?.includes('image')
    ? []
    : backends.filter((backend) => backend.status === 'live' && fits(backend, wish))

const fits = (backend: Backend, { tools, structured, minContext, maxPrice, provider }: ModelWish): boolean =>
  (!tools || backend.tools === true) &&
  (!structured || backend.structured === true) &&
  (minContext === undefined || (backend.contextLength ?? -1) >= minContext) &&
  (maxPrice === undefined || (backend.price?.output ?? Infinity) <= maxPrice) &&
  (provider === undefined || backend.name === provider)

/** The prices of the backend with the cheapest output. */
export const lowestOf = (backends: readonly Backend[]): TokenPrices | undefined =>
  backends.flatMap(({ price }) => price ?? []).toSorted((a, b) => a.output - b.output || a.input - b.input)[0]

/** True where one is, unknown where one might be. */
function anyOf(flags: readonly (boolean | undefined)[]): boolean | undefined {
  if (flags.includes(true)) return true
  return flags.length === 0 || flags.includes(undefined) ? undefined : false
}
