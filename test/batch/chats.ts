import {
  type Chat,
  type ChatOptions,
  chatAnthropic,
  chatGoogleGemini,
  chatGroq,
  chatMistral,
  chatOpenAI,
  chatOpenRouter,
} from 'natter'
import { type BatchKind, type BatchServer, startBatchServer } from '../batch-server.ts'
import type { BatchScript } from './kept.ts'

const CHATS: Readonly<Record<BatchKind, readonly [chat: (options: ChatOptions) => Chat, model: string]>> = {
  openai: [chatOpenAI, 'gpt-4.1'],
  groq: [chatGroq, 'llama-3.1-8b-instant'],
  openrouter: [chatOpenRouter, 'openai/gpt-4.1'],
  mistral: [chatMistral, 'mistral-large-latest'],
  anthropic: [chatAnthropic, 'claude-sonnet-4-5'],
  gemini: [chatGoogleGemini, 'gemini-2.5-flash'],
}

/** The kinds of servers that answer batches. */
export const KINDS = Object.keys(CHATS) as readonly BatchKind[]

/** A chat with a server of batches. */
export const chatAt = (
  kind: BatchKind,
  { url }: Pick<BatchServer, 'url'>,
  options: ChatOptions = {},
): Chat => {
  const [chat, model] = CHATS[kind]
  return chat({ baseUrl: url, apiKey: 'sk-secret-secret', model, ...options })
}

/** Starts a server that answers each prompt with `re` and its text, unless the script says otherwise, and a chat with it. */
export async function batchChatAt(
  kind: BatchKind,
  script: BatchScript = {},
  options: ChatOptions = {},
): Promise<{ readonly server: BatchServer; readonly chat: Chat }> {
  const server = await startBatchServer(kind, { answer: (body) => `re ${promptIn(body)}`, ...script })
  return { server, chat: chatAt(kind, server, options) }
}

/** The last text of a request, whatever the dialect. */
export function promptIn(body: Readonly<Record<string, unknown>>): string {
  const texts = [
    ...JSON.stringify(body.messages ?? body.input ?? body.contents).matchAll(/"(?:text|content)":"([^"]*)"/g),
  ]
  return texts.at(-1)?.[1] ?? ''
}
