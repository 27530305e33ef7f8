import { type Catalog, type CatalogModel, liveOf, readCatalog } from '../capabilities/catalog.ts'
import { splitModel } from '../capabilities/model-name.ts'
import { nearest, successorOf } from '../capabilities/rank.ts'
import { chatHuggingFace } from '../chats-hosts.ts'
import { findKey } from '../providers/auth.ts'
import { catalogOf } from '../providers/catalog.ts'
import { HubFetch } from '../providers/hub-fetch.ts'
import { hubUrl } from '../providers/hub.ts'
import { huggingface } from '../providers/huggingface.ts'
import { lineOf } from '../providers/line-of.ts'
import { isObject } from '../lib/merge.ts'
import { type Check, check, checkOf, isHubOffline } from './check.ts'
import { ago, money, prices, tokens } from './in-words.ts'

/** How the model is served: by the catalogue, nothing is asked of it. */
export async function modelChecks(model: string, baseUrl: string | undefined): Promise<readonly Check[]> {
  const { id, backend } = splitModel(model)
  const line = lineOf(huggingface, { baseUrl })
  const kept = await catalogOf(line)
  const catalog = readCatalog(kept?.body)
  if (!kept || !catalog) {
    const why = kept ? 'has no catalogue of backends' : 'gave no catalogue, and none is kept'
    return [check('model', 'skip', `${id} could not be looked up: ${line.baseUrl} ${why}`)]
  }
  const found = catalog.get(id)
  const age = kept.isStale
    ? [check('catalogue', 'warn', `no newer one could be had than that of ${ago(new Date(kept.at))}`)]
    : []
  if (!found) return [...age, unlisted(id, catalog)]
  const rows = found.backends.filter(({ name }) => backend === undefined || name === backend)
  return [...age, summaryOf(found, catalog, backend), ...rows.map(rowOf)]
}

function unlisted(id: string, catalog: Catalog): Check {
  const near = id === huggingface.model ? [] : nearest(id, catalog.keys())
  const successor = successorOf(id, catalog, { tools: true, schema: true })
  const fix =
    near.length > 0 ? `did you mean ${near.join(' or ')}?` : successor && `${successor} may do instead`
  return check('model', 'fail', `${id} is served by nobody: the catalogue does not list it`, fix)
}

function summaryOf(model: CatalogModel, catalog: Catalog, backend: string | undefined): Check {
  const { id, backends, inputs } = model
  const live = liveOf(model).filter(({ name }) => backend === undefined || name === backend)
  const others = liveOf(model).map(({ name }) => name)
  if (live.length === 0) {
    const successor = successorOf(id, catalog, { tools: true, schema: true })
    const fix =
      others.length > 0
        ? `leave :${backend} out, or write :${others[0]}`
        : successor && `${successor} may do instead`
    return check(
      'model',
      'fail',
      `${id} has no live backend${backend ? ` of that name: ${backend}` : ''}`,
      fix,
    )
  }
  const count = (flag: 'tools' | 'structured'): number => live.filter((one) => one[flag] === true).length
  const what = [
    `${id} is live at ${live.length} of ${backend === undefined ? backends.length : 1}`,
    `tools at ${count('tools')}`,
    `structured data at ${count('structured')}`,
    inputs && (inputs.includes('image') ? 'pictures are seen' : 'pictures are not seen'),
  ]
  const message = what.filter(Boolean).join(', ')
  return live.every(({ tools }) => tools === false)
    ? check('model', 'warn', message, 'natter models --tools lists models that take tools')
    : check('model', 'ok', message)
}

function rowOf(backend: CatalogModel['backends'][number]): Check {
  const { name, status, tools, structured, contextLength, price, latency } = backend
  const what = [
    status,
    tools === undefined ? undefined : tools ? 'tools' : 'no tools',
    structured === undefined ? undefined : structured ? 'structured data' : 'no structured data',
    contextLength && `${tokens(contextLength)} tokens`,
    price && prices(price),
    latency && `${Math.round(latency)} ms`,
  ]
  return check(`at ${name}`, status === 'live' ? 'ok' : 'warn', what.filter(Boolean).join(', '))
}

/** How long the Hub may take, in milliseconds, and the longest answers, in characters. */
const PATIENCE = 8000
const LIMIT = 8e6
/** A clock that is further off breaks what expires, in milliseconds. */
const MOST_SKEW = 5 * 60_000

/** Whether the model's files may be read, and what the Hub's clock says. */
export async function hubChecks(model: string): Promise<readonly Check[]> {
  const { id } = splitModel(model)
  const skip = (why: string): readonly Check[] => ['access', 'clock'].map((name) => check(name, 'skip', why))
  if (isHubOffline()) return skip('HF_HUB_OFFLINE is set')
  if (!/^[\w.-]+\/[\w.-]+$/.test(id)) return skip(`${id} is no id of the Hub`)
  let hub: HubFetch
  try {
    hub = new HubFetch(hubUrl(), Date.now() + PATIENCE, { token: () => findKey(huggingface.auth)?.key })
  } catch (error) {
    return [checkOf('access', error), check('clock', 'skip', 'the Hub was not asked')]
  }
  const about = await hub.get(`api/models/${id}?expand[]=gated`, LIMIT)
  if (!about) return skip('could not be looked at: the Hub did not answer')
  return [await accessOf(id, hub, about), clockOf(about.header('date'))]
}

type Reply = Exclude<Awaited<ReturnType<HubFetch['get']>>, undefined>

async function accessOf(id: string, hub: HubFetch, about: Reply): Promise<Check> {
  const isGated = about.status === 403 || about.errorCode === 'GatedRepo'
  if (about.status !== 200 && !isGated)
    return [401, 404, 410].includes(about.status)
      ? check('access', 'warn', `the Hub knows no ${id}, or it is private`)
      : check('access', 'skip', `could not be looked at: the Hub answered ${about.status}`)
  const gated = isObject(about.body) ? about.body.gated : undefined
  if (!isGated && gated !== 'auto' && gated !== 'manual')
    return check('access', 'ok', `${id} is open to everybody`)
  // A file shows whether access was granted, whatever is in it; one that is not there does too.
  const file = isGated ? about : await hub.get(`${id}/resolve/main/config.json`, LIMIT)
  if (!file) return check('access', 'skip', `${id} is gated, and the Hub did not say whether you have access`)
  return file.status === 401 || file.status === 403
    ? check(
        'access',
        'warn',
        `${id} is gated, and you have no access: its chat template cannot be read`,
        `ask for access at https://huggingface.co/${id}`,
      )
    : check('access', 'ok', `${id} is gated, and you have access`)
}

function clockOf(date: string | undefined): Check {
  const skew = Date.now() - Date.parse(date ?? '')
  if (Number.isNaN(skew)) return check('clock', 'skip', 'the Hub did not say what time it is')
  const minutes = Math.round(Math.abs(skew) / 60_000)
  return Math.abs(skew) <= MOST_SKEW
    ? check('clock', 'ok', "is the Hub's")
    : check(
        'clock',
        'warn',
        `is ${minutes} minutes ${skew > 0 ? 'ahead of' : 'behind'} the Hub's`,
        'set the clock of this machine',
      )
}

/** How long the model may take to say one token, in milliseconds. */
const ANSWER = 60_000

/** Asks the model for one token; without leave to spend it does not. */
export async function spendCheck(
  model: string,
  baseUrl: string | undefined,
  maySpend: boolean,
): Promise<Check> {
  if (!maySpend)
    return check(
      'inference',
      'skip',
      'nothing was asked of the model',
      'natter doctor --spend asks for one token',
    )
  try {
    const chat = chatHuggingFace({
      model,
      ...(baseUrl !== undefined && { baseUrl }),
      params: { maxTokens: 1 },
      adjust: 'silent',
      echo: 'none',
      retries: 0,
      coldStart: 0,
      timeout: ANSWER,
    })
    let servedBy: string | undefined
    for await (const event of chat.events('Hi'))
      if (event.type === 'finish') servedBy = event.turn.servedBy ?? chat.provider.name
    const { dollars } = await chat.cost()
    const price = dollars === undefined ? '' : `, for ${money(dollars)}`
    return check('inference', 'ok', `${servedBy ?? 'the server'} answered a request for one token${price}`)
  } catch (error) {
    const found = checkOf('inference', error)
    return found.status === 'warn' ? { ...found, status: 'fail' } : found
  }
}
