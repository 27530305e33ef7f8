import { warn } from '#platform'
import { imagesIn } from '../capabilities/images-in.ts'
import { type Backend, type CatalogModel, liveOf, readCatalog, toolHints } from '../capabilities/catalog.ts'
import { type Needs, type Route, cheapest, nearest, rank, seeing, successorOf } from '../capabilities/rank.ts'
import { ChatError, type ChatErrorCode } from '../core/errors.ts'
import type { ChatRequest } from '../core/request.ts'
import { catalogOf } from '../providers/catalog.ts'
import { knownOf } from '../providers/knowledge.ts'
import { hintsOf, seesByHub } from '../providers/model-hints.ts'
import type { Attempt } from './ask.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { at } from './target.ts'

/** What a request needs of who is to answer it. */
export function needsOf({ system, tools, schema, turns, params }: ChatRequest): Needs {
  return {
    // Calls and results of before are lost where nobody knows of tools.
    tools:
      tools !== undefined || turns.some(({ contents }) => contents.some(({ type }) => type === 'tool-call')),
    schema: schema !== undefined,
    image: imagesIn(turns).length > 0,
    tokens: estimateTokens(turns, system, tools) + (params.maxTokens ?? 0),
  }
}

/**
 * Finds who can answer a request, before anything is sent: by the catalogue which backend, by its chat template what the model takes.
 * @throws ChatError `unsupported-input` for pictures that the model cannot see
 */
export async function prepare(attempt: Attempt): Promise<void> {
  const { session, request, target } = attempt
  const { line } = session
  const needs = needsOf(request)
  const isPicky = needs.tools || needs.schema || needs.image || needs.tokens > SMALLEST_CONTEXT
  const [hints, model] = await Promise.all([
    request.system || request.tools ? hintsOf(line, target.id) : undefined,
    isPicky ? modelOf(attempt) : undefined,
  ])
  attempt.hints = hints
  if (needs.image) await demandSight(attempt, model)
  if (!model) return
  if (target.isFree) {
    noticeLoss(attempt, model, needs)
    choose(attempt, order(attempt, model, needs))
  }
  if (needs.tools) attempt.hints = { ...attempt.hints, ...toolHints(rowOf(attempt, model)) }
}

const rowOf = ({ target }: Attempt, { backends }: CatalogModel): Backend | undefined =>
  backends.find(({ name }) => name === target.backend)

/** A context that every backend has, in tokens. */
const SMALLEST_CONTEXT = 6000

async function modelOf({ session, target }: Attempt): Promise<CatalogModel | undefined> {
  return readCatalog((await catalogOf(session.line))?.body)?.get(target.id)
}

function order({ session, target }: Attempt, model: CatalogModel, needs: Needs): readonly string[] {
  const { baseUrl } = session.line
  return rank(
    model,
    needs,
    routeOf(session.routing?.route, session.model),
    (backend) => knownOf({ baseUrl, model: target.id, backend }),
    session.routing?.pinned?.id === target.id ? session.routing.pinned.backend : undefined,
  )
}

const routeOf = (route: Route | undefined, model: string): Route =>
  (/:(cheapest|preferred)$/.exec(model)?.[1] as Route | undefined) ?? route ?? 'fastest'

/** Takes the first of those that have not failed; who served before is only left for one that can do more. */
function choose(attempt: Attempt, names: readonly string[]): boolean {
  const open = names.filter((name) => !attempt.failed.has(name))
  const [first] = open
  if (first === undefined) return false
  attempt.target = at(attempt.target.id, first)
  attempt.retries = open.length > 1 ? 0 : undefined
  return true
}

/** After a refusal of tools or of a form: to the backend that speaks most for itself now. */
export async function reroute(attempt: Attempt, error: ChatError): Promise<void> {
  const model = await modelOf(attempt)
  if (!model) return
  const before = attempt.target.backend ?? error.servedBy
  choose(attempt, order(attempt, model, needsOf(attempt.request)))
  tellRoute(attempt, before, error)
}

const PASSING = new Set<ChatErrorCode>([
  'rate-limited',
  'overloaded',
  'server-error',
  'timeout',
  'connection',
  'cut',
  'bad-reply',
  'model-not-supported',
  'not-found',
])

/** Whether it is a router that has answered: a server of one's own has no other backends. One that cannot be reached has none either. */
function isRouted({ session, target }: Attempt, error: ChatError): boolean {
  const { provider, baseUrl } = session.line
  if (
    !session.routing ||
    (error.code === 'connection' && target.backend === undefined && error.servedBy === undefined)
  )
    return false
  return (
    baseUrl === provider.baseUrl ||
    session.routing.route !== undefined ||
    target.backend !== undefined ||
    error.servedBy !== undefined
  )
}

/** After a failure that is the backend's own: to the next one; false where there is none. */
export async function failOver(attempt: Attempt, error: ChatError): Promise<boolean> {
  const { session, target } = attempt
  if (!isRouted(attempt, error) || !target.isFree || !PASSING.has(error.code)) return false
  const model = await modelOf(attempt)
  if (!model) return false
  const names = order(attempt, model, needsOf(attempt.request))
  // Who has not said its name is whom the router puts first.
  const failed = target.backend ?? error.servedBy ?? names[0]
  if (failed !== undefined) attempt.failed.set(failed, error)
  session.routing = { route: session.routing?.route }
  if (!choose(attempt, names)) return false
  tellRoute(attempt, failed, error)
  return true
}

function tellRoute({ target, lessons }: Attempt, before: string | undefined, error: ChatError): void {
  if (target.backend === undefined || target.backend === before) return
  const why = error.status === undefined || error.status < 300 ? error.code : String(error.status)
  lessons.push({
    type: 'route',
    name: `route-${target.backend}`,
    message: `${target.backend} was asked, because ${before ?? 'the router'} answered ${why}`,
  })
}

/** The default model has lost what it is asked for everywhere: said once, with what to take instead. */
function noticeLoss({ session, target }: Attempt, model: CatalogModel, needs: Needs): void {
  const { provider } = session.line
  if (target.id !== provider.model) return
  const live = liveOf(model)
  const lacks = (has: (backend: (typeof live)[number]) => boolean | undefined): boolean =>
    live.every((backend) => has(backend) === false)
  const lost =
    live.length === 0
      ? 'is served by no backend now'
      : needs.tools && lacks(({ tools }) => tools)
        ? 'has no backend that takes tools now'
        : undefined
  const key = `${target.id} lost`
  if (lost === undefined || session.warned.has(key) || session.adjust === 'silent') return
  session.warned.add(key)
  void catalogOf(session.line).then((kept) => {
    const successor = successorOf(target.id, readCatalog(kept?.body) ?? new Map(), needs)
    warn(
      `The default model ${target.id} ${lost}.${successor ? ` Its successor by the catalogue is ${successor}: pass it as model.` : ''}`,
    )
  })
}

/** @throws ChatError for a request with pictures to a model that is known not to see */
async function demandSight(attempt: Attempt, model: CatalogModel | undefined): Promise<void> {
  const { session, target } = attempt
  const { line } = session
  const { images } = knownOf({ baseUrl: line.baseUrl, model: target.id, backend: target.backend }) ?? {}
  const sees = model?.inputs ? model.inputs.includes('image') : (images ?? (await seesByHub(line, target.id)))
  if (sees === false && images !== true) throw await blind(attempt)
}

/** The error for pictures that a model cannot see, with models that can. */
export async function blind({ session, target }: Attempt, cause?: ChatError): Promise<ChatError> {
  const { line } = session
  const catalog = readCatalog((await catalogOf(line))?.body)
  const others = (catalog ? seeing(catalog) : []).filter(({ id }) => id !== target.id).slice(0, 3)
  const named = others.map((model) => {
    const price = cheapest(model)
    return price === undefined ? model.id : `${model.id} (from $${price} for a million tokens of output)`
  })
  return new ChatError(
    `${target.id} cannot see pictures. ${named.length > 0 ? `These can: ${named.join(', ')}.` : 'Choose a model that can, or leave the picture out.'}`,
    { ...cause, code: 'unsupported-input', provider: line.provider.name, cause },
  )
}

/** A final refusal, with what else could answer: other backends of the model, or what a mistyped name may have meant. */
export async function withAlternatives(attempt: Attempt, error: ChatError): Promise<ChatError> {
  const { session, target, failed, request } = attempt
  if (!isRouted(attempt, error) || !(PASSING.has(error.code) || error.code === 'bad-request')) return error
  const catalog = readCatalog((await catalogOf(session.line))?.body)
  if (!catalog) return error
  const model = catalog.get(target.id)
  const more = model
    ? others(attempt, model, request, failed)
    : unknown(target.id, catalog, session.line.provider.model)
  return more === ''
    ? error
    : new ChatError(`${error.message} ${more}`, { ...error, code: error.code, cause: error.cause })
}

function others(
  attempt: Attempt,
  model: CatalogModel,
  request: ChatRequest,
  failed: ReadonlyMap<string, ChatError>,
): string {
  const { target } = attempt
  if (failed.size > 1) return `Tried ${[...failed.keys()].join(', ')}.`
  const rest = order(attempt, model, needsOf(request)).filter(
    (name) => name !== target.backend && !failed.has(name),
  )
  if (rest.length === 0) return model.backends.length > 0 ? '' : `No backend serves ${model.id} now.`
  return `${model.id} is also served by ${rest.join(', ')}: write ${model.id}:${rest[0]}, or leave the backend out.`
}

function unknown(
  id: string,
  catalog: ReadonlyMap<string, CatalogModel>,
  standard: string | undefined,
): string {
  if (id === standard) {
    const successor = successorOf(id, catalog, { tools: true, schema: true })
    return successor
      ? `The default model is no longer served: its successor by the catalogue is ${successor}.`
      : ''
  }
  const near = nearest(id, catalog.keys())
  return near.length > 0
    ? `Did you mean ${near.join(' or ')}?`
    : `The router's catalogue does not list ${id}.`
}
