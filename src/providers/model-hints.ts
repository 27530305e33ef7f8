import type { Capabilities } from '../capabilities/capabilities.ts'
import type { TemplateFacts } from '../capabilities/template.ts'
import type { ToolSpec } from '../core/request.ts'
import { isObject } from '../lib/merge.ts'
import { keep, readKept } from './disk-cache.ts'
import type { HubModel } from './hub-model.ts'
import { hubUrl } from './hub.ts'
import type { Line } from './line.ts'

/** What the Hub tells of a model, its chat template looked through, and when. */
export interface ModelCard {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly hub: HubModel
  readonly facts: TemplateFacts | undefined
}

/** How long a card counts, on disk and in memory, and how long nobody asks again where there was none, in milliseconds. */
const LIFE = 7 * 24 * 60 * 60_000
const LIFE_OF_NONE = 5 * 60_000
/** How long a person is made to wait for hints, in milliseconds. */
const PATIENCE = 2500

/** What is kept on disk is kept of this Hub only. */
const PUBLIC = 'https://huggingface.co'

/** How many templates are remembered. */
const MOST_PROBED = 64

const cards = new Map<string, { readonly until: number; readonly card: Promise<ModelCard | undefined> }>()

/** The card of a model of the Hub; undefined where there is none, or it could not be had. Kept for a week. */
export function cardOf(line: Line, id: string): Promise<ModelCard | undefined> {
  if (!line.provider.isRouter || !/^[\w.-]+\/[\w.-]+$/.test(id)) return Promise.resolve(undefined)
  // Who shows a token may be told more.
  const key = `${hubUrl()} ${line.baseUrl === line.provider.baseUrl} ${id}`
  const known = cards.get(key)
  if (known && known.until > Date.now()) return known.card
  const card = findCard(line, id).catch(() => undefined)
  cards.set(key, { until: Date.now() + LIFE, card })
  void card.then((found) => {
    // Access may be granted, and a model published, at any time.
    if (!found || found.hub.problem) cards.set(key, { until: Date.now() + LIFE_OF_NONE, card })
  })
  return card
}

async function findCard(line: Line, id: string): Promise<ModelCard | undefined> {
  const name = `model-${id.replaceAll('/', '--')}`
  const kept = hubUrl() === PUBLIC ? readKept(name) : undefined
  if (kept && Date.now() - kept.at < LIFE && isObject(kept.value) && isObject(kept.value.hub))
    return { ...(kept.value as unknown as ModelCard), at: kept.at }
  const { hubModel } = await import('./hub-model.ts')
  const isHub = line.baseUrl === line.provider.baseUrl
  const hub = await hubModel(id, { line, timeout: PATIENCE, ...(isHub && { token: () => tokenOf(line) }) })
  if (hub.problem === 'offline') return undefined
  const facts = hub.template === undefined ? undefined : await factsOf(hub.template, hub)
  const card = { hub, facts }
  if (!hub.problem && hubUrl() === PUBLIC) void keep(name, card)
  return { ...card, at: Date.now() }
}

/** By template: many models share one. */
const probed = new Map<string, Promise<TemplateFacts>>()

function factsOf(template: string, tokens: HubModel): Promise<TemplateFacts> {
  let facts = probed.get(template)
  if (!facts) {
    if (probed.size >= MOST_PROBED) probed.clear()
    facts = import('../capabilities/template.ts').then(({ probeTemplate }) => probeTemplate(template, tokens))
    probed.set(template, facts)
  }
  return facts
}

/** The token that the router is asked with; the Hub is shown it for the models that not everybody may see. */
async function tokenOf(line: Line): Promise<string | undefined> {
  try {
    const headers = await line.authorize({ method: 'GET', url: line.baseUrl, headers: {}, body: '' })
    return /^Bearer (hf_\S+)$/.exec(headers.authorization ?? '')?.[1]
  } catch {
    return undefined
  }
}

/**
 * What the Hub and the chat template of a model tell of it; undefined where that is nothing. A system prompt for a model without a
 * template is not trusted to be read: some backends drop it without a word.
 */
export async function hintsOf(line: Line, id: string): Promise<Capabilities | undefined> {
  const card = await cardOf(line, id)
  if (!card) return undefined
  if (card.facts) return capabilitiesOf(card.facts)
  return card.hub.problem === undefined ? { system: 'fold' } : undefined
}

/** What a request must heed of a chat template's facts; undefined where it may do as it likes. */
export function capabilitiesOf({ system, content, toolSyntax }: TemplateFacts): Capabilities | undefined {
  const known: Capabilities = {
    ...((system === 'refused' || system === 'dropped') && { system: 'fold' }),
    ...(content === 'parts' && { content: 'parts' }),
    ...(toolSyntax &&
      toolSyntax.form !== 'other' && {
        callSyntax: { open: toolSyntax.open, close: toolSyntax.close, form: toolSyntax.form },
      }),
  }
  return Object.keys(known).length > 0 ? known : undefined
}

/** The model's own words for tools, as its chat template has them; undefined where they cannot be taken out of it. */
export async function toolPromptOf(
  line: Line,
  id: string,
  tools: readonly ToolSpec[],
): Promise<string | undefined> {
  const card = await cardOf(line, id)
  const template = card?.hub.toolTemplate ?? card?.hub.template
  if (!card || template === undefined) return undefined
  const { toolPrompt } = await import('../capabilities/template-prompt.ts')
  return toolPrompt(template, tools, { ...card.hub, syntax: card.facts?.toolSyntax })
}

/** Whether a model sees pictures, as the Hub files it; undefined where it does not say. */
export async function seesByHub(line: Line, id: string): Promise<boolean | undefined> {
  const task = (await cardOf(line, id))?.hub.pipelineTag
  if (task === 'image-text-to-text' || task === 'any-to-any') return true
  return task === 'text-generation' ? false : undefined
}
