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
import { distance } from './lib/edit-distance.ts'
import { text } from './lib/option.ts'
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
import type { ProviderFacts } from './providers/provider.ts'
import { cortexAnalyst, snowflake } from './providers/snowflake.ts'
import { vllm } from './providers/vllm.ts'

/** A provider that `chat` knows by name. */
export interface Named {
  readonly facts: ProviderFacts
  readonly construct: (options: ChatOptions) => Chat
}

/** What options a constructor needs besides, it says itself. */
const named = <T extends ChatOptions>(facts: ProviderFacts, construct: (options: T) => Chat): Named => ({
  facts,
  construct: construct as (options: ChatOptions) => Chat,
})

/** All providers, by the names that `chat` knows. */
export const PROVIDERS: ReadonlyMap<string, Named> = /* @__PURE__ */ new Map(
  [
    /* @__PURE__ */ named(huggingface, chatHuggingFace),
    /* @__PURE__ */ named(OPENAI, chatOpenAI),
    /* @__PURE__ */ named(anthropic, chatAnthropic),
    /* @__PURE__ */ named(googleGemini, chatGoogleGemini),
    /* @__PURE__ */ named(mistral, chatMistral),
    /* @__PURE__ */ named(deepseek, chatDeepSeek),
    /* @__PURE__ */ named(groq, chatGroq),
    /* @__PURE__ */ named(openrouter, chatOpenRouter),
    /* @__PURE__ */ named(perplexity, chatPerplexity),
    /* @__PURE__ */ named(portkey, chatPortkey),
    /* @__PURE__ */ named(azureOpenAI, chatAzureOpenAI),
    /* @__PURE__ */ named(awsBedrock, chatAwsBedrock),
    /* @__PURE__ */ named(googleVertex, chatGoogleVertex),
    /* @__PURE__ */ named(cloudflare, chatCloudflare),
    /* @__PURE__ */ named(databricks, chatDatabricks),
    /* @__PURE__ */ named(snowflake, chatSnowflake),
    /* @__PURE__ */ named(cortexAnalyst, chatCortexAnalyst),
    /* @__PURE__ */ named(OLLAMA, chatOllama),
    /* @__PURE__ */ named(LM_STUDIO, chatLMStudio),
    /* @__PURE__ */ named(vllm, chatVLLM),
    /* @__PURE__ */ named(github, chatGitHub),
    /* @__PURE__ */ named(openaiLike, chatOpenAICompatible),
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
  const found = PROVIDERS.get(Object.hasOwn(ALIASES, provider) ? (ALIASES[provider] ?? '') : provider)
  if (!found) throw new TypeError(`there is no provider ${JSON.stringify(provider)}: ${suggestion(provider)}`)
  return found.construct(model.length > 0 ? { ...options, model: model.join('/') } : options)
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
