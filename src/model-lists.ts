import type { ModelInfo } from './capabilities/model-info.ts'
import type { ModelWish } from './capabilities/model-wish.ts'
import { anthropic } from './providers/anthropic.ts'
import { bedrockIn } from './providers/aws-bedrock.ts'
import type { AwsOptions } from './providers/aws-credentials.ts'
import { cloudflareFor } from './providers/cloudflare.ts'
import { type DatabricksPlace, databricksAt } from './providers/databricks.ts'
import { deepseek } from './providers/deepseek.ts'
import { github } from './providers/github.ts'
import { googleGemini } from './providers/google-gemini.ts'
import { type VertexPlace, vertexAt } from './providers/google-vertex.ts'
import { groq } from './providers/groq.ts'
import { huggingface } from './providers/huggingface.ts'
import { lmstudio } from './providers/lmstudio.ts'
import { mistral } from './providers/mistral.ts'
import { type ModelsOptions, modelsOf } from './providers/models-of.ts'
import { ollama } from './providers/ollama.ts'
import { openai } from './providers/openai.ts'
import { openaiCompatible } from './providers/openai-compatible.ts'
import { openrouter } from './providers/openrouter.ts'
import { perplexity } from './providers/perplexity.ts'
import { portkey } from './providers/portkey.ts'
import { vllmAt } from './providers/vllm.ts'

// The models that each provider lists, found with the key and at the address that its chat would use.

type Listed = Promise<readonly ModelInfo[]>

/** Which models of Hugging Face are listed, and how it is reached. */
export interface ModelsHuggingFaceOptions extends ModelsOptions, Pick<ModelWish, 'provider'> {}

/** Which models of Amazon Bedrock are listed, and how it is reached. */
export interface ModelsAwsBedrockOptions extends ModelsOptions, AwsOptions {}

/** Which of Google's models on Vertex AI are listed, and how it is reached. */
export interface ModelsGoogleVertexOptions extends ModelsOptions, VertexPlace {}

/** Which models of Workers AI are listed, and how it is reached. */
export interface ModelsCloudflareOptions extends ModelsOptions {
  /** The account's id. @default `CLOUDFLARE_ACCOUNT_ID` */
  readonly account?: string | undefined
}

/** Which endpoints of a Databricks workspace are listed, and how it is reached. */
export interface ModelsDatabricksOptions extends ModelsOptions, DatabricksPlace {}

/** Which models of a server are listed, and where it is. */
export interface ModelsServerOptions extends ModelsOptions {
  readonly baseUrl: string
}

/**
 * The models that Hugging Face's router serves, in its order, with prices, abilities and backends. Of what is wished for, one live
 * backend must have it all. The list is public: a key is sent only to a server that has none for everybody.
 * https://huggingface.co/docs/inference-providers/hub-api
 * @throws ChatError where no list could be had and none is kept; TypeError or RangeError for an option of the wrong type or value
 * @example
 * const models = await modelsHuggingFace({ tools: true, image: true, maxPrice: 1 })
 */
export const modelsHuggingFace = async (options: ModelsHuggingFaceOptions = {}): Listed =>
  modelsOf(huggingface, options)

/** The models of OpenAI that the key may use. https://platform.openai.com/docs/api-reference/models/list */
export const modelsOpenAI = async (options: ModelsOptions = {}): Listed => modelsOf(openai(), options)

/** The models of Anthropic. https://platform.claude.com/docs/en/api/models/list */
export const modelsAnthropic = async (options: ModelsOptions = {}): Listed => modelsOf(anthropic, options)

/** The models of Google's Gemini API that write text. https://ai.google.dev/api/models */
export const modelsGoogleGemini = async (options: ModelsOptions = {}): Listed =>
  modelsOf(googleGemini, options)

/** The models of Mistral. https://docs.mistral.ai/api/endpoint/models */
export const modelsMistral = async (options: ModelsOptions = {}): Listed => modelsOf(mistral, options)

/** The models of DeepSeek. https://api-docs.deepseek.com/api/list-models */
export const modelsDeepSeek = async (options: ModelsOptions = {}): Listed => modelsOf(deepseek, options)

/** The models on Groq. https://console.groq.com/docs/api-reference#models-list */
export const modelsGroq = async (options: ModelsOptions = {}): Listed => modelsOf(groq, options)

/** The models that OpenRouter hands requests on to. https://openrouter.ai/docs/api-reference/list-available-models */
export const modelsOpenRouter = async (options: ModelsOptions = {}): Listed => modelsOf(openrouter, options)

/** The models of Perplexity's API. https://docs.perplexity.ai/api-reference/models-get */
export const modelsPerplexity = async (options: ModelsOptions = {}): Listed => modelsOf(perplexity, options)

/** The models that Portkey hands requests on to. https://portkey.ai/docs/api-reference/admin-api/control-plane/models/list-models */
export const modelsPortkey = async (options: ModelsOptions = {}): Listed => modelsOf(portkey, options)

/**
 * The models on Amazon Bedrock that write text, by the names to ask for: ids, and inference profiles.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
 */
export const modelsAwsBedrock = async ({
  region,
  profile,
  ...options
}: ModelsAwsBedrockOptions = {}): Listed => modelsOf(bedrockIn({ region, profile }, options.baseUrl), options)

/** Google's models on Vertex AI. https://docs.cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/publishers.models/list */
export const modelsGoogleVertex = async (options: ModelsGoogleVertexOptions = {}): Listed =>
  modelsOf(vertexAt(options, { hasKey: options.apiKey !== undefined, baseUrl: options.baseUrl }), options)

/** The models of Workers AI that write text. https://developers.cloudflare.com/api/resources/ai/subresources/models/methods/list */
export const modelsCloudflare = async ({ account, ...options }: ModelsCloudflareOptions = {}): Listed =>
  modelsOf(cloudflareFor(account, options.baseUrl), options)

/** The endpoints of a Databricks workspace that chat. https://docs.databricks.com/api/workspace/servingendpoints/list */
export const modelsDatabricks = async (options: ModelsDatabricksOptions = {}): Listed => {
  const { host, token, clientId, clientSecret, profile, configFile, baseUrl } = options
  return modelsOf(
    databricksAt({ host, token, clientId, clientSecret, profile, configFile }, baseUrl),
    options,
  )
}

/** The models that were pulled to an Ollama server. https://docs.ollama.com/api/tags */
export const modelsOllama = async (options: ModelsOptions = {}): Listed => modelsOf(ollama(), options)

/** The models on a machine with LM Studio. https://lmstudio.ai/docs/developer/rest/endpoints */
export const modelsLMStudio = async (options: ModelsOptions = {}): Listed => modelsOf(lmstudio(), options)

/** What a server of vLLM serves. https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export const modelsVLLM = async (options: ModelsServerOptions): Listed =>
  modelsOf(vllmAt(options.baseUrl), options)

/** The catalogue of a server of GitHub Models' API; GitHub's own was retired. https://docs.github.com/rest/models/catalog */
export const modelsGitHub = async (options: ModelsOptions = {}): Listed => modelsOf(github, options)

/** The models of any server that speaks as OpenAI's does. https://platform.openai.com/docs/api-reference/models/list */
export const modelsOpenAICompatible = async (options: ModelsServerOptions): Listed =>
  modelsOf(openaiCompatible(options.baseUrl), options)
