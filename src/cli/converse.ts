import { converseIn } from './console/console-loop.ts'
import { readImage } from './image-option.ts'
import { openChat } from './open-chat.ts'
import type { AskTask } from './task.ts'
import { version } from '../lib/version-node.ts'
import { openKept } from './open-kept.ts'

/** A conversation in the terminal, until the person leaves; gives the exit code. */
export async function converse(task: AskTask): Promise<number> {
  const attachments = await Promise.all(task.images.map(readImage))
  const { open, kept, task: now } = await openKept(task)
  const { provider, model } = open.chat
  const where = now.baseUrl === undefined ? '' : ` at ${now.baseUrl}`
  await converseIn({
    open,
    attachments,
    banner: `natter ${version()}, ${provider.id}/${model}${where}\n/help lists the commands, Ctrl-D leaves.`,
    echo: task.echo,
    isDebug: task.debug,
    keepsHistory: task.history !== false,
    keeper: kept,
    ownsProcess: true,
    openModel: (name, system) => openChat({ ...now, model: name, local: undefined, system }),
  })
  return 0
}
