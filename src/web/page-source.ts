import type { ModelInfo } from '../capabilities/model-info.ts'
import type { Chat } from '../chat/chat.ts'
import { modelName } from '../sessions/session-lines.ts'
import type { ProviderView, SettingsView } from './protocol.ts'

/** Whom the page can ask. */
export interface PageSource {
  /** What new conversations begin with. */
  readonly settings: SettingsView
  /** A chat whose tools the page shows. */
  readonly chat: Chat
  /** Those that a person may choose from; empty where the program decides. */
  providers(): readonly ProviderView[]
  /** A chat with a model, `provider/model`; it is cloned for each question. */
  open(model: string): Promise<Chat>
  /** The models of a provider. */
  models(provider: string, signal?: AbortSignal): Promise<readonly ModelInfo[]>
}

/** What a chat was made with, as the page shows it. */
export function settingsOf(chat: Chat): SettingsView {
  const { provider, model, systemPrompt, params } = chat.toJSON()
  return { model: modelName({ provider, model }), ...(systemPrompt && { system: systemPrompt }), params }
}

/** A chat of a program: who is asked is for the program to say. */
export const sourceOf = (chat: Chat): PageSource => ({
  settings: settingsOf(chat),
  chat,
  providers: () => [],
  open: () => Promise.resolve(chat),
  models: (_provider, signal) => chat.models({ ...(signal && { signal }) }),
})
