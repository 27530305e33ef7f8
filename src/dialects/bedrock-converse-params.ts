import { isStandardParam } from '../core/params.ts'
import type { ChatRequest } from '../core/request.ts'
import { merge } from '../lib/merge.ts'
import type { Quirks } from './dialect.ts'
import { isClaude, isNova, isQwen } from './bedrock-converse-models.ts'

type JsonObject = Readonly<Record<string, unknown>>

const INFERENCE: ReadonlySet<string> = new Set(['temperature', 'topP', 'maxTokens', 'stopSequences'])

/** The body's own members; every other parameter that is not a standard one is the model's. */
const OWN: ReadonlySet<string> = new Set([
  'additionalModelRequestFields',
  'additionalModelResponseFieldPaths',
  'guardrailConfig',
  'outputConfig',
  'performanceConfig',
  'promptVariables',
  'requestMetadata',
  'serviceTier',
])

/** Parameters where the API wants them: in `inferenceConfig`, in `additionalModelRequestFields` as the model calls them, or in the body itself. */
export function spellParams(
  { model, params }: ChatRequest,
  names: NonNullable<Quirks['paramNames']>,
): Record<string, unknown> {
  const inference: Record<string, unknown> = {}
  const own: Record<string, unknown> = {}
  let fields: JsonObject = {}
  for (const [name, value] of Object.entries(params)) {
    const wireName = isStandardParam(name) ? names[name] : name
    if (!wireName) continue
    if (INFERENCE.has(name)) inference[wireName] = value
    else if (OWN.has(name)) own[name] = value
    else fields = merge(fields, fieldsOf(name, wireName, value, model))
  }
  return merge(
    {
      ...(Object.keys(inference).length > 0 && { inferenceConfig: inference }),
      ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
    },
    own,
  )
}

/**
 * Thinking: Claude takes a budget of tokens or a depth of its own choice, Nova 2 a depth, Qwen its depth as `reasoning_config`; for all
 * others the names are those that AWS documents first.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-reasoning.html
 * https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 */
function fieldsOf(name: string, wireName: string, value: unknown, model: string): JsonObject {
  if (name === 'topK' && isNova(model)) return { inferenceConfig: { topK: value } }
  if (name === 'reasoningTokens') {
    const thinking = value === 0 ? { type: 'disabled' } : { type: 'enabled', budget_tokens: value }
    return isClaude(model) ? { thinking } : { reasoning_config: thinking }
  }
  if (name !== 'reasoningEffort') return { [wireName]: value }
  if (isClaude(model))
    return value === 'none'
      ? { thinking: { type: 'disabled' } }
      : { thinking: { type: 'adaptive' }, output_config: { effort: value } }
  if (isNova(model))
    return {
      reasoningConfig:
        value === 'none' ? { type: 'disabled' } : { type: 'enabled', maxReasoningEffort: value },
    }
  return { [isQwen(model) ? 'reasoning_config' : wireName]: value }
}
