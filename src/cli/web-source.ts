import type { ModelInfo } from '../capabilities/model-info.ts'
import type { Chat } from '../chat/chat.ts'
import { type Named, PROVIDERS } from '../chats.ts'
import { WebError } from '../web/error-view.ts'
import { type PageSource, settingsOf } from '../web/page-source.ts'
import type { ProviderView, SettingsView } from '../web/protocol.ts'
import { failureOf } from './failure.ts'
import { type OpenChat, openChat } from './open-chat.ts'
import { placeOfKey, variablesOf } from './providers.ts'
import type { AskTask } from './task.ts'

/** The model in this process, as the page names it. */
const EMBEDDED = 'local/natter-tiny'
/** Those whose servers nobody can know the address of. */
const NEED_URL = new Set(['openai-compatible', 'vllm'])

/** What was said on the command line of one server does not hold for another one. */
const ELSEWHERE = { local: undefined, baseUrl: undefined, apiKeyEnv: undefined, billTo: undefined }

/** Everybody that can be asked from this machine; each is opened when first asked, and a model of this machine stays loaded. */
export class WebSource implements PageSource {
  readonly settings: SettingsView
  readonly chat: Chat
  readonly #task: AskTask
  readonly #opened = new Map<string, Promise<OpenChat>>()

  private constructor(task: AskTask, first: OpenChat) {
    this.#task = task
    this.chat = first.chat
    this.settings = settingsOf(first.chat)
    this.#opened.set(this.settings.model, Promise.resolve(first))
  }

  /** @throws UsageError for options that make no sense, LocalEngineError for a model that cannot be loaded */
  static async start(task: AskTask): Promise<WebSource> {
    return new WebSource(task, await openChat(task))
  }

  providers(): readonly ProviderView[] {
    const own = this.settings.model.split('/')[0] ?? ''
    const remote = [...PROVIDERS.values()]
      .filter(({ facts: { id } }) => id === own || !NEED_URL.has(id))
      .map((named) => providerView(named, own === named.facts.id && this.#task.apiKeyEnv !== undefined))
    return [...remote, { id: 'local', name: 'This machine', model: 'natter-tiny', isReady: true }]
  }

  async open(model: string): Promise<Chat> {
    let opened = this.#opened.get(model)
    if (!opened) {
      const provider = model.split('/')[0] ?? ''
      // On the command line it would be an organisation of the Hub.
      if (provider !== 'local' && !PROVIDERS.has(provider))
        throw new WebError(400, 'bad-request', `There is no provider ${provider}: choose another model.`)
      opened = openChat({ ...this.#task, ...ELSEWHERE, model })
      this.#opened.set(model, opened)
      opened.catch(() => this.#opened.delete(model))
    }
    try {
      return (await opened).chat
    } catch (error) {
      throw new WebError(400, 'bad-request', failureOf(error).message)
    }
  }

  async models(provider: string, signal?: AbortSignal): Promise<readonly ModelInfo[]> {
    const own = this.settings.model.split('/')[0]
    const model = provider === own ? this.settings.model : provider === 'local' ? EMBEDDED : provider
    return (await this.open(model)).models({ ...(signal && { signal }) })
  }

  /** Frees the models of this machine. */
  async close(): Promise<void> {
    for (const opened of this.#opened.values())
      await opened.then(({ close }) => close()).catch(() => undefined)
  }
}

function providerView({ facts: { id, name, model, auth } }: Named, hasKey: boolean): ProviderView {
  const isReady = hasKey || Boolean(auth.isOptional) || placeOfKey(auth) !== undefined
  return {
    id,
    name,
    ...(model !== undefined && { model }),
    isReady,
    ...(!isReady && {
      hint: `Set ${variablesOf(auth).slice(0, 2).join(' or ')}, then start natter web again.`,
    }),
  }
}
