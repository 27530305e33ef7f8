/**
 * What the Converse API takes depends on who made the model, and a model's id says who: `anthropic.claude-…`, behind a region
 * (`us.`, `global.`) or in an ARN (`…:inference-profile/us.anthropic.…`). An ARN of an application's own profile says nothing: such
 * a model is taken for one that can do all.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html
 */
const madeBy = (makers: string): RegExp => new RegExp(`(?:^|[./])(?:${makers})`)

const CLAUDE = madeBy('anthropic\\.')
const NOVA = madeBy('amazon\\.nova')
const OTHERS = madeBy(
  '(?:ai21|cohere|deepseek|google|meta|minimax|mistral|moonshot(?:ai)?|nvidia|openai|qwen|writer|zai)\\.|amazon\\.titan',
)
const NATIVE = madeBy(
  '(?:deepseek|google|minimax|moonshot(?:ai)?|nvidia|openai|qwen)\\.|mistral\\.(?:ministral|magistral|mistral-large-3)',
)

/** Whether a model is one of Anthropic's. */
export const isClaude = (model: string): boolean => CLAUDE.test(model)

/** Whether a model is one of Amazon's Nova. */
export const isNova = (model: string): boolean => NOVA.test(model)

/** Whether a model is one of Alibaba's Qwen. */
export const isQwen = (model: string): boolean => /(?:^|[./])qwen\./.test(model)

/**
 * Whether a model may be forced to call a tool, and told of a tool's failure by a status: "This model doesn't support the
 * toolConfig.toolChoice.any field", "This model doesn't support the status field" say those of other makers.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolChoice.html
 */
export const isVersedInTools = (model: string): boolean => !OTHERS.test(model)

/**
 * Whether a model that cannot be forced to call a tool takes a JSON Schema for its text.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export const takesSchema = (model: string): boolean => NATIVE.test(model)

/**
 * Whether prompts are cached unless one says otherwise. Claude before 3.5 Haiku and 3.5 Sonnet of October 2024 refuses: "You invoked
 * an unsupported model or your request did not allow prompt caching".
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export const cachesPrompts = (model: string): boolean =>
  isNova(model) ||
  (isClaude(model) && !/claude-(?:v\d|instant|3-(?:haiku|sonnet|opus)|3-5-sonnet-20240620)/.test(model))
