import { isStandardParam } from '../core/params.ts'
import type { ChatRequest, ToolChoice, ToolSpec } from '../core/request.ts'
import type { JsonSchema } from '../core/schema.ts'
import { merge } from '../lib/merge.ts'
import { EPHEMERAL, marked, spellSystem, spellTurns } from './cortex-complete-messages.ts'
import { CortexCompleteReader } from './cortex-complete-reader.ts'
import type { Dialect, Quirks, Wire } from './dialect.ts'
import { mapParts } from './schema-shape.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * Snowflake's own `inference:complete`. The base URL is the account's. `reasoningEffort` is for its OpenAI models,
 * `reasoningTokens` for its Anthropic ones. There is no `toolChoice` of `none`: the tools are left out. A prompt is cached for
 * five minutes where `cache` asks for it, which Anthropic models want to be told. Pictures go as bytes only.
 * https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api
 */
export const cortexComplete: Dialect = {
  id: 'cortex-complete',
  schemaForms: { tools: 'plain', output: 'strict' },
  paramNames: {
    temperature: 'temperature',
    topP: 'top_p',
    maxTokens: 'max_tokens',
    reasoningEffort: 'openai',
    reasoningTokens: 'anthropic',
  },

  encode(request: ChatRequest, quirks: Quirks): Wire {
    const { model, system, turns, tools = [], toolChoice, schema, cache, stream, extra } = request
    if (cache === '1h')
      throw new TypeError("Snowflake keeps a prompt for 5 minutes, no longer: pass cache: '5m'")
    const isCached = cache === '5m'
    const messages = spellTurns(turns)
    const last = messages.at(-1)
    if (isCached && last) messages[messages.length - 1] = marked(last)
    let body: Record<string, unknown> = {
      model,
      messages: system ? [spellSystem(system, isCached), ...messages] : messages,
      ...spell(request.params, { ...this.paramNames, ...quirks.paramNames }),
      stream, // it streams unless it is told not to
      ...(tools.length > 0 &&
        toolChoice !== 'none' && {
          tools: tools.map((tool, i) => ({
            ...spellTool(tool),
            ...(isCached && i === tools.length - 1 && EPHEMERAL),
          })),
          ...(toolChoice && { tool_choice: spellChoice(toolChoice) }),
        }),
      ...(schema && {
        // Its OpenAI models demand `additionalProperties: false`, its others know no such keyword.
        response_format: {
          type: 'json',
          schema: model.startsWith('openai-') ? schema.schema : open(schema.schema),
        },
      }),
    }
    for (const field of quirks.omit ?? []) delete body[field]
    if (extra) body = merge(body, extra)
    return { path: 'api/v2/cortex/inference:complete', body }
  },

  reader: () => new CortexCompleteReader(),
}

const STRUCTURED: Readonly<Record<string, (value: unknown) => unknown>> = {
  openai: (effort) => ({ reasoning: { effort } }),
  anthropic: (tokens) => ({ thinking: { budget_tokens: tokens } }),
}

function spell(params: ChatRequest['params'], names: NonNullable<Quirks['paramNames']>): Fields {
  const spelled: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    const isStandard = isStandardParam(name)
    const wireName = isStandard ? names[name] : name
    if (wireName) spelled[wireName] = isStandard ? (STRUCTURED[wireName]?.(value) ?? value) : value
  }
  return spelled
}

/** A schema whose objects are not said to be closed. */
function open(schema: JsonSchema): JsonSchema {
  const { additionalProperties: more, ...rest } = mapParts(schema, open)
  return more === undefined || more === false ? rest : { ...rest, additionalProperties: more }
}

const spellTool = ({ name, description, inputSchema }: ToolSpec): Fields => ({
  tool_spec: { type: 'generic', name, description, input_schema: open(inputSchema) },
})

const spellChoice = (choice: Exclude<ToolChoice, 'none'>): Fields =>
  typeof choice === 'string' ? { type: choice } : { type: 'tool', name: [choice.name] }
