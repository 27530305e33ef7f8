import { isObject } from '../lib/merge.ts'
import { isClaude } from './bedrock-converse-models.ts'
import type { Wire } from './dialect.ts'

/** How a family of servers is asked how many tokens a request takes. */
export interface TokenCounter {
  /** The question about a request as it would be sent; undefined where the tokens of its model cannot be counted. */
  ask(wire: Wire): Wire | undefined
  /** The count that is answered; undefined where there is none. */
  read(body: unknown): number | undefined
}

type Body = Wire['body']

const counter = (member: string, ask: (wire: Wire) => Wire | undefined): TokenCounter => ({
  ask,
  read(body) {
    const count = isObject(body) ? body[member] : undefined
    return typeof count === 'number' && count >= 0 ? count : undefined
  },
})

/** The members of a body that the endpoint knows; it refuses others. */
const only = (body: Body, names: readonly string[]): Body =>
  Object.fromEntries(Object.entries(body).filter(([name]) => names.includes(name)))

const ANTHROPIC = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'cache_control',
  'context_management',
  'mcp_servers',
]

/** Anthropic's `messages/count_tokens`. https://platform.claude.com/docs/en/api/messages/count_tokens */
export const anthropicCounter: TokenCounter = counter('input_tokens', (wire) => ({
  ...wire,
  path: 'messages/count_tokens',
  body: only(wire.body, ANTHROPIC),
}))

const RESPONSES = [
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'truncation',
]

/** OpenAI's `responses/input_tokens`. https://platform.openai.com/docs/api-reference/responses/input-tokens */
export const responsesCounter: TokenCounter = counter('input_tokens', (wire) => ({
  ...wire,
  path: 'responses/input_tokens',
  body: only(wire.body, RESPONSES),
}))

/** llama-server's `chat/completions/input_tokens`, which takes a request as it is. */
export const completionsCounter: TokenCounter = counter('input_tokens', (wire) => ({
  ...wire,
  path: 'chat/completions/input_tokens',
}))

/** The Gemini API's `countTokens`, about a whole request. https://ai.google.dev/api/tokens */
export const geminiCounter: TokenCounter = counter('totalTokens', (wire) => {
  const model = googlePath(wire)
  return {
    ...wire,
    path: `${model}:countTokens`,
    body: { generateContentRequest: { model: decodeURIComponent(model), ...wire.body } },
  }
})

const VERTEX = ['contents', 'systemInstruction', 'tools', 'generationConfig']

/** Vertex AI's `countTokens`. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens */
export const vertexCounter: TokenCounter = counter('totalTokens', (wire) => ({
  ...wire,
  path: `${googlePath(wire)}:countTokens`,
  body: only(wire.body, VERTEX),
}))

const googlePath = ({ path }: Wire): string => path.replace(/:\w+(?:\?.*)?$/, '')

const CONVERSE = ['messages', 'system', 'toolConfig', 'additionalModelRequestFields']

/**
 * Bedrock's CountTokens, which knows Anthropic's models only, and these by their own id, not by that of an inference profile.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
 */
export const converseCounter: TokenCounter = counter('inputTokens', (wire) => {
  const model = decodeURIComponent(/^model\/([^/]+)\//.exec(wire.path)?.[1] ?? '')
  const id = /(?:^|[./])(anthropic\.[^/]+)$/.exec(model)?.[1]
  if (id === undefined || !isClaude(model)) return undefined
  return {
    ...wire,
    path: `model/${encodeURIComponent(id)}/count-tokens`,
    body: { input: { converse: only(wire.body, CONVERSE) } },
  }
})
