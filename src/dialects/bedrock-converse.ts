import type { BuiltinTool, ChatRequest, PromptCache, ToolChoice, ToolSpec } from '../core/request.ts'
import type { Turn } from '../core/turn.ts'
import { AwsEventStream } from '../lib/aws-event-stream.ts'
import { isObject, merge } from '../lib/merge.ts'
import { cachesPrompts, isVersedInTools, takesSchema } from './bedrock-converse-models.ts'
import { spellParams } from './bedrock-converse-params.ts'
import { BedrockConverseReader, DATA_TOOL } from './bedrock-converse-reader.ts'
import { type Block, ID, type Message, spellTurns } from './bedrock-converse-turns.ts'
import type { Dialect, Quirks, Wire } from './dialect.ts'

/**
 * Amazon Bedrock's Converse and ConverseStream, which speak to the models of many makers.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const bedrockConverse: Dialect = {
  id: ID,
  schemaForms: { tools: 'plain', output: 'strict' },
  paramNames: {
    temperature: 'temperature',
    topP: 'topP',
    topK: 'top_k',
    maxTokens: 'maxTokens',
    stopSequences: 'stopSequences',
    reasoningEffort: 'reasoning_effort',
    reasoningTokens: 'thinking',
  },
  framer: (onPayload) => new AwsEventStream(onPayload),
  builtins: ['web-search'],

  encode(request: ChatRequest, quirks: Quirks): Wire {
    const { model, system, turns, schema, stream, extra } = request
    const isCaching = quirks.promptCache !== false && cachesPrompts(model)
    const cache = request.cache ?? (isCaching ? '5m' : 'none')
    const isNative = quirks.structuredBy !== 'tool' && takesSchema(model)
    const params = spellParams(request, { ...this.paramNames, ...quirks.paramNames })
    const toolConfig = spellTools(request, { isNative, isThinking: isThinking(params) })
    let body: Record<string, unknown> = {
      messages: cached(spellTurns(turns, model), cache),
      ...(system?.trim() && { system: [{ text: system }, ...cachePoint(cache)] }),
      ...(toolConfig && { toolConfig }),
      ...(schema &&
        isNative && {
          outputConfig: {
            textFormat: {
              type: 'json_schema',
              structure: { jsonSchema: { name: schema.name, schema: JSON.stringify(schema.schema) } },
            },
          },
        }),
    }
    body = merge(body, params)
    for (const field of quirks.omit ?? []) delete body[field]
    if (extra) body = merge(body, extra)
    return { path: `model/${encodeURIComponent(model)}/converse${stream ? '-stream' : ''}`, body }
  },

  reader: () => new BedrockConverseReader(),
}

const cachePoint = (cache: PromptCache): readonly Block[] =>
  cache === 'none' ? [] : [{ cachePoint: { type: 'default', ...(cache === '1h' && { ttl: cache }) } }]

/** A mark at the end of the conversation; before documents that stand there, since none may follow a document. */
function cached(messages: readonly Message[], cache: PromptCache): readonly Message[] {
  const last = messages.at(-1)
  if (last?.role !== 'user') return messages
  const { content } = last
  const end = content.findLastIndex((block) => !('document' in block)) + 1
  if (end === 0) return messages
  const marked = [...content.slice(0, end), ...cachePoint(cache), ...content.slice(end)]
  return [...messages.slice(0, -1), { ...last, content: marked }]
}

/** How an answer in the form of a schema is asked for: by the API's own means, or by a tool, which thinking lets nobody force. */
interface Mode {
  readonly isNative: boolean
  readonly isThinking: boolean
}

/** "Thinking may not be enabled when tool_choice forces tool use." */
function isThinking({ additionalModelRequestFields: fields }: Readonly<Record<string, unknown>>): boolean {
  if (!isObject(fields)) return false
  const { thinking = fields.reasoning_config } = fields
  return isObject(thinking) && thinking.type !== 'disabled'
}

/**
 * The tools, the provider's own, and the one that an answer in the form of a schema is given through. They stay for as long as the
 * conversation knows a call: "The toolConfig field must be defined when using toolUse and toolResult content blocks."
 */
function spellTools(request: ChatRequest, mode: Mode): Block | undefined {
  const { model, turns, tools = [], builtins = [], toolChoice, schema } = request
  if (tools.some(({ name }) => name === DATA_TOOL))
    throw new TypeError(
      `a tool for Bedrock may not be named ${DATA_TOOL}: answers with a schema come through it`,
    )
  const called = namesCalled(turns)
  const isOffered = toolChoice !== 'none' || called.length > 0
  const offered = isOffered ? [...tools.map(spellTool), ...builtins.map(spellBuiltin)] : []
  const isData = schema !== undefined && !mode.isNative
  if (isData) offered.push(dataTool(schema))
  if (offered.length === 0) offered.push(...called.map(formerTool))
  if (offered.length === 0) return undefined
  const mayForce = isVersedInTools(model) && !mode.isThinking
  const choice = isData ? (mayForce ? { name: DATA_TOOL } : 'auto') : toolChoice
  return { tools: offered, ...(choice && spellChoice(choice)) }
}

const spellTool = ({ name, description, inputSchema }: ToolSpec): Block => ({
  toolSpec: { name, ...(description && { description }), inputSchema: { json: inputSchema } },
})

/**
 * Nova's search of the web, the only tool that runs on Bedrock's side; it cannot be told where to look.
 * https://docs.aws.amazon.com/nova/latest/nova2-userguide/web-grounding.html
 */
function spellBuiltin({ type, ...limits }: BuiltinTool): Block {
  if (type !== 'web-search') throw new TypeError(`Bedrock has no ${type}: use a tool of your own`)
  const [limit] = Object.entries(limits).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (limit) throw new TypeError(`Bedrock's web search takes no ${limit}: leave it out`)
  return { systemTool: { name: 'nova_grounding' } }
}

const dataTool = ({ schema }: NonNullable<ChatRequest['schema']>): Block => ({
  toolSpec: {
    name: DATA_TOOL,
    description: 'Gives the answer to the user, as data. Call this once, instead of writing text.',
    inputSchema: { json: schema },
  },
})

const formerTool = (name: string): Block => ({
  toolSpec: { name, description: 'No longer there.', inputSchema: { json: { type: 'object' } } },
})

const namesCalled = (turns: readonly Turn[]): readonly string[] => [
  ...new Set(
    turns.flatMap(({ contents }) =>
      contents.flatMap((content) =>
        content.type === 'tool-call' || content.type === 'tool-result' ? [content.name] : [],
      ),
    ),
  ),
]

/** There is no choice of no tool. */
function spellChoice(choice: ToolChoice): { readonly toolChoice?: Block } {
  if (choice === 'none') return {}
  if (typeof choice === 'object') return { toolChoice: { tool: { name: choice.name } } }
  return { toolChoice: choice === 'required' ? { any: {} } : { auto: {} } }
}
