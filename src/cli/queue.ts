import { openQueue } from '../queue/chat-queue.ts'
import type { QueueProgress } from '../queue/chat-queue.ts'
import { queueChat } from '../queue/queue-chat.ts'
import { secretsIn } from '../queue/redis-address.ts'
import { UsageError } from './failure.ts'
import { clearProgress, note, showProgress } from './io.ts'
import { countRows, jsonSchemaIn, promptsOf, templateOf } from './map-prompts.ts'
import { openChat } from './open-chat.ts'
import type { QueueAddTask, QueueShortTask, QueueTask } from './queue-task.ts'
import { keepSecret } from './secrets.ts'

/** Does what was asked of a queue, and gives the exit code. */
export async function queue(task: QueueTask): Promise<number> {
  keepRedisSecrets(task.redis)
  switch (task.type) {
    case 'queue-add':
      return add(task)
    case 'queue-results':
      return (await import('./queue-results.ts')).results(task)
    default:
      return change(task)
  }
}

/**
 * Nothing that is printed shall hold the password of a Redis.
 * @throws UsageError for what is no URL of one
 */
export function keepRedisSecrets(redis: string): void {
  try {
    for (const secret of secretsIn(redis)) keepSecret(secret)
  } catch (error) {
    throw new UsageError(`--${(error as Error).message}`, { cause: error })
  }
}

async function add(task: QueueAddTask): Promise<number> {
  const { redis, name, input, rpm, tpm, maxActive, maxWaiting, tries } = task
  const template = templateOf(task.prompt)
  const schema = task.schema === undefined ? undefined : jsonSchemaIn(task.schema)
  const total = await countRows(input, template)
  const { chat, close } = await openChat(task.ask)
  try {
    const added = await queueChat({
      redis,
      name,
      chat,
      prompts: promptsOf(input, template),
      schema,
      requestsPerMinute: rpm,
      tokensPerMinute: tpm,
      maxActive,
      maxWaiting,
      tries,
      onAdded: (count) => showProgress(`${count} of ${total} added`),
    })
    clearProgress()
    note(`${total} prompts are in the queue ${name}: ${inWords(await added.progress())}`)
    await added.close()
    return 0
  } finally {
    await close()
  }
}

async function change({ type, redis, name, json }: QueueShortTask): Promise<number> {
  const opened = await openQueue({ redis, name })
  try {
    const job = await opened.job()
    if (!job) throw new UsageError(`there is no queue ${name} in this Redis`)
    if (type === 'queue-remove') await opened.remove()
    else if (type === 'queue-retry')
      note(`${await opened.retryFailed()} prompts of the queue ${name} are asked again`)
    else {
      const progress = await opened.progress()
      const { provider, model } = job.chat
      process.stdout.write(
        json
          ? `${JSON.stringify({ name, provider, model, ...progress })}\n`
          : `${name} (${provider}/${model}): ${inWords(progress)}\n`,
      )
    }
    return 0
  } finally {
    await opened.close()
  }
}

/** How far a queue is, in one line. */
export const inWords = ({ added, total, answered, failed, waiting, active }: QueueProgress): string =>
  [
    `${answered} of ${total ?? `${added} so far`} answered`,
    failed > 0 && `${failed} failed`,
    `${waiting} waiting`,
    `${active} under way`,
  ]
    .filter(Boolean)
    .join(', ')
