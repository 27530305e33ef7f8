import type { Route } from './capabilities/rank.ts'
import { type ChatOptions, chatWith, text } from './chat-with.ts'
import type { Chat } from './chat/chat.ts'
import type { Waiting } from './chat/session.ts'
import type { Quirks } from './dialects/dialect.ts'
import { huggingface } from './providers/huggingface.ts'
import { openaiCompatible } from './providers/openai-compatible.ts'

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
}

/** What a chat with any OpenAI-like server must be told. */
export interface OpenAICompatibleOptions extends ChatOptions {
  readonly baseUrl: string
  readonly model: string
  /** What to call the server in messages. @default its host */
  readonly name?: string | undefined
  /** Where its spelling differs from OpenAI's. */
  readonly quirks?: Quirks | undefined
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
  const { billTo, sessionId, ...rest } = options
  const session = sessionId === true ? crypto.randomUUID() : sessionId
  return chatWith(huggingface, rest, {
    ...(billTo !== undefined && { 'x-hf-bill-to': text(billTo, 'billTo') }),
    ...(session !== undefined && { 'x-hf-session-id': text(session, 'sessionId') }),
  })
}

/**
 * A chat with any server that speaks OpenAI's chat completions.
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatOpenAICompatible({ baseUrl: 'http://127.0.0.1:8080/v1', model: 'default' })
 */
export function chatOpenAICompatible(options: OpenAICompatibleOptions): Chat {
  const { name, quirks, ...rest } = options
  const baseUrl = text(rest.baseUrl, 'baseUrl')
  const host = /^https?:\/\/(?:[^/?#]*@)?([^/?#]+)/i.exec(baseUrl)?.[1] ?? baseUrl
  return chatWith(openaiCompatible(baseUrl, name ?? host, quirks), rest)
}

const CONSTRUCTORS: Readonly<Record<string, (options: ChatOptions) => Chat>> = {
  huggingface: chatHuggingFace,
  'openai-compatible': (options) => chatOpenAICompatible(options as OpenAICompatibleOptions),
}

/** The names that `chat` knows. */
export const PROVIDER_NAMES: readonly string[] = /* @__PURE__ */ Object.keys(CONSTRUCTORS)

/**
 * A chat by name: `provider` or `provider/model`, where the model may hold slashes itself.
 * @throws TypeError for a provider there is none of
 * @example
 * const assistant = chat('huggingface/meta-llama/Llama-3.1-8B-Instruct')
 */
export function chat(name: string, options: ChatOptions = {}): Chat {
  const [provider = '', ...model] = text(name, 'name').split('/')
  const construct = Object.hasOwn(CONSTRUCTORS, provider) ? CONSTRUCTORS[provider] : undefined
  if (!construct)
    throw new TypeError(
      `there is no provider ${JSON.stringify(provider)}: choose one of ${PROVIDER_NAMES.join(', ')}`,
    )
  return construct(model.length > 0 ? { ...options, model: model.join('/') } : options)
}
