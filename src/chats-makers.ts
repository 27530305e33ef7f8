import { type ChatOptions, chatWith } from './chat-with.ts'
import type { Chat } from './chat/chat.ts'
import type { PromptCache } from './core/request.ts'
import { text } from './lib/option.ts'
import { anthropic } from './providers/anthropic.ts'
import { deepseek } from './providers/deepseek.ts'
import { googleGemini } from './providers/google-gemini.ts'
import { mistral } from './providers/mistral.ts'
import { openai } from './providers/openai.ts'

// Chats with those who make models, at their own addresses.

/** What a chat with OpenAI can be told besides. */
export interface OpenAIOptions extends ChatOptions {
  /** How soon, and at which price: https://platform.openai.com/docs/guides/flex-processing @default the project's */
  readonly serviceTier?: 'auto' | 'default' | 'flex' | 'priority' | undefined
}

/** What a chat with Anthropic can be told besides. */
export interface AnthropicOptions extends ChatOptions {
  /** How long what was said is kept in the prompt cache, which makes the next request cheaper. @default '5m' */
  readonly cache?: PromptCache | undefined
  /** Names of betas to switch on: https://platform.claude.com/docs/en/api/beta-headers */
  readonly betaHeaders?: readonly string[] | undefined
}

/**
 * A chat with OpenAI, by the API of responses; nothing is stored there. The key is found in `OPENAI_API_KEY`, and another address in
 * `OPENAI_BASE_URL`. https://platform.openai.com/docs/api-reference/responses
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatOpenAI({ params: { reasoningEffort: 'low' }, serviceTier: 'flex' })
 */
export function chatOpenAI({ serviceTier, ...options }: OpenAIOptions = {}): Chat {
  if (serviceTier === undefined) return chatWith(openai(), options)
  const tier = { service_tier: text(serviceTier, 'serviceTier') }
  return chatWith(openai(), { ...options, apiArgs: { ...tier, ...options.apiArgs } })
}

/**
 * A chat with Anthropic's Claude. The key is found in `ANTHROPIC_API_KEY`. Prompts are cached unless `cache` is 'none'.
 * https://platform.claude.com/docs/en/api/messages
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatAnthropic({ cache: '1h', params: { reasoningTokens: 4000 } })
 */
export function chatAnthropic({ betaHeaders = [], ...options }: AnthropicOptions = {}): Chat {
  const betas = betaHeaders.map((name) => text(name, 'each of betaHeaders')).join()
  return chatWith(anthropic, options, betas ? { 'anthropic-beta': betas } : {})
}

/** The same as `chatAnthropic`. */
export const chatClaude = (options: AnthropicOptions = {}): Chat => chatAnthropic(options)

/**
 * A chat with Google's Gemini. The key is found in `GOOGLE_API_KEY` or `GEMINI_API_KEY`; without one, the application default
 * credentials of Google Cloud are used. https://ai.google.dev/api/generate-content
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatGoogleGemini({ params: { temperature: 0 } })
 */
export const chatGoogleGemini = (options: ChatOptions = {}): Chat => chatWith(googleGemini, options)

/**
 * A chat with Mistral. The key is found in `MISTRAL_API_KEY`. https://docs.mistral.ai/api
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatMistral({ model: 'ministral-8b-latest' })
 */
export const chatMistral = (options: ChatOptions = {}): Chat => chatWith(mistral, options)

/**
 * A chat with DeepSeek. The key is found in `DEEPSEEK_API_KEY`. Data is asked for as any JSON object, with the schema in words.
 * https://api-docs.deepseek.com
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatDeepSeek({ systemPrompt: 'Be terse.' })
 */
export const chatDeepSeek = (options: ChatOptions = {}): Chat => chatWith(deepseek, options)
