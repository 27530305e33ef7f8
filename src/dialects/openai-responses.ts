import { isStandardParam } from '../core/params.ts'
import type { BuiltinTool, ChatRequest, OutputSchema, ToolChoice, ToolSpec } from '../core/request.ts'
import { isObject, merge } from '../lib/merge.ts'
import type { Dialect, Quirks, Wire } from './dialect.ts'
import { spellInput } from './openai-responses-input.ts'
import { OPENAI_RESPONSES } from './openai-responses-items.ts'
import { OpenAIResponsesReader } from './openai-responses-reader.ts'

/**
 * The families that do not reason and say "Encrypted content is not supported with this model." when asked for it. They are history
 * and grow no more; any other model that says so is learnt from the refusal.
 */
const NEVER_REASONS = /(?:^|\/)(?:gpt-[34]|gpt-5-chat|chatgpt-4o)/

/**
 * OpenAI's responses, as spoken by Azure, xAI, OpenRouter, the Hugging Face router, vLLM, llama-server and LM Studio. Nothing is
 * stored on the server: every request brings the whole conversation, the model's encrypted reasoning included.
 * https://platform.openai.com/docs/api-reference/responses/create
 */
export const openaiResponses: Dialect = {
  id: OPENAI_RESPONSES,
  schemaForms: { tools: 'plain', output: 'strict' },
  schemaSpellings: ['json-schema', 'json-object'],
  builtins: ['web-search'],
  paramNames: {
    temperature: 'temperature',
    topP: 'top_p',
    frequencyPenalty: 'frequency_penalty',
    presencePenalty: 'presence_penalty',
    maxTokens: 'max_output_tokens',
    logProbs: 'top_logprobs',
    reasoningEffort: 'reasoning',
  },

  encode(request: ChatRequest, quirks: Quirks): Wire {
    const { model, system, turns, tools = [], builtins = [], toolChoice, schema, stream, extra } = request
    const { params, include } = spellParams(request, { ...this.paramNames, ...quirks.paramNames })
    const limit = builtins.find(({ maxUses }) => maxUses !== undefined)?.maxUses
    let body: Record<string, unknown> = {
      model,
      ...(system && { instructions: system }),
      input: spellInput(turns, quirks),
      ...(tools.length + builtins.length > 0 && {
        tools: [...tools.map(spellTool), ...builtins.map(spellBuiltin)],
      }),
      ...(limit !== undefined && { max_tool_calls: limit }),
      ...(toolChoice && { tool_choice: spellChoice(toolChoice) }),
      store: false,
      ...(include.length > 0 && { include }),
      ...params,
      ...(schema && {
        text: { ...(isObject(params.text) && params.text), format: spellSchema(schema, quirks) },
      }),
      ...(stream && { stream }),
    }
    for (const field of quirks.omit ?? []) delete body[field]
    if (extra) body = merge(body, extra)
    return { path: 'responses', body }
  },

  reader: () => new OpenAIResponsesReader(),
}

/** The parameters in the body's words, and what they ask to be included. */
function spellParams(
  { model, params }: ChatRequest,
  names: NonNullable<Quirks['paramNames']>,
): { readonly params: Readonly<Record<string, unknown>>; readonly include: readonly string[] } {
  const spelled: Record<string, unknown> = {}
  const include = NEVER_REASONS.test(model) ? [] : ['reasoning.encrypted_content']
  for (const [name, value] of Object.entries(params)) {
    const wireName = isStandardParam(name) ? names[name] : name
    if (!wireName) continue
    if (name === 'reasoningEffort' && wireName === 'reasoning')
      spelled.reasoning = { effort: value, summary: 'auto' }
    else if (name === 'logProbs' && wireName === 'top_logprobs') {
      if (value !== true) continue
      spelled.top_logprobs = 0 // no alternatives: those of what was said come by `include`
      include.push('message.output_text.logprobs')
    } else spelled[wireName] = value
  }
  return { params: spelled, include }
}

/** Not strict, which is the default here and refuses what a caller's schema may well hold. */
const spellTool = ({ name, description, inputSchema }: ToolSpec): unknown => ({
  type: 'function',
  name,
  description,
  parameters: inputSchema,
  strict: false,
})

/** https://platform.openai.com/docs/guides/tools-web-search */
function spellBuiltin({ type, allowedDomains, blockedDomains, userLocation }: BuiltinTool): unknown {
  if (type !== 'web-search')
    throw new TypeError(`there is no ${type} on the server's side here: give the chat a tool of its own`)
  const filters = {
    ...(allowedDomains && { allowed_domains: allowedDomains.map(bareDomain) }),
    ...(blockedDomains && { blocked_domains: blockedDomains.map(bareDomain) }),
  }
  return {
    type: 'web_search',
    ...(Object.keys(filters).length > 0 && { filters }),
    ...(userLocation && { user_location: { type: 'approximate', ...userLocation } }),
  }
}

const bareDomain = (domain: string): string => domain.replace(/^https?:\/\//, '')

const spellChoice = (choice: ToolChoice): unknown =>
  typeof choice === 'string' ? choice : { type: 'function', name: choice.name }

const spellSchema = ({ name, schema }: OutputSchema, { schemaSpelling, strict }: Quirks): unknown =>
  schemaSpelling === 'json-object'
    ? { type: 'json_object' }
    : { type: 'json_schema', name, schema, ...(strict !== false && { strict: true }) }
