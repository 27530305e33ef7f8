import type { AskTask } from './task.ts'
import { version } from '../lib/version-node.ts'
import { ask } from './ask.ts'
import { type Conversation, isLeave, runCommand } from './commands.ts'
import { failureOf } from './failure.ts'
import { readImage } from './image-option.ts'
import { aside, dim, note } from './io.ts'
import { Keyboard } from './keyboard.ts'
import { openKept } from './open-kept.ts'
import { Printer } from './printer.ts'

/** A Ctrl-C this soon after one that stopped an answer was meant for the answer, in milliseconds. */
const SAME_GESTURE = 500

/** A conversation in the terminal, until the person leaves; gives the exit code. */
export async function converse(task: AskTask): Promise<number> {
  const images = await Promise.all(task.images.map(readImage))
  const { open, kept, task: now } = await openKept(task)
  const conversation: Conversation = { open, task: now, images }
  const { provider, model } = conversation.open.chat
  const where = task.baseUrl === undefined ? '' : ` at ${task.baseUrl}`
  const banner = `natter ${version()}, ${provider.id}/${model}${where}\n/help lists the commands, Ctrl-D leaves.`
  aside(`${dim(banner)}\n\n`)
  const keyboard = new Keyboard()
  let stopped = -Infinity
  let isWarned = false
  try {
    for (;;) {
      const heard = await keyboard.next()
      if (heard.type === 'end') {
        aside('\n')
        return 0
      }
      if (heard.type === 'interrupt') {
        if (isWarned && performance.now() - stopped > SAME_GESTURE) return 0
        note('press Ctrl-C once more, or Ctrl-D, to leave')
        isWarned = true
        stopped = -Infinity
        continue
      }
      isWarned = false
      if (heard.text === '') continue
      if (isLeave(heard.text)) return 0
      const wasStopped = await keyboard.during((signal) => respond(heard.text, conversation, signal))
      await kept?.save(conversation.open)
      if (!wasStopped) continue
      stopped = performance.now()
      isWarned = true
    }
  } finally {
    keyboard.close()
    await conversation.open.close()
  }
}

/** Runs a command or asks the model; says what went wrong, after which one may go on. True where Ctrl-C stopped it. */
async function respond(text: string, conversation: Conversation, signal: AbortSignal): Promise<boolean> {
  const { task, images, open } = conversation
  try {
    if (await runCommand(text, conversation)) return false
    await ask(open.chat, { text, images }, new Printer({ echo: task.echo }), signal)
    conversation.images = []
  } catch (error) {
    const { message, stack } = failureOf(error)
    if (signal.aborted) note('stopped; what had come stays in the conversation')
    else note(message, 'error')
    if (task.debug && stack) aside(`${stack}\n`)
  } finally {
    aside('\n')
  }
  return signal.aborted
}
