import { type CatalogModel, readCatalog } from '../capabilities/catalog.ts'
import { type ModelInfo, type ModelWish, fitting, infoOf } from '../capabilities/model-info.ts'
import { ChatError } from '../core/errors.ts'
import { isAmount } from '../dialects/reported-cost.ts'
import { isObject } from '../lib/merge.ts'
import { authorizer } from './auth.ts'
import { type KeptCatalog, catalogOf } from './catalog.ts'
import { huggingface } from './huggingface.ts'
import { type Line, TIMEOUTS } from './line.ts'

/** Which models are listed, and who is asked. */
export interface ModelsHuggingFaceOptions extends ModelWish {
  /** Sent only where the list is not public. @default none */
  readonly apiKey?: string | undefined
  /** Another server that speaks the router's API. @default the router's */
  readonly baseUrl?: string | undefined
  /** A fetch to use instead of the platform's transport. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * The models that Hugging Face's router serves, in its order, with prices, abilities and backends. Of what is wished for, one live
 * backend must have it all. A server of your own lists what it has, of which nothing more may be known.
 * https://huggingface.co/docs/inference-providers/hub-api
 * @throws ChatError where no list could be had and none is kept; TypeError or RangeError for an option of the wrong type or value
 * @example
 * const models = await modelsHuggingFace({ tools: true, image: true, maxPrice: 1 })
 */
export async function modelsHuggingFace(
  options: ModelsHuggingFaceOptions = {},
): Promise<readonly ModelInfo[]> {
  checkWish(options)
  const { isStale, body } = await catalogue(options)
  const catalog = readCatalog(body)
  const listed = catalog
    ? [...catalog.values()].filter((model) => isWished(model, options)).map(infoOf)
    : plainList(body).filter(() => !hasWish(options))
  return isStale ? listed.map((info) => ({ ...info, isStale: true })) : listed
}

/** How a server of Hugging Face's kind is asked about models. */
export function lineTo({ apiKey, baseUrl, fetch }: ModelsHuggingFaceOptions): Line {
  const url = baseUrl === undefined ? huggingface.baseUrl : httpUrl(baseUrl)
  return {
    provider: huggingface,
    baseUrl: url,
    authorize: authorizer(huggingface, url, apiKey),
    headers: {},
    timeouts: TIMEOUTS,
    retries: 0,
    fetch,
  }
}

function httpUrl(value: unknown): string {
  // A bare host means the root of its API, as it does for a chat: what is learned there is kept under that name.
  if (typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value))
    return /^[^/]*\/\/[^/?#]*\/?$/.test(value) ? `${value.replace(/\/$/, '')}/v1` : value
  throw new TypeError(`baseUrl must be an http: or https: URL: it is ${JSON.stringify(value)}`)
}

async function catalogue(options: ModelsHuggingFaceOptions): Promise<KeptCatalog> {
  const line = lineTo(options)
  const found = (await catalogOf(line)) ?? (options.apiKey === undefined ? undefined : await withKey(line))
  if (isObject(found?.body) && Array.isArray(found.body.data)) return found
  throw new ChatError(
    `No list of models could be had from ${line.baseUrl}, and none is kept on this machine. Check the connection and try again.`,
    { code: 'connection', provider: huggingface.name },
  )
}

/** A list that is not public; a key that was passed for this address is sent to it. */
async function withKey({ baseUrl, authorize, fetch }: Line): Promise<KeptCatalog | undefined> {
  const { getJson } = await import('./get-json.ts')
  const url = `${baseUrl.replace(/\/$/, '')}/models`
  try {
    const headers = await authorize({ method: 'GET', url, headers: {}, body: '' })
    const { status, body } = await getJson({ fetch }, url, { patience: 10_000, headers })
    return status === 200 && body !== undefined ? { body, at: Date.now(), isStale: false } : undefined
  } catch {
    return undefined
  }
}

const isWished = (model: CatalogModel, wish: ModelWish): boolean =>
  !hasWish(wish) || fitting(model, wish).length > 0

const hasWish = ({ tools, structured, image, minContext, maxPrice, provider }: ModelWish): boolean =>
  Boolean(tools || structured || image) ||
  minContext !== undefined ||
  maxPrice !== undefined ||
  provider !== undefined

/** What any server of OpenAI's kind lists: names, and little more. */
function plainList(body: unknown): readonly ModelInfo[] {
  const rows = isObject(body) && Array.isArray(body.data) ? body.data : []
  return rows.filter(isObject).flatMap(({ id, owned_by: owner, created }): readonly ModelInfo[] =>
    typeof id === 'string'
      ? [
          {
            id,
            ...(isAmount(created) && created > 0 && { created: new Date(created * 1000) }),
            ...(typeof owner === 'string' && { owner }),
            capabilities: {},
          },
        ]
      : [],
  )
}

function checkWish(wish: ModelWish): void {
  for (const name of ['tools', 'structured', 'image'] as const)
    if (wish[name] !== undefined && typeof wish[name] !== 'boolean')
      throw new TypeError(`${name} must be true or false: it is ${JSON.stringify(wish[name])}`)
  for (const name of ['minContext', 'maxPrice'] as const)
    if (wish[name] !== undefined && !((wish[name] as number) >= 0))
      throw new RangeError(`${name} must be 0 or more: it is ${JSON.stringify(wish[name])}`)
  if (wish.provider !== undefined && (typeof wish.provider !== 'string' || wish.provider === ''))
    throw new TypeError(`provider must be the name of a backend: it is ${JSON.stringify(wish.provider)}`)
}
