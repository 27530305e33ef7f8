import { distance } from '../lib/edit-distance.ts'
import { type Backend, type Catalog, type CatalogModel, liveOf } from './catalog.ts'
import type { Capabilities } from './capabilities.ts'

/** What a request needs of the backend that is to answer it. */
export interface Needs {
  readonly tools: boolean
  readonly schema: boolean
  readonly image: boolean
  /** What must fit into the context, in tokens, answer included; an estimate. */
  readonly tokens: number
}

/**
 * Which of the able backends to ask first: the fastest, the cheapest by its output, the first of the list, or whatever a function puts
 * first. A function gets those that can answer, the ablest first, and gives the names to try in order.
 */
export type Route =
  | 'fastest'
  | 'cheapest'
  | 'preferred'
  | ((backends: readonly Backend[], needs: Needs) => string | readonly string[])

/**
 * The backends of a model in the order in which to try them for a request.
 * @param before who served the chat until now: it is left only for one that can do more
 */
export function rank(
  model: CatalogModel,
  needs: Needs,
  route: Route,
  knownOf: (backend: string) => Capabilities | undefined,
  before?: string,
): readonly string[] {
  const isLeft = ({ name }: Backend): number => (name === before ? 0 : 1)
  const able = liveOf(model)
    .map((backend, place) => ({ backend, place, doubt: doubtOf(backend, needs, knownOf(backend.name)) }))
    .toSorted(
      (a, b) =>
        a.doubt - b.doubt ||
        isLeft(a.backend) - isLeft(b.backend) ||
        compare(a.backend, b.backend, route) ||
        a.place - b.place,
    )
    .map(({ backend }) => backend)
  if (typeof route !== 'function') return able.map(({ name }) => name)
  if (before !== undefined && able[0]?.name === before) return able.map(({ name }) => name)
  const chosen = route(able, needs)
  return typeof chosen === 'string' ? [chosen] : chosen
}

/** How much speaks against a backend: what it says of itself counts less than what it has refused. */
function doubtOf(backend: Backend, needs: Needs, known: Capabilities | undefined): number {
  const isTooSmall = backend.contextLength !== undefined && backend.contextLength < needs.tokens
  return (
    (isTooSmall ? 64 : 0) +
    (needs.tools ? doubt(backend.tools, known?.toolsRefused?.includes('native') === true) : 0) +
    (needs.schema ? doubt(backend.structured, known?.schemaRefused?.includes('json-schema') === true) : 0) +
    (needs.image && known?.images === false ? 64 : 0)
  )
}

const doubt = (flag: boolean | undefined, isRefused: boolean): number =>
  isRefused ? 8 : flag === undefined ? 1 : flag ? 0 : 3

function compare(a: Backend, b: Backend, route: Route): number {
  if (route === 'cheapest')
    return order(a.price?.output, b.price?.output) || order(a.price?.input, b.price?.input)
  if (route === 'fastest')
    return order(negative(a.throughput), negative(b.throughput)) || order(a.latency, b.latency)
  return 0
}

const negative = (value: number | undefined): number | undefined => (value === undefined ? undefined : -value)

/** The smaller first, the unknown last. */
const order = (a = Infinity, b = Infinity): number => (a === b ? 0 : a < b ? -1 : 1)

/** Models of a catalogue that can see, live ones only: well served and cheap first. */
export const seeing = (catalog: Catalog): readonly CatalogModel[] =>
  [...catalog.values()]
    .filter((model) => model.inputs?.includes('image') && liveOf(model).length > 0)
    .toSorted((a, b) => liveOf(b).length - liveOf(a).length || order(cheapest(a), cheapest(b)))

/** What the cheapest live backend of a model takes for a million tokens of output, in US dollars. */
export const cheapest = (model: CatalogModel): number | undefined =>
  liveOf(model)
    .flatMap(({ price }) => price?.output ?? [])
    .toSorted((a, b) => a - b)[0]

/** The model to take instead of one that is gone: of the same family and size where there is one, able and well served. */
export function successorOf(
  id: string,
  catalog: Catalog,
  needs: Pick<Needs, 'tools' | 'schema'>,
): string | undefined {
  const words = new Set(wordsOf(id))
  const score = (model: CatalogModel): number => {
    const live = liveOf(model)
    const isAble = live.some(
      ({ tools, structured }) => (!needs.tools || tools) && (!needs.schema || structured),
    )
    const shared = wordsOf(model.id).filter((word) => words.has(word)).length
    return shared * 4 + Math.min(live.length, 6) + (isAble ? 8 : 0)
  }
  return [...catalog.values()]
    .filter(
      (model) => model.id !== id && liveOf(model).length > 0 && (model.outputs?.includes('text') ?? true),
    )
    .toSorted((a, b) => score(b) - score(a) || order(cheapest(a), cheapest(b)))[0]?.id
}

const wordsOf = (id: string): readonly string[] => id.toLowerCase().split(/[/_.\-:]+/)

/** Ids of a catalogue that a mistyped one may have meant, the nearest first. */
export function nearest(id: string, ids: Iterable<string>, most = 3): readonly string[] {
  const asked = id.toLowerCase()
  const bare = asked.slice(asked.lastIndexOf('/') + 1)
  return [...ids]
    .map((known) => {
      const name = known.toLowerCase()
      const own = name.slice(name.lastIndexOf('/') + 1)
      return { known, far: Math.min(distance(asked, name), distance(bare, own) + 1) }
    })
    .filter(({ far }) => far <= Math.max(2, Math.floor(asked.length / 4)))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ known }) => known)
}
