import type { SchemaWay, ToolsWay } from '../capabilities/capabilities.ts'
import type {
  BackendFacts,
  Fact,
  FactSource,
  ModelCapabilities,
  ModelFacts,
  ParameterFact,
  WayFact,
} from '../capabilities/model-facts.ts'
import { ago, prices, tokens } from './in-words.ts'
import { table } from './table.ts'

/** All that is known of a model, for a person: by whom, since when, and what is done about it. */
export function pageOf(known: ModelCapabilities, width: number | undefined): string {
  const { model, backends, missing } = known
  return [
    model,
    table([...factsOf(known), ...backends.flatMap((backend) => lessonsOf(backend))]),
    backends.length > 0 ? table([TITLES, ...backends.map(rowOf)], width) : '',
    `What natter does:\n${table(deedsOf(known))}`,
    missing.map(({ message }) => message).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n')
}

type Row = readonly [title: string, what: string, whence: string]

function factsOf(known: ModelCapabilities): readonly Row[] {
  const { gated, alternates, templateTools, callSyntax, contextLength, prices: price } = known
  return [
    ...row('context', contextLength, (value) => `${tokens(value)} tokens`),
    ...row('price', price, (value) => `${prices(value)} for a million tokens in/out`),
    ...common(known),
    ...row('turns', alternates, (value) =>
      value ? 'must alternate between user and assistant' : 'in any order',
    ),
    ...row('tools', templateTools, (value) => (value ? 'are shown to it' : 'are not shown to it')),
    ...row('calls', callSyntax, ({ open, close }) => oneLine(`${open}{…}${close}`)),
    ...row('access', gated, (value) =>
      value === false ? 'open to everybody' : `for those who ask for it (${value})`,
    ),
  ]
}

/** What was learned of one backend, and is no matter of its row. */
const lessonsOf = (backend: BackendFacts): readonly Row[] =>
  common(backend).map(([title, what, whence]): Row => [title, `${what} (at ${backend.name})`, whence])

function common(known: ModelFacts): readonly Row[] {
  const { system, image, content, toolChoice, imageUrls, toolCallIds, strict, resultNames, parameters } =
    known
  return [
    ...row('system prompt', system, (value) =>
      value === 'role'
        ? 'has a role of its own'
        : system?.source === 'hub'
          ? 'may not be read: there is no chat template'
          : 'has no role',
    ),
    ...row('pictures', image, (value) => (value ? 'are seen' : 'are not seen')),
    ...row('picture URLs', imageUrls, () => 'cannot be fetched there'),
    ...row('content', content, (value) => CONTENT[value]),
    ...row('tool choice', toolChoice, () => 'cannot be demanded'),
    ...row('ids of calls', toolCallIds, () => 'must be nine letters and digits'),
    ...row('strict', strict, () => 'is refused'),
    ...row('results', resultNames, () => 'must not name their tool'),
    ...(parameters ?? []).flatMap((one) => row(one.value.name, one, parameter)),
  ]
}

const CONTENT = { text: 'a string', parts: 'a list of parts', both: 'a string or a list of parts' } as const

const parameter = ({ is, to }: ParameterFact): string =>
  is === 'refused' ? 'is refused' : is === 'renamed' ? `is sent as ${to}` : `is limited to ${to}`

const SOURCES: Readonly<Record<FactSource, string>> = {
  catalogue: 'catalogue',
  template: 'chat template',
  hub: 'Hub',
  learned: 'learned',
}

function row<T>(title: string, fact: Fact<T> | undefined, say: (value: T) => string): readonly Row[] {
  return fact ? [[title, say(fact.value), whenceOf(fact)]] : []
}

const whenceOf = ({ source, at, isStale }: Fact<unknown>): string =>
  `${SOURCES[source]}, ${ago(at)}${isStale ? ', too old' : ''}`

const oneLine = (text: string): string => text.replaceAll('\n', String.raw`\n`)

const TITLES = ['backend', 'status', 'context', '$in/$out', 'ms', 'tokens/s', 'tools', 'data']

const rowOf = (backend: BackendFacts): readonly string[] => [
  backend.name,
  backend.status?.value ?? '?',
  tokens(backend.contextLength?.value),
  prices(backend.prices?.value),
  String(backend.latency?.value ?? '?'),
  String(backend.throughput?.value ?? '?'),
  backend.tools ? `${backend.tools.value}${mark(backend.tools)}` : '?',
  backend.structured ? `${backend.structured.value}${mark(backend.structured)}` : '?',
]

const mark = ({ source, at }: Fact<unknown>): string => (source === 'learned' ? ` (learned ${ago(at)})` : '')

const TOOLS: Readonly<Record<ToolsWay, string>> = {
  native: 'offered in the field for tools',
  schema: 'offered as a form for the answer',
  prompt: 'offered in words, and calls are read out of the answer',
}
const DATA: Readonly<Record<SchemaWay, string>> = {
  'json-schema': 'asked for by json_schema',
  value: "asked for by json_object with a value, TGI's way",
  'top-level': "asked for by a schema at the top, Together's way",
  'object-schema': "asked for by json_object with a schema, Fireworks's way",
  'json-object': 'asked for by json_object, the schema in words',
  tool: 'asked for as a call of a tool',
  prompt: 'asked for in words',
}

function deedsOf({ system, tools, structured, image }: ModelCapabilities): readonly (readonly string[])[] {
  return [
    [
      'system prompt',
      system?.value === 'fold'
        ? 'goes into the first question'
        : system
          ? 'is sent as one'
          : 'is sent as one, and goes into the first question where that is refused',
    ],
    ['tools', tools ? way(TOOLS[tools.value], tools) : UNKNOWN],
    ['data', structured ? way(DATA[structured.value], structured) : UNKNOWN],
    [
      'pictures',
      image?.value === false ? 'are refused before anything is sent, with models that can see' : 'are sent',
    ],
  ]
}

const UNKNOWN = 'in the best way first, and in the next where that is refused or ignored'

const way = (what: string, { backend, why }: WayFact<unknown>): string =>
  `${what}${backend === undefined ? '' : `, at ${backend} first`}: ${why}`
