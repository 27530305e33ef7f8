import { Chat } from '../chat/chat.ts'
import type { SavedSession } from '../sessions/saved-session.ts'
import { type Sessions, SessionStore } from '../sessions/session-store.ts'
import { UsageError } from './failure.ts'
import { KeptSession } from './kept-session.ts'
import { localModel } from './local-option.ts'
import { type OpenChat, openChat } from './open-chat.ts'
import type { AskTask } from './task.ts'

/** A conversation that is open again. */
export interface Resumed {
  readonly open: OpenChat
  readonly kept: KeptSession
  /** Who is asked now: what was said on the command line goes before what was saved. */
  readonly task: AskTask
}

/** As many characters of an id as name one conversation. */
const SHORTEST = 4

/**
 * The conversation of an id or of how it begins, or the last one.
 * @throws UsageError where there is none, or more than one
 */
export async function findSession(id?: string, store: Sessions = new SessionStore()): Promise<SavedSession> {
  const all = await store.list(id === undefined ? { limit: 1 } : {})
  if (id === undefined) {
    if (!all[0]) throw new UsageError('there is no conversation to go on with yet')
    return store.load(all[0].id)
  }
  const found = id.length < SHORTEST ? [] : all.filter((one) => one.id.startsWith(id))
  if (found.length > 1)
    throw new UsageError(`${id} begins the ids of ${found.length} conversations: write more of it`)
  if (!found[0]) throw new UsageError(`there is no conversation ${id}; natter sessions lists them`)
  return store.load(found[0].id)
}

/**
 * Opens a conversation again. Tools, `apiArgs` and addresses are not taken from what was saved: a file must not decide where a key
 * goes.
 * @throws UsageError where it was held at an address that nobody names now
 */
export async function resumeSession(id: string | undefined, task: AskTask): Promise<Resumed> {
  const session = await findSession(id)
  const now = taskOf(session, task)
  const open = await openChat(now)
  const saved = { ...session.transcript(), tools: undefined, apiArgs: undefined }
  const chat = await Chat.fromJSON({ ...saved, params: now.params, systemPrompt: now.system }, open.chat)
  chat.model = open.chat.model
  const kept = new KeptSession(session)
  kept.adopt(chat.turns)
  return { open: { ...open, chat }, kept, task: now }
}

function taskOf(session: SavedSession, task: AskTask): AskTask {
  const { provider, model, systemPrompt, params, baseUrl, settings } = session.settings
  const now = { ...task, system: task.system ?? systemPrompt, params: { ...params, ...task.params } }
  if (task.model !== undefined || task.local !== undefined) return now
  if (baseUrl !== undefined && task.baseUrl === undefined)
    throw new UsageError(
      `this conversation was held at ${baseUrl}, which only its file says: to go on there add --base-url ${baseUrl}, and --model goes on with somebody else`,
    )
  if (provider !== 'local') return { ...now, model: `${provider}/${model}` }
  const local = settings?.['local']
  return { ...now, local: typeof local === 'string' ? local : (localModel(model) ?? model) }
}
