import type { Chat } from '../../chat/chat.ts'
import { PROVIDER_NAMES, chat as chatNamed } from '../../chats.ts'
import { type Streams, directTo } from '../io.ts'
import { converseIn } from './console-loop.ts'

/** How a console is opened. */
export interface LiveConsoleOptions {
  /** Whether to leave out the words it begins with. @default false */
  readonly quiet?: boolean | undefined
  /** Whether what is typed is kept for the next time, in the user's data folder. @default true, unless `NATTER_HISTORY` is `off` */
  readonly history?: boolean | undefined
  /** Where a person types. @default the process's standard input */
  readonly input?: NodeJS.ReadableStream | undefined
  /** Where all is shown. @default the process's standard output, and standard error for what is no answer */
  readonly output?: Streams['stdout'] | undefined
  /** Leaves, as the person would. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Lets a person talk to a chat in the terminal, as `natter` does: with its tools, which ask where they need approval, and with all
 * commands. Comes back when the person leaves; the conversation is then that of the chat.
 */
export async function liveConsole(chat: Chat, options: LiveConsoleOptions = {}): Promise<void> {
  const { input, output, quiet = false, history = true, signal } = options
  signal?.throwIfAborted()
  const restore = output ? directTo({ stdout: output, stderr: output }) : undefined
  const { provider, model } = chat
  try {
    await converseIn({
      open: { chat, close: () => Promise.resolve() },
      banner: quiet ? undefined : `${provider.id}/${model}\n/help lists the commands, Ctrl-D leaves.`,
      echo: 'output',
      keepsHistory: history,
      ...(input && { input }),
      signal,
      openModel: (name) => Promise.resolve({ chat: modelOf(chat, name), close: () => Promise.resolve() }),
      // The program's chat is asked by a fork of it that can ask a person.
      onAnswer: ({ open }) => void chat.setTurns(open.chat.turns),
      onLeave: ({ open }) => takeOver(chat, open.chat),
    })
  } finally {
    restore?.()
  }
}

/** A model of another provider by `provider/model`, else one of the same. */
function modelOf(chat: Chat, name: string): Chat {
  if (PROVIDER_NAMES.includes(name.split('/')[0] ?? '') && name.includes('/')) return chatNamed(name)
  const other = chat.clone()
  other.model = name
  return other
}

function takeOver(chat: Chat, other: Chat): void {
  if (chat.provider.id !== other.provider.id) chat.use(other)
  chat.model = other.model
  chat.systemPrompt = other.systemPrompt
  chat.setTurns(other.turns)
}
