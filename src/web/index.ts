import type { Chat } from '../chat/chat.ts'
import type { LiveBrowser, LiveBrowserOptions } from './live-browser.ts'

export { chatHandler } from './chat-handler.ts'
export type { ChatHandler, ChatHandlerOptions, ChatOf } from './chat-handler.ts'
export type { LiveBrowser, LiveBrowserOptions } from './live-browser.ts'
export type { ErrorView, NodeView, RunEvent } from './protocol.ts'

/**
 * Serves a page in which a person goes on with a chat: each conversation is a clone of it, with its tools and its key, which never
 * leaves the server. Only this machine can reach it, and only who has the URL.
 * @throws TypeError for another host without a token or password; Error for a port that is taken
 * @example
 * const page = await liveBrowser(chatHuggingFace({ systemPrompt: 'Be terse.' }))
 * console.log(page.url)
 */
export async function liveBrowser(chat: Chat, options: LiveBrowserOptions = {}): Promise<LiveBrowser> {
  const [{ servePage }, { sourceOf }, { version }] = await Promise.all([
    import('./live-browser.ts'),
    import('./page-source.ts'),
    import('../lib/version-node.ts'),
  ])
  return servePage(sourceOf(chat), { version: version() }, options)
}
