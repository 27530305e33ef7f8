import type { Backend } from './catalog.ts'
import type { ModelInfo } from './model-info.ts'

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

/** The models that have all that is wished for. */
export const wished = (models: readonly ModelInfo[], wish: ModelWish): readonly ModelInfo[] =>
  isAny(wish) ? models.filter((model) => has(model, wish)) : models

/** Behind a router, one live backend must have it all. */
const has = (model: ModelInfo, wish: ModelWish): boolean =>
  model.backends
    ? fitting(model, wish).length > 0
    : (!wish.image || model.capabilities.image === true) && fits(factsOf(model), wish)

const factsOf = ({ capabilities, contextLength, prices }: ModelInfo): Facts => ({
  ...capabilities,
  contextLength,
  price: prices,
})

/** The backends of a model that have all that is wished for together, live ones only; none where the model itself has not. */
export const fitting = (
  { inputs, backends = [] }: Pick<ModelInfo, 'inputs' | 'backends'>,
  wish: ModelWish,
): readonly Backend[] =>
  wish.image && !inputs?.includes('image')
    ? []
    : backends.filter((backend) => backend.status === 'live' && fits(backend, wish))

/** What a wish looks at. */
type Facts = {
  readonly [K in 'name' | 'tools' | 'structured' | 'contextLength' | 'price']?: Backend[K] | undefined
}

const fits = (backend: Facts, { tools, structured, minContext, maxPrice, provider }: ModelWish): boolean =>
  (!tools || backend.tools === true) &&
  (!structured || backend.structured === true) &&
  (minContext === undefined || (backend.contextLength ?? -1) >= minContext) &&
  (maxPrice === undefined || (backend.price?.output ?? Infinity) <= maxPrice) &&
  (provider === undefined || backend.name === provider)

const isAny = ({ tools, structured, image, minContext, maxPrice, provider }: ModelWish): boolean =>
  Boolean(tools || structured || image) ||
  [minContext, maxPrice, provider].some((value) => value !== undefined)

/**
 * Looks whether what is wished for makes sense.
 * @throws TypeError or RangeError for what is of the wrong type or value
 */
export function checkWish(wish: ModelWish): void {
  for (const name of ['tools', 'structured', 'image'] as const)
    if (wish[name] !== undefined && typeof wish[name] !== 'boolean')
      throw new TypeError(`${name} must be true or false: it is ${JSON.stringify(wish[name])}`)
  for (const name of ['minContext', 'maxPrice'] as const)
    if (wish[name] !== undefined && !((wish[name] as number) >= 0))
      throw new RangeError(`${name} must be 0 or more: it is ${JSON.stringify(wish[name])}`)
  if (wish.provider !== undefined && (typeof wish.provider !== 'string' || wish.provider === ''))
    throw new TypeError(`provider must be the name of a backend: it is ${JSON.stringify(wish.provider)}`)
}
