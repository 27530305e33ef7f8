export type { ChatOptions } from './chat-with.ts'
export { chat, models } from './chats.ts'
export {
  chatAwsBedrock,
  chatAzureOpenAI,
  chatCloudflare,
  chatCortexAnalyst,
  chatDatabricks,
  chatGoogleVertex,
  chatSnowflake,
} from './chats-clouds.ts'
export type {
  AwsBedrockOptions,
  AzureOpenAIOptions,
  CloudflareOptions,
  CortexAnalystOptions,
  DatabricksChatOptions,
  GoogleVertexOptions,
  SnowflakeChatOptions,
} from './chats-clouds.ts'
export {
  chatGitHub,
  chatGroq,
  chatHuggingFace,
  chatOpenRouter,
  chatPerplexity,
  chatPortkey,
} from './chats-hosts.ts'
export type { HuggingFaceOptions, OpenRouterOptions, PortkeyOptions } from './chats-hosts.ts'
export {
  chatAnthropic,
  chatClaude,
  chatDeepSeek,
  chatGoogleGemini,
  chatMistral,
  chatOpenAI,
} from './chats-makers.ts'
export type { AnthropicOptions, OpenAIOptions } from './chats-makers.ts'
export { chatLMStudio, chatOllama, chatOpenAICompatible, chatVLLM } from './chats-servers.ts'
export type { OpenAICompatibleOptions, ServerOptions, VLLMOptions } from './chats-servers.ts'
export {
  modelsAnthropic,
  modelsAwsBedrock,
  modelsCloudflare,
  modelsDatabricks,
  modelsDeepSeek,
  modelsGitHub,
  modelsGoogleGemini,
  modelsGoogleVertex,
  modelsGroq,
  modelsHuggingFace,
  modelsLMStudio,
  modelsMistral,
  modelsOllama,
  modelsOpenAI,
  modelsOpenAICompatible,
  modelsOpenRouter,
  modelsPerplexity,
  modelsPortkey,
  modelsVLLM,
} from './model-lists.ts'
export type {
  ModelsAwsBedrockOptions,
  ModelsCloudflareOptions,
  ModelsDatabricksOptions,
  ModelsGoogleVertexOptions,
  ModelsHuggingFaceOptions,
  ModelsServerOptions,
} from './model-lists.ts'
export { Chat } from './chat/chat.ts'
export type { AskOptions, CompactOptions, StructuredOptions } from './chat/ask-options.ts'
export type { Round } from './chat/history.ts'
export { audio, document, image, pdf } from './chat/contents.ts'
export type { TokenCount } from './chat/count-tokens.ts'
export type {
  ChatFiles,
  FileCallOptions,
  FileReference,
  UploadOptions,
  UploadProgress,
} from './chat/files.ts'
export type { DocumentOptions, FileOptions, ImageOptions } from './chat/contents.ts'
export type { Source, SourceOptions } from './chat/contents-source.ts'
export type { Resize } from './chat/resize.ts'
export type { BudgetLimits } from './chat/budget.ts'
export type { Cost } from './chat/cost.ts'
export type { Explanation } from './chat/explain.ts'
export { exportChat } from './chat/export.ts'
export type { ExportFormat } from './chat/export.ts'
export { interpolateFile } from './chat/interpolate-file.ts'
export { batchChat, batchStructured, batchText } from './chat/batch.ts'
export type { BatchStatus, HandedIn } from './chat/batch-account.ts'
export type { BatchCallOptions, BatchOptions } from './chat/batch-options.ts'
export type { BatchRun } from './chat/batch-run.ts'
export { parallelChat, parallelStructured, parallelText } from './chat/parallel.ts'
export type { ParallelEstimate } from './chat/parallel-estimate.ts'
export type { ParallelOptions, ParallelStructuredOptions } from './chat/parallel-options.ts'
export type { ParallelProgress } from './chat/parallel-progress.ts'
export type { RunBudget } from './chat/parallel-purse.ts'
export type { ParallelFacts, ParallelResult } from './chat/parallel-result.ts'
export type { ParallelRun } from './chat/parallel-run.ts'
export type { Prompts } from './chat/parallel-source.ts'
export { tokenUsage } from './chat/token-ledger.ts'
export type { TokenRow } from './chat/token-ledger.ts'
export type { Approve, OnToolRequest, OnToolResult } from './chat/toolbox.ts'
export type { Transcript } from './chat/transcript.ts'
export type {
  BackendFacts,
  Fact,
  FactSource,
  MissingSource,
  ModelCapabilities,
  ModelFacts,
  ParameterFact,
  WayFact,
} from './capabilities/model-facts.ts'
export type { CallSyntax, SchemaWay, ToolsWay } from './capabilities/capabilities.ts'
export type { Backend } from './capabilities/catalog.ts'
export type { ModelAbilities, ModelInfo } from './capabilities/model-info.ts'
export type { ModelWish } from './capabilities/model-wish.ts'
export type { TokenPrices } from './capabilities/token-prices.ts'
export type { ChatEvent } from './chat/events.ts'
export type { Echo } from './chat/echo-of.ts'
export type {
  Citation,
  Content,
  Json,
  Media,
  Opaque,
  ServerTool,
  Text,
  Thinking,
  ToolCall,
  ToolResult,
} from './core/content.ts'
export { webFetch, webSearch } from './core/builtin-tool.ts'
export type { WebFetchOptions, WebSearchOptions, WebTool } from './core/builtin-tool.ts'
export type { FinishReason } from './core/delta.ts'
export { ChatError } from './core/errors.ts'
export type { ChatErrorCode, ChatErrorDetails } from './core/errors.ts'
export type { DeepPartial } from './core/deep-partial.ts'
export { interpolate } from './core/interpolate.ts'
export type { PromptData } from './core/interpolate.ts'
export type { ChatRequest, ToolChoice, ToolSpec } from './core/request.ts'
export type { JsonSchema, Problem, Schema } from './core/schema.ts'
export { schemaOf } from './core/standard-schema.ts'
export type { Inferred, SchemaSource } from './core/standard-schema.ts'
export { t } from './core/t.ts'
export type { Description, Infer, Optional, Type } from './core/t.ts'
export { tool, toolReject } from './core/tool.ts'
export type { Tool, ToolAnnotations, ToolContext, ToolOptions } from './core/tool.ts'
export { params } from './core/params.ts'
export type { Params } from './core/params.ts'
export { textOf, userTurn } from './core/turn.ts'
export type { Adjustment, AssistantTurn, Input, Turn, UserTurn } from './core/turn.ts'
export type { Usage } from './core/usage.ts'
export type { Quirks } from './dialects/dialect.ts'
export type { Credentials, CredentialsResult } from './providers/auth.ts'
export { embedHuggingFace } from './providers/embed-huggingface.ts'
export type { EmbedOptions } from './providers/embed-huggingface.ts'
export type { Pooling } from './providers/embed-vectors.ts'
export type { SessionBill } from './providers/huggingface-billing.ts'
export { capabilities, forgetLearned } from './providers/model-capabilities.ts'
export type { CapabilitiesOptions } from './providers/model-capabilities.ts'
export type { LineOptions } from './providers/line-of.ts'
export type { ModelsOptions } from './providers/models-of.ts'
export type { StoredFile } from './providers/file-store.ts'
export type { Provider } from './providers/provider.ts'
export type { Timeouts } from './providers/line.ts'
export { defineConfig } from './core/config.ts'
export type { NatterConfig, PromptTemplate } from './core/config.ts'
