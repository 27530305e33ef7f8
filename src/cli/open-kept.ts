import type { KeptSession } from './kept-session.ts'
import { type OpenChat, openChat } from './open-chat.ts'
import type { AskTask } from './task.ts'

/** A chat that is ready, and what keeps it. */
export interface OpenKept {
  readonly open: OpenChat
  /** Undefined where nothing is kept. */
  readonly kept: KeptSession | undefined
  readonly task: AskTask
}

/**
 * The chat that a command line asks for, or the conversation that it goes on with; each answer is kept as it joins.
 * @throws UsageError for options that make no sense, or a conversation there is none of
 */
export async function openKept(task: AskTask): Promise<OpenKept> {
  const isKept = task.history !== false && process.env['NATTER_HISTORY'] !== 'off'
  if (task.resumed !== undefined) {
    const { resumeSession } = await import('./resumed.ts')
    const { kept, ...resumed } = await resumeSession(task.resumed || undefined, task)
    if (isKept) kept.follow(resumed.open)
    return { ...resumed, kept: isKept ? kept : undefined }
  }
  const open = await openChat(task)
  if (!isKept) return { open, kept: undefined, task }
  const { KeptSession } = await import('./kept-session.ts')
  const kept = new KeptSession()
  kept.follow(open)
  return { open, kept, task }
}
