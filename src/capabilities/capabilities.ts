import type { StandardParam } from '../core/params.ts'
import type { SchemaSpelling } from '../dialects/dialect.ts'

/** How tools are offered: by the server's own field, as a form the answer must have, or in words. Each is the next one's resort. */
export type ToolsWay = 'native' | 'schema' | 'prompt'

/** How data in a form is asked for: by one of the spellings of `response_format`, as a call of a tool, or in words. */
export type SchemaWay = SchemaSpelling | 'tool' | 'prompt'

/** How a model writes a tool call into its text. */
export interface CallSyntax {
  readonly open: string
  readonly close: string
  /** What its JSON calls the arguments. */
  readonly form: 'json-arguments' | 'json-parameters'
}

/** What a model at a provider can and cannot do. Absent means unknown, and unknown is tried. */
export interface Capabilities {
  /** Other names for parameters; `null` for one that is refused. Lies over the dialect's and the provider's names. */
  readonly paramNames?: Readonly<Partial<Record<StandardParam, string | null>>>
  /** Body fields and extra parameters that are refused. */
  readonly omit?: readonly string[]
  readonly toolCallIds?: 'nine'
  /** `fold`: there is no system role, so the prompt goes into the first user turn. */
  readonly system?: 'fold'
  /** Ways of offering tools that were refused or ignored. */
  readonly toolsRefused?: readonly ToolsWay[]
  /** `auto`: no tool can be demanded, or all but `auto` and `none` is refused. */
  readonly toolChoice?: 'auto'
  /** Ways of asking for data in a form that were refused or ignored. */
  readonly schemaRefused?: readonly SchemaWay[]
  /** Whether `strict` beside a schema is taken. */
  readonly strict?: false
  /** What a message's content must be: `parts` a list, `text` a string. */
  readonly content?: 'text' | 'parts'
  /** Whether the name of a tool may stand beside its result. */
  readonly resultNames?: false
  /** Whether pictures are seen. */
  readonly images?: boolean
  /** `inline`: the server cannot fetch a picture by its URL. */
  readonly imageUrls?: 'inline'
  /** The smallest temperature that is taken. */
  readonly minTemperature?: number
  /** The most stop sequences. */
  readonly maxStops?: number
  /** The highest token limit that is taken. */
  readonly maxTokensLimit?: number
  /** Words for the reasoning effort that are refused. */
  readonly effortsRefused?: readonly string[]
  /** The model's own way of writing a call, where tools must be offered in words. */
  readonly callSyntax?: CallSyntax
}

const LISTS = ['omit', 'toolsRefused', 'schemaRefused', 'effortsRefused'] as const

/** What is known by `patch` as well, which wins. */
export function learned(known: Capabilities, patch: Capabilities): Capabilities {
  const lists = LISTS.flatMap((name) => {
    const all = [...new Set([...(known[name] ?? []), ...(patch[name] ?? [])])]
    return all.length > 0 ? [[name, all] as const] : []
  })
  const paramNames = { ...known.paramNames, ...patch.paramNames }
  return {
    ...known,
    ...patch,
    ...(Object.keys(paramNames).length > 0 && { paramNames }),
    ...Object.fromEntries(lists),
  }
}

/** From the best to the last resort. */
export const TOOLS_WAYS: readonly ToolsWay[] = ['native', 'schema', 'prompt']
/** From the best to the last resort. */
export const SCHEMA_WAYS: readonly SchemaWay[] = [
  'json-schema',
  'value',
  'top-level',
  'object-schema',
  'json-object',
  'tool',
  'prompt',
]

/** Whether a dialect knows a way at all: its own, and the last resorts, every one does. */
const isWay = (way: SchemaWay, spellings: readonly SchemaSpelling[] = ['json-schema']): boolean =>
  way === 'tool' || way === 'prompt' || spellings.includes(way)

/** How data is asked for by what is known, where a dialect has these spellings. */
export const schemaWay = (
  { schemaRefused = [], toolsRefused = [] }: Capabilities,
  spellings?: readonly SchemaSpelling[],
): SchemaWay =>
  SCHEMA_WAYS.find(
    (way) =>
      isWay(way, spellings) &&
      !schemaRefused.includes(way) &&
      !(way === 'tool' && toolsRefused.includes('native')),
  ) ?? 'prompt'

/** How tools are offered by what is known. A form that the server does not hold the model to is no better than words. */
export const toolsWay = (known: Capabilities): ToolsWay =>
  TOOLS_WAYS.find(
    (way) =>
      !known.toolsRefused?.includes(way) &&
      !(way === 'schema' && known.schemaRefused?.includes('json-schema')),
  ) ?? 'prompt'
