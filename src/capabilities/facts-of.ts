import {
  type Capabilities,
  type SchemaWay,
  type ToolsWay,
  learned,
  schemaWay,
  toolsWay,
} from './capabilities.ts'
import { type Backend, toolHints } from './catalog.ts'
import type { SchemaSpelling } from '../dialects/dialect.ts'
import type { BackendFacts, Fact, ModelFacts, ParameterFact, WayFact } from './model-facts.ts'

/** What was learned, and when the last of it was. */
export interface Lessons {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly capabilities: Capabilities
}

/** When a source was looked at. */
export interface Looked {
  readonly at: Date
  readonly isStale: boolean
}

/** What is known of a backend from all sides. */
export interface BackendSources {
  readonly name: string
  /** Its row in the catalogue. */
  readonly row: Backend | undefined
  readonly looked: Looked | undefined
  /** What was learned there, and of the model anywhere. */
  readonly here: Lessons | undefined
  readonly anywhere: Lessons | undefined
  /** What the model's chat template and the Hub tell. */
  readonly hints: Capabilities | undefined
  readonly spellings: readonly SchemaSpelling[] | undefined
}

/** A fact of the catalogue. */
export const listed = <T>(value: T, { at, isStale }: Looked): Fact<T> => ({
  value,
  source: 'catalogue',
  at,
  ...(isStale && { isStale }),
})

/** What is known of a model at a backend. */
export function backendFacts(sources: BackendSources): BackendFacts {
  const { name, row, looked, here } = sources
  const { status, contextLength, price, latency, throughput } = row ?? {}
  const told = <T>(value: T | undefined): Fact<T> | undefined =>
    value === undefined || !looked ? undefined : listed(value, looked)
  const facts = {
    status: told(status),
    contextLength: told(contextLength),
    prices: told(price),
    latency: told(latency),
    throughput: told(throughput),
    tools: toolsFact(sources),
    structured: schemaFact(sources),
  }
  return { name, ...known(facts), ...(here && lessonFacts(here)) }
}

/** How tools are offered; unknown where nobody has said or learned anything. */
export function toolsFact({ row, looked, here, anywhere, hints }: ForWay): WayFact<ToolsWay> | undefined {
  const value = toolsWay(learned({ ...hints, ...toolHints(row) }, bothOf(here, anywhere)))
  const taught = teacher('toolsRefused', here, anywhere)
  if (taught) return { value, ...taught }
  if (row?.tools === undefined || !looked) return undefined
  const why = row.tools
    ? 'the catalogue says that it takes tools'
    : 'the catalogue says that it takes no tools'
  return { ...listed(value, looked), why }
}

/** How data is asked for; unknown where nobody has said or learned anything. */
export function schemaFact({
  row,
  looked,
  here,
  anywhere,
  spellings,
}: ForWay): WayFact<SchemaWay> | undefined {
  const value = schemaWay(bothOf(here, anywhere), spellings)
  const taught = teacher('schemaRefused', here, anywhere)
  if (taught) return { value, ...taught }
  if (row?.structured === undefined || !looked) return undefined
  const why = row.structured
    ? 'the catalogue says that it takes schemas'
    : 'the catalogue says that it takes no schemas, which is tried before it is believed'
  return { ...listed(value, looked), why }
}

type ForWay = Pick<BackendSources, 'row' | 'looked' | 'here' | 'anywhere' | 'hints' | 'spellings'>

const bothOf = (here: Lessons | undefined, anywhere: Lessons | undefined): Capabilities =>
  learned(anywhere?.capabilities ?? {}, here?.capabilities ?? {})

function teacher(
  list: 'toolsRefused' | 'schemaRefused',
  ...all: readonly (Lessons | undefined)[]
): Pick<WayFact<unknown>, 'source' | 'at' | 'why'> | undefined {
  const taught = all.find((lessons) => lessons?.capabilities[list]?.length)
  const ways = all.flatMap((lessons) => lessons?.capabilities[list] ?? [])
  return (
    taught && {
      source: 'learned',
      at: new Date(taught.at),
      why: `refused or ignored: ${[...new Set(ways)].join(', ')}`,
    }
  )
}

/** What was learned, each thing for itself. */
export function lessonFacts({ at, capabilities }: Lessons): ModelFacts {
  const { system, images, content, toolChoice, imageUrls, toolCallIds, strict, resultNames } = capabilities
  const learnt = <T>(value: T | undefined): Fact<T> | undefined =>
    value === undefined ? undefined : { value, source: 'learned', at: new Date(at) }
  const parameters = parametersIn(capabilities).map((one) => learnt(one) as Fact<ParameterFact>)
  return known({
    system: learnt(system),
    image: learnt(images),
    content: learnt(content),
    toolChoice: learnt(toolChoice),
    imageUrls: learnt(imageUrls),
    toolCallIds: learnt(toolCallIds),
    strict: learnt(strict),
    resultNames: learnt(resultNames),
    parameters: parameters.length > 0 ? parameters : undefined,
  })
}

function parametersIn(capabilities: Capabilities): readonly ParameterFact[] {
  const {
    paramNames = {},
    omit = [],
    minTemperature,
    maxStops,
    maxTokensLimit,
    effortsRefused,
  } = capabilities
  const limited = (name: string, to: string | undefined): readonly ParameterFact[] =>
    to === undefined ? [] : [{ name, is: 'limited', to }]
  return [
    ...Object.entries(paramNames).map(([name, to]): ParameterFact =>
      to === null ? { name, is: 'refused' } : { name, is: 'renamed', to },
    ),
    ...omit.map((name): ParameterFact => ({ name, is: 'refused' })),
    ...limited('temperature', minTemperature === undefined ? undefined : `${minTemperature} or more`),
    ...limited('stopSequences', maxStops === undefined ? undefined : `at most ${maxStops}`),
    ...limited('maxTokens', maxTokensLimit === undefined ? undefined : `at most ${maxTokensLimit}`),
    ...limited('reasoningEffort', effortsRefused && `other words than ${effortsRefused.join(', ')}`),
  ]
}

type Known<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }

/** The members that are known. */
export const known = <T extends object>(facts: T): Known<T> =>
  Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)) as Known<T>
