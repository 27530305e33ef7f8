import type { ChatOptions } from './chat-with.ts'
import type { Chat } from './chat/chat.ts'
import {
  chatAwsBedrock,
  chatAzureOpenAI,
  chatCloudflare,
  chatCortexAnalyst,
  chatDatabricks,
  chatGoogleVertex,
  chatSnowflake,
} from './chats-clouds.ts'
import {
  chatGitHub,
  chatGroq,
  chatHuggingFace,
  chatOpenRouter,
  chatPerplexity,
  chatPortkey,
} from './chats-hosts.ts'
import { chatAnthropic, chatDeepSeek, chatGoogleGemini, chatMistral, chatOpenAI } from './chats-makers.ts'
import { chatLMStudio, chatOllama, chatOpenAICompatible, chatVLLM } from './chats-servers.ts'
import type { ModelInfo } from './capabilities/model-info.ts'
import type { ModelWish } from './capabilities/model-wish.ts'
import { distance } from './lib/edit-distance.ts'
import { text } from './lib/option.ts'
import {
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
import { anthropic } from './providers/anthropic.ts'
import { awsBedrock } from './providers/aws-bedrock.ts'
import { azureOpenAI } from './providers/azure-openai.ts'
import { cloudflare } from './providers/cloudflare.ts'
import { databricks } from './providers/databricks.ts'
import { deepseek } from './providers/deepseek.ts'
import { github } from './providers/github.ts'
import { googleGemini } from './providers/google-gemini.ts'
import { googleVertex } from './providers/google-vertex.ts'
import { groq } from './providers/groq.ts'
import { huggingface } from './providers/huggingface.ts'
import { LM_STUDIO } from './providers/lmstudio.ts'
import { mistral } from './providers/mistral.ts'
import { OLLAMA } from './providers/ollama.ts'
import { OPENAI } from './providers/openai.ts'
import { openaiLike } from './providers/openai-compatible.ts'
import { openrouter } from './providers/openrouter.ts'
import { perplexity } from './providers/perplexity.ts'
import { portkey } from './providers/portkey.ts'
import type { ModelsOptions } from './providers/models-of.ts'
import type { ProviderFacts } from './providers/provider.ts'
import { cortexAnalyst, snowflake } from './providers/snowflake.ts'
import { vllm } from './providers/vllm.ts'

/** A provider that `chat` knows by name. */
export interface Named {
  readonly facts: ProviderFacts
  readonly construct: (options: ChatOptions) => Chat
  /** Undefined where it has no list. */
  readonly list: List<ModelsOptions> | undefined
}

type List<T> = (options: T) => Promise<readonly ModelInfo[]>

/** What options a constructor or a list needs besides, it says itself. */
const named = <T extends ChatOptions, L extends ModelsOptions>(
  facts: ProviderFacts,
  construct: (options: T) => Chat,
  list?: List<L>,
): Named => ({
  facts,
  construct: construct as (options: ChatOptions) => Chat,
  list: list as List<ModelsOptions> | undefined,
})

/** All providers, by the names that `chat` knows. */
export const PROVIDERS: ReadonlyMap<string, Named> = /* @__PURE__ */ new Map(
  [
    /* @__PURE__ */ named(huggingface, chatHuggingFace, modelsHuggingFace),
    /* @__PURE__ */ named(OPENAI, chatOpenAI, modelsOpenAI),
    /* @__PURE__ */ named(anthropic, chatAnthropic, modelsAnthropic),
    /* @__PURE__ */ named(googleGemini, chatGoogleGemini, modelsGoogleGemini),
    /* @__PURE__ */ named(mistral, chatMistral, modelsMistral),
    /* @__PURE__ */ named(deepseek, chatDeepSeek, modelsDeepSeek),
    /* @__PURE__ */ named(groq, chatGroq, modelsGroq),
    /* @__PURE__ */ named(openrouter, chatOpenRouter, modelsOpenRouter),
    /* @__PURE__ */ named(perplexity, chatPerplexity, modelsPerplexity),
    /* @__PURE__ */ named(portkey, chatPortkey, modelsPortkey),
    /* @__PURE__ */ named(azureOpenAI, chatAzureOpenAI),
    /* @__PURE__ */ named(awsBedrock, chatAwsBedrock, modelsAwsBedrock),
    /* @__PURE__ */ named(googleVertex, chatGoogleVertex, modelsGoogleVertex),
    /* @__PURE__ */ named(cloudflare, chatCloudflare, modelsCloudflare),
    /* @__PURE__ */ named(databricks, chatDatabricks, modelsDatabricks),
    /* @__PURE__ */ named(snowflake, chatSnowflake),
    /* @__PURE__ */ named(cortexAnalyst, chatCortexAnalyst),
    /* @__PURE__ */ named(OLLAMA, chatOllama, modelsOllama),
    /* @__PURE__ */ named(LM_STUDIO, chatLMStudio, modelsLMStudio),
    /* @__PURE__ */ named(vllm, chatVLLM, modelsVLLM),
    /* @__PURE__ */ named(github, chatGitHub, modelsGitHub),
    /* @__PURE__ */ named(openaiLike, chatOpenAICompatible, modelsOpenAICompatible),
  ].map((one) => [one.facts.id, one] as const),
)

/** Other names of providers. */
const ALIASES: Readonly<Record<string, string>> = { claude: 'anthropic' }

/** The names that `chat` knows. */
export const PROVIDER_NAMES: readonly string[] = /* @__PURE__ */ [
  .../* @__PURE__ */ PROVIDERS.keys(),
  .../* @__PURE__ */ Object.keys(ALIASES),
]

/**
 * A chat by name: `provider` or `provider/model`, where the model may hold slashes itself.
 * @throws TypeError for a provider there is none of
 * @example
 * const assistant = chat('huggingface/meta-llama/Llama-3.1-8B-Instruct')
 */
export function chat(name: string, options: ChatOptions = {}): Chat {
  const [provider = '', ...model] = text(name, 'name').split('/')
  const { construct } = providerNamed(provider)
  return construct(model.length > 0 ? { ...options, model: model.join('/') } : options)
}

/**
 * The models that a provider lists, by its name as `chat` knows it. What may be wished for of them is known of some providers only; what is
 * not known does not do.
 * @throws TypeError for a provider there is none of, or that has no list; TypeError or RangeError for an option of the wrong type
 * or value; ChatError
 * @example
 * const cheap = await models('openrouter', { tools: true, maxPrice: 1 })
 */
export async function models(
  provider: string,
  options: ModelsOptions & ModelWish = {},
): Promise<readonly ModelInfo[]> {
  const { facts, list } = providerNamed(text(provider, 'provider'))
  if (list) return list(options)
  throw (await import('./providers/list-models.ts')).noList(facts)
}

/**
 * What is known of a provider by its name.
 * @throws TypeError for a provider there is none of, with the name that was probably meant
 */
export function providerNamed(name: string): Named {
  const found = PROVIDERS.get(Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? '') : name)
  if (found) return found
  throw new TypeError(`there is no provider ${JSON.stringify(name)}: ${suggestion(name)}`)
}

/** The name that was probably meant, or all of them. */
function suggestion(provider: string): string {
  const wanted = provider.toLowerCase()
  const part = PROVIDER_NAMES.find((name) => wanted.length > 3 && name.split('-').includes(wanted))
  const far = (name: string): number => distance(name, wanted)
  const nearest = part ?? PROVIDER_NAMES.toSorted((a, b) => far(a) - far(b))[0] ?? ''
  return part || far(nearest) <= Math.max(1, nearest.length / 4)
    ? `did you mean ${JSON.stringify(nearest)}?`
    : `choose one of ${PROVIDER_NAMES.join(', ')}`
}
