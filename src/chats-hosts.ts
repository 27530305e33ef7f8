import { env } from '#platform'
import type { Route } from './capabilities/rank.ts'
import { type ChatOptions, chatWith } from './chat-with.ts'
import type { Chat } from './chat/chat.ts'
import type { Waiting } from './chat/session.ts'
import type { Quirks } from './dialects/dialect.ts'
import { text } from './lib/option.ts'
import { github, noticeRetirement } from './providers/github.ts'
import { groq } from './providers/groq.ts'
import { type Surface, huggingfaceBy } from './providers/huggingface.ts'
import { openrouter } from './providers/openrouter.ts'
import { perplexity } from './providers/perplexity.ts'
import { portkey } from './providers/portkey.ts'

// Chats with those who host or hand on the models of others.

/** What a chat with Hugging Face can be told besides. */
export interface HuggingFaceOptions extends ChatOptions {
  /**
   * Which of the backends that can answer a request is asked, where the model names none: `fastest`, `cheapest` by output,
   * `preferred` (the order of your settings on the Hub), or a function that orders them. The chat stays with who has answered until
   * that one fails; then the next is asked. @default 'fastest'
   */
  readonly route?: Route | undefined
  /** How long to wait for an Endpoint that is asleep or loading, in milliseconds. @default 600_000 */
  readonly coldStart?: number | undefined
  /** Hears, again and again, that a chat waits for a server to start. */
  readonly onWait?: ((waiting: Waiting) => void) | undefined
  /** Groups the requests of this chat on the bill: `true` for an id of its own. `chat.bill()` reads what they cost. */
  readonly sessionId?: string | true | undefined
  /** The organisation that pays, by its name on the Hub (the `X-HF-Bill-To` header). */
  readonly billTo?: string | undefined
  /** Which of the router's APIs is spoken. @default 'openai-chat' */
  readonly dialect?: Surface | undefined
  /** Where a server at `baseUrl` differs from the dialect; `tgi` for Text Generation Inference. */
  readonly quirks?: Quirks | 'tgi' | undefined
}

/**
 * A chat with a model hosted on Hugging Face: through the router to any inference provider, or at `baseUrl` on a dedicated
 * Endpoint, TGI, vLLM or llama-server. A model may name its backend or a rule to choose one: `org/model:groq`, `:fastest`,
 * `:cheapest`, `:preferred`. https://huggingface.co/docs/inference-providers
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatHuggingFace({ systemPrompt: 'Be terse.', params: { temperature: 0.2 } })
 * console.log(await chat.chat('Tell me three jokes about statisticians'))
 */
export function chatHuggingFace(options: HuggingFaceOptions = {}): Chat {
  const { billTo, sessionId, dialect, quirks, ...rest } = options
  const session = sessionId === true ? crypto.randomUUID() : sessionId
  return chatWith(huggingfaceBy(dialect, quirks), rest, {
    ...(billTo !== undefined && { 'x-hf-bill-to': text(billTo, 'billTo') }),
    ...(session !== undefined && { 'x-hf-session-id': text(session, 'sessionId') }),
  })
}

/** What a chat by way of OpenRouter can be told besides. */
export interface OpenRouterOptions extends ChatOptions {
  /** Your app's address and name, for the rankings of OpenRouter. */
  readonly app?: { readonly url?: string; readonly title?: string } | undefined
}

/** What a chat by way of Portkey can be told besides. */
export interface PortkeyOptions extends ChatOptions {
  /** `@provider/model`, or only the model where there is a virtual key. */
  readonly model: string
  /** The provider that models belong to which name none. @default `PORTKEY_VIRTUAL_KEY` */
  readonly virtualKey?: string | undefined
}

/**
 * A chat with a model on Groq. The key is found in `GROQ_API_KEY`. https://console.groq.com/docs/api-reference
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatGroq({ model: 'openai/gpt-oss-120b' })
 */
export const chatGroq = (options: ChatOptions = {}): Chat => chatWith(groq, options)

/**
 * A chat by way of OpenRouter. The key is found in `OPENROUTER_API_KEY`. Thinking goes back with the calls of tools it led to.
 * https://openrouter.ai/docs/api-reference/chat-completion
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatOpenRouter({ model: 'anthropic/claude-sonnet-5' })
 */
export function chatOpenRouter({ app = {}, ...options }: OpenRouterOptions = {}): Chat {
  return chatWith(openrouter, options, {
    ...(app.url !== undefined && { 'http-referer': text(app.url, 'app.url') }),
    ...(app.title !== undefined && { 'x-title': text(app.title, 'app.title') }),
  })
}

/**
 * A chat with Perplexity, which searches the web by itself; what it found are citations of the turn. The key is found in
 * `PERPLEXITY_API_KEY`. https://docs.perplexity.ai/api-reference/chat-completions-post
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatPerplexity({ apiArgs: { search_recency_filter: 'week' } })
 */
export const chatPerplexity = (options: ChatOptions = {}): Chat => chatWith(perplexity, options)

/**
 * A chat by way of Portkey's gateway. The key is found in `PORTKEY_API_KEY`.
 * https://portkey.ai/docs/api-reference/inference-api/chat
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatPortkey({ model: '@openai-prod/gpt-5.6-terra' })
 */
export function chatPortkey({ virtualKey, model, ...options }: PortkeyOptions): Chat {
  const key = virtualKey ?? env('PORTKEY_VIRTUAL_KEY')
  const isNamed = key === undefined || model === undefined || model.startsWith('@')
  return chatWith(portkey, { ...options, model: isNamed ? model : `@${key.replace(/^@/, '')}/${model}` })
}

/**
 * A chat with a server of GitHub Models' API. GitHub's own was retired on 2026-07-30: name another in `baseUrl`. The key is found in
 * `GITHUB_PAT` or `GITHUB_TOKEN`, and goes to GitHub only. https://docs.github.com/rest/models/inference
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatGitHub({ baseUrl: 'http://127.0.0.1:8080/inference', model: 'openai/gpt-4.1' })
 */
export function chatGitHub(options: ChatOptions = {}): Chat {
  if (options.baseUrl === undefined) noticeRetirement()
  return chatWith(github, options)
}
