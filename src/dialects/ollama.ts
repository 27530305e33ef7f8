import { isStandardParam } from '../core/params.ts'
import type { ChatRequest, ToolSpec } from '../core/request.ts'
import { LineFramer } from '../lib/line-framing.ts'
import { merge } from '../lib/merge.ts'
import type { Dialect, Quirks, Wire } from './dialect.ts'
import { spellTurn } from './ollama-messages.ts'
import { OllamaReader } from './ollama-reader.ts'

type Fields = Readonly<Record<string, unknown>>

/** Parameters that stand beside `options`; every other one is an option. */
const TOP_LEVEL = new Set([
  'think',
  'format',
  'keep_alive',
  'truncate',
  'shift',
  'logprobs',
  'top_logprobs',
  '_debug_render_only',
])

/**
 * Ollama's own API, which takes what its copy of OpenAI's does not: the size of the context, how long a model stays loaded,
 * thinking. A parameter that is not a standard one goes into `options` under its own name, such as `num_ctx` and `min_p`, but
 * for `think`, `keep_alive` and the few others that stand at the top. `reasoningEffort` is `think`: `none` and `off` switch
 * thinking off, `on` switches it on, any other word is sent as the level. No tool can be demanded here, so that a `toolChoice`
 * of `required` or of one tool is not sent; for `none` the tools are left out. Pictures go as bytes only.
 * https://docs.ollama.com/api/chat
 */
export const ollama: Dialect = {
  id: 'ollama',
  // Its templates see only part of a parameter's schema, and no `$ref`.
  schemaForms: { tools: 'inlined', output: 'plain' },
  framer: (onPayload) => new LineFramer(onPayload),
  paramNames: {
    temperature: 'temperature',
    topP: 'top_p',
    topK: 'top_k',
    frequencyPenalty: 'frequency_penalty',
    presencePenalty: 'presence_penalty',
    seed: 'seed',
    maxTokens: 'num_predict',
    logProbs: 'logprobs',
    stopSequences: 'stop',
    reasoningEffort: 'think',
  },

  encode(request: ChatRequest, quirks: Quirks): Wire {
    const { model, system, turns, tools = [], toolChoice, schema, stream, extra } = request
    const messages = turns.flatMap((turn) => spellTurn(turn))
    const { options, ...fields } = spell(request.params, { ...this.paramNames, ...quirks.paramNames })
    for (const field of quirks.omit ?? []) delete options[field]
    let body: Record<string, unknown> = {
      model,
      messages: system ? [{ role: 'system', content: system }, ...messages] : messages,
      stream, // it streams unless it is told not to
      ...fields,
      ...(Object.keys(options).length > 0 && { options }),
      ...(tools.length > 0 && toolChoice !== 'none' && { tools: tools.map(spellTool) }),
      ...(schema && { format: schema.schema }),
    }
    for (const field of quirks.omit ?? []) delete body[field]
    if (extra) body = merge(body, extra)
    return { path: 'api/chat', body }
  },

  reader: () => new OllamaReader(),
}

function spell(
  params: ChatRequest['params'],
  names: NonNullable<Quirks['paramNames']>,
): Record<string, unknown> & { readonly options: Record<string, unknown> } {
  const options: Record<string, unknown> = {}
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    const wireName = isStandardParam(name) ? names[name] : name
    if (!wireName) continue
    if (!TOP_LEVEL.has(wireName)) options[wireName] = value
    else fields[wireName] = wireName === 'think' ? spellThink(value) : value
  }
  return { ...fields, options }
}

const THINK: Readonly<Record<string, boolean>> = { none: false, off: false, on: true }

const spellThink = (effort: unknown): unknown =>
  typeof effort === 'string' ? (THINK[effort] ?? effort) : effort

const spellTool = ({ name, description, inputSchema }: ToolSpec): Fields => ({
  type: 'function',
  function: { name, description, parameters: inputSchema },
})
