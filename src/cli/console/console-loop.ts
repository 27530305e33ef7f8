import type { Content, Media } from '../../core/content.ts'
import { approving } from '../../chat/approving.ts'
import { ask } from '../ask.ts'
import { failureOf } from '../failure.ts'
import { aside, dim, isDrawn, note } from '../io.ts'
import type { OpenChat } from '../open-chat.ts'
import { Printer } from '../printer.ts'
import { approvalBy } from './approval.ts'
import { isLeave, runCommand } from './commands.ts'
import { completerOf } from './completion.ts'
import type { Keeper, TerminalConversation } from './conversation.ts'
import { InputHistory } from './input-history.ts'
import { Keyboard } from './keyboard.ts'
import { LivePrinter } from './live-printer.ts'
import { think } from './showing-commands.ts'

/** How a conversation at a terminal goes. */
export interface LoopOptions {
  readonly open: OpenChat
  readonly attachments?: readonly Media[]
  /** What is said first; undefined for nothing. */
  readonly banner?: string | undefined
  readonly echo: 'none' | 'output' | 'all'
  readonly isDebug?: boolean
  readonly keepsHistory: boolean
  readonly keeper?: Keeper | undefined
  readonly input?: NodeJS.ReadableStream
  readonly ownsProcess?: boolean
  readonly openModel: TerminalConversation['openModel']
  /** Called after each answer, whatever became of it. */
  readonly onAnswer?: (conversation: TerminalConversation) => void
  readonly onLeave?: (conversation: TerminalConversation) => void
  /** Leaves, as the person would. */
  readonly signal?: AbortSignal | undefined
}

/** A Ctrl-C this soon after one that stopped an answer was meant for the answer, in milliseconds. */
const SAME_GESTURE = 500

/** Talks until the person leaves. */
export async function converseIn(options: LoopOptions): Promise<void> {
  const { echo, onAnswer } = options
  let printer: LivePrinter | undefined
  const showAnswer = async (contents: readonly (string | Content)[], signal: AbortSignal): Promise<void> => {
    const { chat } = conversation.open
    printer =
      isDrawn() && echo !== 'none'
        ? new LivePrinter({ footer: conversation.hasFooter, showsThinking: echo === 'all' })
        : undefined
    try {
      const plain = new Printer({ echo: echo === 'output' && conversation.hasFooter ? 'all' : echo })
      await ask(chat, contents, printer ?? plain, signal)
    } finally {
      const thought = chat
        .lastTurn('assistant')
        ?.contents.flatMap((it) => (it.type === 'thinking' ? [it.text] : []))
      conversation.thoughts = printer?.thoughts || thought?.join('\n') || ''
      printer = undefined
      onAnswer?.(conversation)
    }
  }
  const conversation: TerminalConversation = {
    open: options.open,
    attachments: options.attachments ?? [],
    hasFooter: echo === 'all',
    thoughts: '',
    offTools: new Map(),
    keeper: options.keeper,
    isDebug: options.isDebug ?? false,
    openModel: options.openModel,
    ask: showAnswer,
  }
  if (options.banner) aside(`${dim(options.banner)}\n\n`)
  const history = options.keepsHistory ? new InputHistory() : undefined
  const keyboard = new Keyboard({
    ...(options.input && { input: options.input }),
    history: history?.read() ?? [],
    onLine: (line) => history?.add(line),
    completer: completerOf(conversation),
    ownsProcess: options.ownsProcess ?? false,
    onThink: (isAtPrompt) => {
      if (!isAtPrompt) return printer?.toggleThinking()
      aside('\r\u001b[K')
      think(conversation)
      keyboard.redraw()
    },
  })
  const approve = approvalBy((question) => {
    printer?.settle()
    return keyboard.ask(question)
  })
  conversation.open = { ...options.open, chat: approving(options.open.chat, approve) }
  const leave = (): void => keyboard.leave()
  options.signal?.addEventListener('abort', leave, { once: true })
  try {
    await listen(keyboard, conversation)
  } finally {
    options.signal?.removeEventListener('abort', leave)
    keyboard.close()
    options.onLeave?.(conversation)
    await conversation.open.close()
  }
}

async function listen(keyboard: Keyboard, conversation: TerminalConversation): Promise<void> {
  let stopped = -Infinity
  let isWarned = false
  for (;;) {
    const heard = await keyboard.next()
    if (heard.type === 'end') return aside('\n')
    if (heard.type === 'interrupt') {
      if (isWarned && performance.now() - stopped > SAME_GESTURE) return
      note('press Ctrl-C once more, or Ctrl-D, to leave')
      isWarned = true
      stopped = -Infinity
      continue
    }
    isWarned = false
    if (heard.text === '') continue
    if (isLeave(heard.text)) return
    const wasStopped = await keyboard.during((signal) => respond(heard.text, conversation, signal))
    if (!wasStopped) continue
    stopped = performance.now()
    isWarned = true
  }
}

/** Runs a command or asks the model; says what went wrong, after which one may go on. True where Ctrl-C stopped it. */
async function respond(
  text: string,
  conversation: TerminalConversation,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if (await runCommand(text, conversation, signal)) return false
    await conversation.ask([...conversation.attachments, text], signal)
    conversation.attachments = []
  } catch (error) {
    const { message, stack } = failureOf(error)
    if (signal.aborted) note('stopped; what had come stays in the conversation')
    else note(message, 'error')
    if (conversation.isDebug && stack) aside(`${stack}\n`)
  } finally {
    await conversation.keeper?.save(conversation.open)
    aside('\n')
  }
  return signal.aborted
}
