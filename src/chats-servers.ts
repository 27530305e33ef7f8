import { type ChatOptions, chatWith } from './chat-with.ts'
import type { Chat } from './chat/chat.ts'
import type { Quirks } from './dialects/dialect.ts'
import { lmstudio } from './providers/lmstudio.ts'
import { ollama } from './providers/ollama.ts'
import { openaiCompatible } from './providers/openai-compatible.ts'
import { vllmAt } from './providers/vllm.ts'

// Chats with servers of one's own.

/** What a chat with a server that has no default model must be told. */
export interface ServerOptions extends ChatOptions {
  readonly model: string
}

/** What a chat with vLLM must be told. */
export interface VLLMOptions extends ChatOptions {
  readonly baseUrl: string
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
 * A chat with any server that speaks OpenAI's chat completions.
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatOpenAICompatible({ baseUrl: 'http://127.0.0.1:8080/v1', model: 'default' })
 */
export function chatOpenAICompatible(options: OpenAICompatibleOptions): Chat {
  const { name, quirks, ...rest } = options
  return chatWith(openaiCompatible(rest.baseUrl, name, quirks), rest)
}

/**
 * A chat with a model of Ollama, by its own API: parameters such as `num_ctx` go into its options. It is asked at
 * `OLLAMA_BASE_URL` or `OLLAMA_HOST`, else on this machine. https://docs.ollama.com/api
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatOllama({ model: 'qwen3:8b', params: { num_ctx: 16_384 } })
 */
export const chatOllama = (options: ServerOptions): Chat => chatWith(ollama(), options)

/**
 * A chat with a model of LM Studio, at `LMSTUDIO_BASE_URL` or on this machine. Without `model` it is the one that is loaded when the
 * first request is made. https://lmstudio.ai/docs/developer/openai-compat
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatLMStudio({ model: 'qwen/qwen3-8b' })
 */
export const chatLMStudio = (options: ChatOptions = {}): Chat => chatWith(lmstudio(), options)

/**
 * A chat with a server of vLLM. Without `model` it is the one that is served when the first request is made. A key is found in
 * `VLLM_API_KEY`, and goes to this machine only: pass `apiKey` for another.
 * https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * const chat = chatVLLM({ baseUrl: 'http://127.0.0.1:8000', model: 'Qwen/Qwen3-8B' })
 */
export const chatVLLM = (options: VLLMOptions): Chat => chatWith(vllmAt(options.baseUrl), options)
