import type { Dialect, LazyDialect } from './dialect.ts'

/** OpenAI's responses. */
export const openaiResponses: LazyDialect = {
  id: 'openai-responses',
  builtins: ['web-search'],
  load: async () => (await import('./openai-responses.ts')).openaiResponses,
}

/** Anthropic's Messages API. */
export const anthropicMessages: LazyDialect = {
  id: 'anthropic-messages',
  builtins: ['web-search', 'web-fetch'],
  load: async () => (await import('./anthropic-messages.ts')).anthropicMessages,
}

/** Google's generateContent. */
export const gemini: LazyDialect = {
  id: 'gemini',
  builtins: ['web-search', 'web-fetch'],
  load: async () => (await import('./gemini.ts')).gemini,
}

/** Amazon Bedrock's Converse. */
export const bedrockConverse: LazyDialect = {
  id: 'bedrock-converse',
  builtins: ['web-search'],
  load: async () => (await import('./bedrock-converse.ts')).bedrockConverse,
}

/** Ollama's own API. */
export const ollama: LazyDialect = {
  id: 'ollama',
  load: async () => (await import('./ollama.ts')).ollama,
}

/** Snowflake's `inference:complete`. */
export const cortexComplete: LazyDialect = {
  id: 'cortex-complete',
  load: async () => (await import('./cortex-complete.ts')).cortexComplete,
}

/** Snowflake's Cortex Analyst. */
export const cortexAnalyst: LazyDialect = {
  id: 'cortex-analyst',
  load: async () => (await import('./cortex-analyst.ts')).cortexAnalyst,
}

const loaded = new WeakMap<LazyDialect, Dialect>()

/** A dialect that can be used; at once where it is loaded. */
export function dialectOf(dialect: Dialect | LazyDialect): Dialect | Promise<Dialect> {
  if (!('load' in dialect)) return dialect
  return loaded.get(dialect) ?? load(dialect)
}

async function load(lazy: LazyDialect): Promise<Dialect> {
  const dialect = await lazy.load()
  loaded.set(lazy, dialect)
  return dialect
}
