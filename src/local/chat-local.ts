import { basename } from 'node:path'
import type { Chat } from '../chat/chat.ts'
import { type ChatOptions, chatWith } from '../chat-with.ts'
import { ChatError, type ChatErrorCode } from '../core/errors.ts'
import { openaiChat } from '../dialects/openai-chat.ts'
import type { Provider } from '../providers/provider.ts'
import { hubModel } from './hub-model.ts'
import { type LocalEngine, type LocalEngineOptions, localEngine } from './local-engine.ts'
import { LocalEngineError, type LocalErrorCode } from './local-error.ts'

/** What a chat with a model of this machine can be told: what every chat can, but for what concerns a network. */
export interface LocalChatOptions
  extends
    Omit<ChatOptions, 'apiKey' | 'credentials' | 'apiHeaders' | 'baseUrl' | 'fetch' | 'retries'>,
    Partial<Pick<LocalEngineOptions, 'contextSize' | 'threads' | 'onProgress'>> {
  /** `'embedded'`, the path of a .gguf file, or `hf.co/org/repo:quant`. @default 'embedded' */
  readonly model?: string | undefined
  /** An engine made before, to share one loaded model between chats; who made it closes it. */
  readonly engine?: LocalEngine | undefined
}

/** A model in this process. */
const local: Provider = {
  id: 'local',
  name: 'Local model',
  docs: 'https://node-llama-cpp.withcat.ai',
  // Names nothing: the engine is called, not dialled.
  baseUrl: 'http://local/v1',
  dialect: openaiChat,
  auth: { variables: [], places: 'nowhere', isOptional: true },
}

/** A model on this machine may think for minutes before its first word, and no network can swallow the answer. */
const NO_LIMITS = { connect: 0, firstByte: 0, idle: 0, total: 0 }

/**
 * A chat with a GGUF model that runs in this process, by way of the same dialect as any server. The model is loaded at the first
 * prompt and stays loaded as long as the process runs; pass an `engine` to decide that yourself.
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example
 * import { chatLocal } from 'natter/local'
 * const chat = chatLocal({ systemPrompt: 'Be terse.' })
 * console.log(await chat.chat('What can you do?'))
 */
export function chatLocal(options: LocalChatOptions = {}): Chat {
  const { model = 'embedded', engine, contextSize, threads, onProgress, timeout, ...rest } = options
  const settings = {
    model,
    ...(contextSize !== undefined && { contextSize }),
    ...(threads !== undefined && { threads }),
    ...(onProgress && { onProgress }),
  }
  const limits = typeof timeout === 'number' ? { total: timeout } : timeout
  return chatWith(local, {
    ...rest,
    model: modelName(model),
    fetch: told(engine ?? localEngine(settings)),
    timeout: { ...NO_LIMITS, ...limits },
    retries: 0,
  })
}

/** What the model is called in messages and turns. */
const modelName = (model: string): string =>
  model === 'embedded'
    ? 'natter-tiny'
    : (hubModel(model)?.repository ?? basename(model).replace(/\.gguf$/i, ''))

/** An engine whose own errors are those of a chat; as they stand they would read as a lost connection. */
const told =
  (engine: LocalEngine): typeof fetch =>
  async (...request) => {
    try {
      return await engine(...request)
    } catch (error) {
      if (!(error instanceof LocalEngineError)) throw error
      throw new ChatError(error.message, {
        code: CODES[error.code] ?? 'bad-request',
        provider: local.name,
        cause: error,
      })
    }
  }

const CODES: Readonly<Partial<Record<LocalErrorCode, ChatErrorCode>>> = {
  engine_missing: 'missing-package',
  unsupported_platform: 'missing-package',
  model_not_found: 'not-found',
  not_a_gguf: 'not-found',
  offline: 'connection',
  download_failed: 'connection',
  closed: 'aborted',
}
