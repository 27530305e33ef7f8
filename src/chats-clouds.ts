import { type ChatOptions, chatWith } from './chat-with.ts'
import type { Chat } from './chat/chat.ts'
import type { PromptCache } from './core/request.ts'
import { text } from './lib/option.ts'
import { bedrockIn } from './providers/aws-bedrock.ts'
import { type AzurePlace, azureAt } from './providers/azure-openai.ts'
import { cloudflareFor } from './providers/cloudflare.ts'
import { type DatabricksPlace, databricksAt } from './providers/databricks.ts'
import { type VertexPlace, vertexAt } from './providers/google-vertex.ts'
import { cortexAnalyst, snowflake, snowflakeAt } from './providers/snowflake.ts'
import type { SnowflakePlaces } from './providers/snowflake-connection.ts'

// Chats by way of a cloud, whose address depends on an account, and which has credentials of its own.

/** What a chat with Azure OpenAI can be told besides. */
export interface AzureOpenAIOptions extends ChatOptions, AzurePlace {
  /** The name of the deployment; the same as `model`. */
  readonly deployment?: string | undefined
}

/** What a chat with Amazon Bedrock can be told besides. */
export interface AwsBedrockOptions extends ChatOptions {
  /** @default `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's */
  readonly region?: string | undefined
  /** The profile in AWS's files. @default `AWS_PROFILE`, else `default` */
  readonly profile?: string | undefined
  /** How long what was said is kept in the prompt cache. @default '5m' for the models that have one */
  readonly cache?: PromptCache | undefined
}

/** What a chat with Vertex AI can be told besides. */
export interface GoogleVertexOptions extends ChatOptions, VertexPlace {}

/** What a chat with Cloudflare can be told besides. */
export interface CloudflareOptions extends ChatOptions {
  /** The account's id. @default `CLOUDFLARE_ACCOUNT_ID` */
  readonly account?: string | undefined
}

/** What a chat with Databricks can be told besides. */
export interface DatabricksChatOptions extends ChatOptions, DatabricksPlace {}

/** What a chat with Snowflake's Cortex can be told besides. */
export interface SnowflakeChatOptions extends ChatOptions, SnowflakePlaces {
  /** `5m`: what was said is kept in the prompt cache. @default 'none' */
  readonly cache?: PromptCache | undefined
}

/** What Cortex Analyst must be told: what the tables mean, in one of these ways. */
export interface CortexAnalystOptions
  extends Omit<ChatOptions, 'model' | 'systemPrompt' | 'tools'>, SnowflakePlaces {
  /** The semantic model itself, in YAML. */
  readonly semanticModel?: string | undefined
  /** A file of a stage, such as `@db.schema.stage/model.yaml`. */
  readonly semanticModelFile?: string | undefined
  /** A semantic view, by its full name. */
  readonly semanticView?: string | undefined
}

/**
 * A chat with a deployment of Azure OpenAI. The key is found in `AZURE_OPENAI_API_KEY`; without one, Microsoft Entra is asked: for a
 * service principal, or by way of @azure/identity. A function `credentials` may give a key or a token of Entra.
 * https://learn.microsoft.com/azure/ai-services/openai/reference
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatAzureOpenAI({ endpoint: 'https://name.openai.azure.com', deployment: 'my-gpt' })
 */
export function chatAzureOpenAI(options: AzureOpenAIOptions): Chat {
  const {
    endpoint,
    apiVersion,
    dialect,
    deployment,
    tenantId,
    clientId,
    clientSecret,
    scope,
    authority,
    ...rest
  } = options
  const place = { endpoint, apiVersion, dialect, tenantId, clientId, clientSecret, scope, authority }
  const model = rest.model ?? deployment
  return chatWith(azureAt(place, rest.baseUrl), {
    ...rest,
    model: model ?? text(deployment, 'deployment'),
  })
}

/**
 * A chat with a model on Amazon Bedrock. Requests are signed with AWS's credentials, or sent with the key in
 * `AWS_BEARER_TOKEN_BEDROCK`; those of a profile, SSO, a container or an instance are found by @aws-sdk/credential-providers, where
 * that is installed. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatAwsBedrock({ region: 'eu-north-1', model: 'eu.amazon.nova-lite-v1:0' })
 */
export function chatAwsBedrock({ region, profile, ...options }: AwsBedrockOptions = {}): Chat {
  return chatWith(bedrockIn({ region, profile }, options.baseUrl), options)
}

/**
 * A chat with Google's models on Vertex AI, by the application default credentials of Google Cloud; with an `apiKey` and no project,
 * in express mode. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatGoogleVertex({ project: 'my-project', location: 'europe-west4' })
 */
export function chatGoogleVertex({ project, location, ...options }: GoogleVertexOptions = {}): Chat {
  const { apiKey, baseUrl } = options
  return chatWith(vertexAt({ project, location }, { hasKey: apiKey !== undefined, baseUrl }), options)
}

/**
 * A chat with a model on Cloudflare's Workers AI. The key is found in `CLOUDFLARE_API_KEY` or `CLOUDFLARE_API_TOKEN`.
 * https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatCloudflare({ account: '0123456789abcdef' })
 */
export function chatCloudflare({ account, ...options }: CloudflareOptions = {}): Chat {
  return chatWith(cloudflareFor(account, options.baseUrl), options)
}

/**
 * A chat with a model served by a Databricks workspace, which is found with its credentials where Databricks' own tools find them:
 * in the environment, in ~/.databrickscfg, by way of the Databricks CLI.
 * https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatDatabricks({ host: 'https://example.cloud.databricks.com' })
 */
export function chatDatabricks(options: DatabricksChatOptions = {}): Chat {
  const { host, token, clientId, clientSecret, profile, configFile, ...rest } = options
  return chatWith(
    databricksAt({ host, token, clientId, clientSecret, profile, configFile }, rest.baseUrl),
    rest,
  )
}

/**
 * A chat with a model of Snowflake's Cortex. The account and its credentials are found in `SNOWFLAKE_ACCOUNT` and its like, or in
 * ~/.snowflake/connections.toml. https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatSnowflake({ account: 'myorg-myaccount', user: 'me', privateKeyPath: '/keys/me.p8' })
 */
export function chatSnowflake(options: SnowflakeChatOptions = {}): Chat {
  const [places, rest] = placed(options)
  return chatWith(snowflakeAt(snowflake, places, rest.baseUrl), rest)
}

/**
 * A chat with Snowflake's Cortex Analyst, which answers questions about tables with SQL. Each answer holds the SQL in its text, and
 * as a JSON content. https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-analyst/rest-api
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatCortexAnalyst({ account: 'myorg-myaccount', semanticModelFile: '@db.schema.stage/model.yaml' })
 */
export function chatCortexAnalyst(options: CortexAnalystOptions): Chat {
  const { semanticModel, semanticModelFile, semanticView, ...others } = options
  const models = {
    ...(semanticModel !== undefined && { semantic_model: text(semanticModel, 'semanticModel') }),
    ...(semanticModelFile !== undefined && {
      semantic_model_file: text(semanticModelFile, 'semanticModelFile'),
    }),
    ...(semanticView !== undefined && { semantic_view: text(semanticView, 'semanticView') }),
  }
  const apiArgs = { ...models, ...others.apiArgs }
  if (!Object.keys(apiArgs).some((name) => name.startsWith('semantic_')))
    throw new TypeError('pass semanticModel, semanticModelFile or semanticView: what the tables mean')
  const [places, rest] = placed({ ...others, apiArgs })
  return chatWith(snowflakeAt(cortexAnalyst, places, rest.baseUrl), rest)
}

function placed<T extends ChatOptions & SnowflakePlaces>(
  options: T,
): readonly [SnowflakePlaces, Omit<T, keyof SnowflakePlaces>] {
  const { account, user, token, tokenType, privateKey, privateKeyPath, passphrase, connection, ...rest } =
    options
  return [{ account, user, token, tokenType, privateKey, privateKeyPath, passphrase, connection }, rest]
}
