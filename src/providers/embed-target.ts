import { ChatError } from '../core/errors.ts'
import { isObject } from '../lib/merge.ts'
import { askHub } from './hub.ts'
import { huggingface } from './huggingface.ts'

/** The model where none is asked for: a hundred languages, 8192 tokens, 1024 dimensions, no prompts. */
export const EMBEDDING_MODEL = 'BAAI/bge-m3'

/** Where embeddings are asked for, and in which of the two spellings. */
export interface EmbedTarget {
  readonly baseUrl: string
  readonly path: string
  /** Feature extraction with `inputs`, or OpenAI's with `input`. */
  readonly form: 'features' | 'openai'
  /** As the body names it; undefined where the address says it all. */
  readonly model: string | undefined
  /** Whether it is a server of one's own: it may sleep. */
  readonly isOwn: boolean
}

/** What decides where they are asked for. */
export interface EmbedWish {
  readonly model?: string | undefined
  readonly provider?: string | undefined
  readonly baseUrl?: string | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly signal?: AbortSignal | undefined
}

const RULES = new Set(['fastest', 'cheapest', 'preferred', 'auto'])

/**
 * Where embeddings are asked for: at a server of one's own (`baseUrl` alone), or through the router at a backend.
 * https://huggingface.co/docs/inference-providers/tasks/feature-extraction
 * @throws TypeError for a wish that contradicts itself, ChatError where the backend does not serve the model
 */
export async function embedTarget(wish: EmbedWish): Promise<EmbedTarget> {
  const { baseUrl } = wish
  const [, named = EMBEDDING_MODEL, suffix] =
    /^(.*?)(?::([\w-]+))?$/s.exec(wish.model ?? EMBEDDING_MODEL) ?? []
  if (wish.provider !== undefined && suffix !== undefined && wish.provider !== suffix)
    throw new TypeError(`model says :${suffix} and provider says ${wish.provider}: name one backend`)
  if (baseUrl !== undefined && wish.provider === undefined) return ownTarget(baseUrl, wish.model)
  const backend = wish.provider ?? suffix ?? 'hf-inference'
  if (RULES.has(backend))
    throw new TypeError(
      `embeddings are not routed by ${backend}: vectors of one model only compare where one backend made them all. ` +
        'Name it, as in model:hf-inference',
    )
  const root = (baseUrl ?? huggingface.baseUrl).replace(/\/+$/, '').replace(/\/v1$/, '')
  if (backend === 'hf-inference') {
    const id = named.split('/').map(encodeURIComponent).join('/')
    const path = 'pipeline/feature-extraction'
    return {
      baseUrl: `${root}/hf-inference/models/${id}`,
      path,
      form: 'features',
      model: undefined,
      isOwn: false,
    }
  }
  const model = await backendsName(named, backend, wish)
  return { baseUrl: `${root}/${backend}`, path: 'v1/embeddings', form: 'openai', model, isOwn: false }
}

/** An address that ends in /v1 or /embeddings speaks OpenAI's way (TEI does both); any other is asked at its root. */
function ownTarget(baseUrl: string, model: string | undefined): EmbedTarget {
  const root = baseUrl.replace(/\/+$/, '').replace(/\/embeddings$/, '')
  const isOpenAI = root.length < baseUrl.replace(/\/+$/, '').length || root.endsWith('/v1')
  return isOpenAI
    ? { baseUrl: root, path: 'embeddings', form: 'openai', model, isOwn: true }
    : { baseUrl, path: '', form: 'features', model: undefined, isOwn: true }
}

/** How long a mapping counts as right, in milliseconds. */
const FRESH = 5 * 60_000
const kept = new Map<string, { readonly at: number; readonly backends: Promise<Backends | undefined> }>()

/** A model's names by the backends that serve it. */
type Backends = ReadonlyMap<string, string>

/** What a backend calls a model of the Hub; the Hub's own name where that cannot be learned. */
async function backendsName(model: string, backend: string, wish: EmbedWish): Promise<string> {
  const known = kept.get(model)
  const isFresh = known && Date.now() - known.at < FRESH
  const asked = isFresh ? known.backends : backendsOf(model, wish)
  if (!isFresh) kept.set(model, { at: Date.now(), backends: asked })
  const backends = await asked
  if (!backends) {
    kept.delete(model)
    return model
  }
  const name = backends.get(backend)
  if (name !== undefined) return name
  const others = [...backends.keys()]
  const instead =
    others.length > 0 ? `These do: ${others.join(', ')}.` : 'No backend does: choose another model.'
  throw new ChatError(`${backend} does not serve embeddings of ${model} on Hugging Face. ${instead}`, {
    code: 'model-not-supported',
    provider: huggingface.name,
  })
}

async function backendsOf(model: string, { fetch, signal }: EmbedWish): Promise<Backends | undefined> {
  try {
    const id = model.split('/').map(encodeURIComponent).join('/')
    // It is public: no key is sent for it.
    return readBackends(
      await askHub({
        path: `api/models/${id}?expand[]=inferenceProviderMapping`,
        fetch,
        signal,
        timeout: 5000,
      }),
    )
  } catch {
    return undefined
  }
}

/** The backends in the Hub's word on a model, as a record or as a list; undefined where it says nothing of them. */
export function readBackends(body: unknown): Backends | undefined {
  const mapping = isObject(body) ? body.inferenceProviderMapping : undefined
  const rows = Array.isArray(mapping)
    ? mapping.flatMap((row) => (isObject(row) ? [[row.provider, row] as const] : []))
    : isObject(mapping)
      ? Object.entries(mapping)
      : undefined
  return (
    rows &&
    new Map(
      rows.flatMap(([backend, row]) =>
        typeof backend === 'string' &&
        isObject(row) &&
        typeof row.providerId === 'string' &&
        isEmbedding(row.task)
          ? [[backend, row.providerId] as const]
          : [],
      ),
    )
  )
}

const isEmbedding = (task: unknown): boolean =>
  task === undefined || task === 'feature-extraction' || task === 'sentence-similarity'
