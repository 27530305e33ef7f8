import type { Content } from '../core/content.ts'
import type { BuiltinTool, ChatRequest, ToolChoice, ToolSpec } from '../core/request.ts'
import { merge } from '../lib/merge.ts'
import { DATA_TOOL } from './anthropic-messages-blocks.ts'
import { ANTHROPIC_MESSAGES, type Block } from './anthropic-messages-opaque.ts'
import { spellParams } from './anthropic-messages-params.ts'
import { AnthropicMessagesReader } from './anthropic-messages-reader.ts'
import { type Message, spellTurns } from './anthropic-messages-turns.ts'
import type { Dialect, Quirks, Wire } from './dialect.ts'

/**
 * Anthropic's Messages API, as spoken also by Vertex, OpenRouter, llama-server and the Hugging Face router.
 * https://platform.claude.com/docs/en/api/messages
 */
export const anthropicMessages: Dialect = {
  id: ANTHROPIC_MESSAGES,
  schemaForms: { tools: 'plain', output: 'strict' },
  builtins: ['web-search', 'web-fetch'],
  paramNames: {
    temperature: 'temperature',
    topP: 'top_p',
    topK: 'top_k',
    maxTokens: 'max_tokens',
    stopSequences: 'stop_sequences',
    // The fields they go into, by which a refusal names them.
    reasoningTokens: 'thinking',
    reasoningEffort: 'output_config',
  },

  encode(request: ChatRequest, quirks: Quirks): Wire {
    const { model, system, turns, stream, extra } = request
    const cache = cacheMark(request, quirks)
    const params = spellParams(request.params, { ...this.paramNames, ...quirks.paramNames })
    let body: Record<string, unknown> = {
      model,
      ...params,
      ...(system && system.trim() !== '' && { system: [{ type: 'text', text: system, ...cache }] }),
      messages: marked(spellTurns(turns), cache),
      ...toolFields(request, quirks, params.thinking),
      ...(request.schema &&
        quirks.structuredBy !== 'tool' && {
          output_config: {
            ...(params.output_config as object | undefined),
            format: { type: 'json_schema', schema: request.schema.schema },
          },
        }),
      ...(stream && { stream }),
    }
    for (const field of quirks.omit ?? []) delete body[field]
    if (extra) body = merge(body, extra)
    const betas = betasOf(request)
    return {
      path: 'messages',
      body,
      ...(betas.length > 0 && { headers: { 'anthropic-beta': betas.join() } }),
    }
  },

  reader: () => new AnthropicMessagesReader(),
}

/** The mark behind which a prompt is cached. Five minutes are not said: Bedrock refuses "cache_control.ephemeral.ttl: Extra inputs are not permitted". */
function cacheMark({ cache }: ChatRequest, { promptCache }: Quirks): { readonly cache_control?: unknown } {
  const kept = cache ?? (promptCache === false ? 'none' : '5m')
  if (kept === 'none') return {}
  return { cache_control: { type: 'ephemeral', ...(kept === '1h' && { ttl: kept }) } }
}

/** The messages with the mark on the last block: the next request begins with all of this one. */
function marked(messages: readonly Message[], mark: object): readonly Message[] {
  const last = messages.at(-1)
  const block = last?.content.at(-1)
  if (!last || !block) return messages
  return [
    ...messages.slice(0, -1),
    { ...last, content: [...last.content.slice(0, -1), { ...block, ...mark }] },
  ]
}

/** The tools and the choice among them. */
function toolFields(
  { tools = [], builtins = [], toolChoice, schema }: ChatRequest,
  { structuredBy }: Quirks,
  thinking: unknown,
): Readonly<Record<string, unknown>> {
  const isByTool = schema !== undefined && structuredBy === 'tool'
  const spelled = [
    ...tools.map(spellTool),
    ...builtins.map(spellBuiltin),
    ...(isByTool
      ? [spellTool({ name: DATA_TOOL, description: 'Takes the data asked for.', inputSchema: schema.schema })]
      : []),
  ]
  if (spelled.length === 0) return {}
  if (!isByTool) return { tools: spelled, ...(toolChoice && { tool_choice: spellChoice(toolChoice) }) }
  // "Thinking may not be enabled when tool_choice forces tool use."
  const isFree = thinking !== undefined && (thinking as Block).type !== 'disabled'
  return { tools: spelled, tool_choice: isFree ? { type: 'auto' } : { type: 'tool', name: DATA_TOOL } }
}

const spellTool = ({ name, description, inputSchema }: ToolSpec): unknown => ({
  name,
  ...(description && { description }),
  input_schema: inputSchema,
})

function spellChoice(choice: ToolChoice): unknown {
  if (typeof choice === 'object') return { type: 'tool', name: choice.name }
  return { type: choice === 'required' ? 'any' : choice }
}

/**
 * The versions that every model takes. https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool,
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-fetch-tool
 */
function spellBuiltin({ type, maxUses, allowedDomains, blockedDomains, userLocation }: BuiltinTool): unknown {
  return {
    ...(type === 'web-search'
      ? { type: 'web_search_20250305', name: 'web_search' }
      : { type: 'web_fetch_20250910', name: 'web_fetch' }),
    ...(maxUses !== undefined && { max_uses: maxUses }),
    ...(allowedDomains && { allowed_domains: allowedDomains }),
    ...(blockedDomains && { blocked_domains: blockedDomains }),
    ...(type === 'web-search' && userLocation && { user_location: { type: 'approximate', ...userLocation } }),
  }
}

/** The betas that a request needs, for files of the Files API and for fetching pages. */
function betasOf({ turns, builtins = [] }: ChatRequest): readonly string[] {
  const isFile = (content: Content): boolean =>
    (content.type === 'media' && content.fileId !== undefined) ||
    (content.type === 'tool-result' && content.media?.some(isFile) === true)
  return [
    ...(turns.some(({ contents }) => contents.some(isFile)) ? ['files-api-2025-04-14'] : []),
    ...(builtins.some(({ type }) => type === 'web-fetch') ? ['web-fetch-2025-09-10'] : []),
  ]
}
