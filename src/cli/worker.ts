import type { Chat } from '../chat/chat.ts'
import type { QueueJob } from '../queue/queue-job.ts'
import { queueWorker } from '../queue/queue-worker.ts'
import { type Asked, FOR_ROWS } from './ask-options.ts'
import { UsageError } from './failure.ts'
import { note } from './io.ts'
import { type OpenChat, openChat } from './open-chat.ts'
import { keepRedisSecrets } from './queue.ts'
import type { WorkerTask } from './queue-task.ts'
import { NAMELESS } from './reached.ts'

/** Takes prompts of a queue and asks them until it is told to stop, and gives the exit code. */
export async function worker(task: WorkerTask): Promise<number> {
  const { redis, name, maxActive, once, account, deadAfter, grace, progress } = task
  keepRedisSecrets(redis)
  const opened: OpenChat[] = []
  const stop = new AbortController()
  const chat = async (job: QueueJob): Promise<Chat> => {
    const open = await openChat({ ...FOR_ROWS, ...whoAnswers(task, job) })
    opened.push(open)
    return open.chat
  }
  const works = queueWorker({
    redis,
    name,
    chat,
    maxActive,
    once,
    account,
    deadAfter,
    grace,
    progress,
    signal: stop.signal,
  })
  let times = 0
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (++times > 2) process.exit(130)
      if (times === 2) return stop.abort()
      note(`finishing the ${works.progress.active} under way; once more gives them back`)
      works.drain()
    })
  try {
    const { done, failed } = await works.run()
    note(`${done - failed} prompts answered, ${failed} failed`)
    return 0
  } finally {
    for (const { close } of opened) await close()
  }
}

/** Who answers for a queue: what stands in Redis names a provider and a server, and does not decide where a key goes that was named here. */
function whoAnswers(
  { local, baseUrl, apiKeyEnv, billTo, timeout }: WorkerTask,
  { chat, server }: QueueJob,
): Asked {
  // System prompt and parameters are laid over the chat afterwards.
  const who = { system: undefined, params: {}, apiKeyEnv, billTo, timeout }
  if (local !== undefined) return { ...who, local, model: undefined, baseUrl: undefined }
  if (chat.provider === 'local') {
    if (chat.model === 'natter-tiny')
      return { ...who, local: 'embedded', model: undefined, baseUrl: undefined }
    throw new UsageError(`the prompts are for the local model ${chat.model}: say where it is with --local`)
  }
  const other = chat.baseUrl ?? (NAMELESS.has(chat.provider) ? server : undefined)
  if (apiKeyEnv !== undefined && other !== undefined && baseUrl === undefined)
    throw new UsageError(
      `the queue names the server ${other}: to send it the key in ${apiKeyEnv}, add --base-url ${other}`,
    )
  const model = chat.model === '' ? chat.provider : `${chat.provider}/${chat.model}`
  return { ...who, local: undefined, model, baseUrl: baseUrl ?? other }
}
