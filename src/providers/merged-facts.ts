import { dialectOf } from '../dialects/lazy-dialects.ts'
import {
  type Looked,
  backendFacts,
  known,
  lessonFacts,
  listed,
  schemaFact,
  toolsFact,
} from '../capabilities/facts-of.ts'
import { type CatalogModel, readCatalog } from '../capabilities/catalog.ts'
import type {
  BackendFacts,
  Fact,
  MissingSource,
  ModelCapabilities,
  ModelFacts,
  WayFact,
} from '../capabilities/model-facts.ts'
import { infoOf } from '../capabilities/model-info.ts'
import { splitModel } from '../capabilities/model-name.ts'
import { nearest, rank } from '../capabilities/rank.ts'
import { type KeptCatalog, catalogOf } from './catalog.ts'
import { known as learnedOf, keyOf, knownOf, recall } from './knowledge.ts'
import type { Line } from './line.ts'
import { type ModelCard, capabilitiesOf, cardOf } from './model-hints.ts'

/** All that is known of a model of a router, its backend named or not; what cannot be had is absent, and `missing` says why. */
export async function mergedFacts(line: Line, model: string): Promise<ModelCapabilities> {
  const { id, backend } = splitModel(model)
  const [kept, card] = await Promise.all([catalogOf(line), cardOf(line, id), recall()])
  return merged({ line, id, backend, kept, card })
}

interface Sources {
  readonly line: Line
  readonly id: string
  /** The only backend that is meant. */
  readonly backend: string | undefined
  readonly kept: KeptCatalog | undefined
  readonly card: ModelCard | undefined
}

async function merged(sources: Sources): Promise<ModelCapabilities> {
  const { line, id, backend, kept, card } = sources
  const catalog = readCatalog(kept?.body)
  const model = catalog?.get(id)
  const looked = kept && { at: new Date(kept.at), isStale: kept.isStale }
  const anywhere = learnedOf.get(keyOf({ baseUrl: line.baseUrl, model: id }))
  const hints = card?.facts && capabilitiesOf(card.facts)
  const { schemaSpellings: spellings } = await dialectOf(line.provider.dialect)
  const backends = namesOf(sources, model)
    .filter((name) => backend === undefined || name === backend)
    .map((name) =>
      backendFacts({
        name,
        row: model?.backends.find((one) => one.name === name),
        looked,
        here: learnedOf.get(keyOf({ baseUrl: line.baseUrl, model: id, backend: name })),
        anywhere,
        hints,
        spellings,
      }),
    )
  const ways = { row: undefined, looked: undefined, here: undefined, anywhere, hints, spellings }
  const firstFor = (need: 'tools' | 'schema'): BackendFacts | undefined => {
    const name = backend ?? (model && firstOf(model, need, line))
    return backends.find((one) => one.name === name)
  }
  return {
    model: id,
    ...(model && looked && catalogueFacts(model, looked)),
    ...(card && cardFacts(card, model?.inputs !== undefined)),
    ...(anywhere && withoutSight(lessonFacts(anywhere), model?.inputs !== undefined)),
    ...known({
      tools: asked(firstFor('tools'), 'tools') ?? toolsFact(ways),
      structured: asked(firstFor('schema'), 'structured') ?? schemaFact(ways),
    }),
    backends,
    missing: missingOf(sources),
  }
}

/** What the catalogue says of the pictures that a model takes counts more than what was learned or filed. */
const withoutSight = ({ image, ...facts }: ModelFacts, isListed: boolean): ModelFacts =>
  isListed || !image ? facts : { ...facts, image }

/** The backends of the catalogue, and those of which something was learned. */
function namesOf({ line, id }: Sources, model: CatalogModel | undefined): readonly string[] {
  const start = `${keyOf({ baseUrl: line.baseUrl, model: id })}:`
  const learned = [...learnedOf.keys()].flatMap((key) =>
    key.startsWith(start) ? [key.slice(start.length)] : [],
  )
  return [...new Set([...(model?.backends ?? []).map(({ name }) => name), ...learned])]
}

/** Who would be asked first by a chat that was told no rule. */
function firstOf(model: CatalogModel, need: 'tools' | 'schema', { baseUrl }: Line): string | undefined {
  const needs = { tools: need === 'tools', schema: need === 'schema', image: false, tokens: 0 }
  return rank(model, needs, 'fastest', (backend) => knownOf({ baseUrl, model: model.id, backend }))[0]
}

function asked<N extends 'tools' | 'structured'>(
  backend: BackendFacts | undefined,
  name: N,
): BackendFacts[N] | undefined {
  const fact: WayFact<unknown> | undefined = backend?.[name]
  return fact && backend ? ({ ...fact, backend: backend.name } as BackendFacts[N]) : undefined
}

function catalogueFacts(model: CatalogModel, looked: Looked): ModelFacts {
  const { contextLength, prices, inputs } = infoOf(model)
  return {
    ...(contextLength !== undefined && { contextLength: listed(contextLength, looked) }),
    ...(prices && { prices: listed(prices, looked) }),
    ...(inputs && { image: listed(inputs.includes('image'), looked) }),
  }
}

function cardFacts(
  { at, hub, facts }: ModelCard,
  isSightListed: boolean,
): Partial<Omit<ModelCapabilities, 'model'>> {
  const told = <T>(value: T | undefined, source: 'template' | 'hub'): Fact<T> | undefined =>
    value === undefined ? undefined : { value, source, at: new Date(at) }
  const { system, content, alternates, tools, toolSyntax } = facts ?? {}
  const sees = { 'image-text-to-text': true, 'any-to-any': true, 'text-generation': false }[
    hub.pipelineTag ?? ''
  ]
  const role = system && (system === 'role' ? 'role' : 'fold')
  return known({
    // Without a template nobody can tell whether a prompt is read: it is folded to be safe.
    system: facts || hub.problem ? told(role, 'template') : told('fold' as const, 'hub'),
    content: told(content, 'template'),
    alternates: told(alternates, 'template'),
    templateTools: told(tools, 'template'),
    callSyntax: told(facts && capabilitiesOf(facts)?.callSyntax, toolSyntax ? 'template' : 'hub'),
    gated: told(hub.gated, 'hub'),
    image: isSightListed ? undefined : told(sees, 'hub'),
  })
}

function missingOf({ line, id, backend, kept, card }: Sources): readonly MissingSource[] {
  const catalog = readCatalog(kept?.body)
  const model = catalog?.get(id)
  const missing: MissingSource[] = []
  const say = (source: MissingSource['source'], reason: MissingSource['reason'], message: string): void =>
    void missing.push({ source, reason, message })
  if (!kept) say('catalogue', 'unreachable', `No catalogue could be had from ${line.baseUrl}.`)
  else if (!catalog) say('catalogue', 'none', `${line.baseUrl} has no catalogue of backends.`)
  else if (!model) {
    const isRenamed = card !== undefined && card.hub.id !== id
    const near = isRenamed ? [card.hub.id] : nearest(id, catalog.keys())
    const meant = near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''
    say('catalogue', 'not-listed', `The catalogue does not list ${id}.${meant}`)
  } else if (backend !== undefined && !model.backends.some(({ name }) => name === backend)) {
    const others = model.backends.map(({ name }) => name).join(', ')
    say('catalogue', 'not-listed', `The catalogue lists ${id} not at ${backend}, but at ${others || 'none'}.`)
  }
  if (!card) {
    const isId = /^[\w.-]+\/[\w.-]+$/.test(id)
    const message = isId
      ? `The Hub could not be asked about ${id}.`
      : `${id} is no id of the Hub: owner/name.`
    say('hub', isId ? 'unreachable' : 'not-found', message)
  } else if (card.hub.problem === 'not-found')
    say('hub', 'not-found', `The Hub knows no ${id}, or it is private.`)
  else if (card.hub.problem === 'gated')
    say(
      'template',
      'gated',
      `Its chat template is for those with access: https://huggingface.co/${card.hub.id}`,
    )
  else if (!card.facts) say('template', 'none', 'The Hub has no chat template of it.')
  else if (Object.values(card.facts).every((fact) => fact === undefined))
    say('template', 'none', 'Its chat template could not be looked through.')
  return missing
}
