import { warn } from '#platform'
import type { Redis } from 'ioredis'
import { ChatError } from '../core/errors.ts'
import { addressOf, secretsIn } from './redis-address.ts'

/** The packages that are needed; Node finds them with the person's own. */
export const PACKAGES = 'bullmq ioredis'

/** The longest pause between two tries to reach a Redis that is gone, in milliseconds. */
const LONGEST_PAUSE = 2000

/**
 * What a package gives, where it is installed.
 * @throws ChatError `missing-package`
 */
export async function installed<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    throw new ChatError(
      `natter/queue works on Redis through packages that are not installed: run \`npm install ${PACKAGES}\`.`,
      { code: 'missing-package', cause },
    )
  }
}

/**
 * A connection to a Redis. One that cannot be had is an error; one that is lost later is waited for, and what was asked meanwhile is
 * asked then.
 * @throws ChatError `connection`, which never holds the URL's password; TypeError for what is no URL of a Redis
 */
export async function connect(url: string): Promise<Redis> {
  const address = addressOf(url)
  const { Redis } = await installed(() => import('ioredis'))
  const client: Redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    // BullMQ's copies of it ask the same.
    retryStrategy: (times) => (gone.has(client) ? null : Math.min(50 * 2 ** times, LONGEST_PAUSE)),
  })
  copies.set(client, [])
  const duplicate = client.duplicate.bind(client)
  client.duplicate = (more) => {
    const copy = duplicate(more)
    copies.get(client)?.push(copy)
    return copy
  }
  let failure: Error | undefined
  client.on('error', (error) => (failure = error))
  try {
    await client.connect()
    await client.ping()
  } catch (error) {
    letGo(client)
    // Redis repeats a command in its error, and one of them is the password.
    throw new ChatError(
      `Redis at ${address} cannot be used: ${whyOf(failure ?? (error as Error), url)}. Start it, or name another.`,
      { code: 'connection', provider: 'Redis' },
    )
  }
  let isLost = false
  client.on('close', () => {
    if (!isLost && !gone.has(client)) warn(`Redis at ${address} is gone: waiting until it is back.`)
    isLost = true
  })
  client.on('ready', () => (isLost = false))
  return client
}

/** The copies that BullMQ makes of a connection, to wait on. */
const copies = new WeakMap<Redis, Redis[]>()
const gone = new WeakSet<Redis>()

/** Ends a connection with all copies of it; a Redis that is gone is waited for no longer, and what was asked of it fails. */
export function letGo(client: Redis): void {
  gone.add(client)
  for (const one of [client, ...(copies.get(client) ?? [])]) {
    const isWaiting = one.status === 'reconnecting'
    one.disconnect()
    // One between two tries would neither end nor fail what waits: its last try does both.
    if (isWaiting)
      one.connect().then(
        () => one.disconnect(),
        () => undefined,
      )
  }
}

function whyOf(error: Error, url: string): string {
  const { code } = error as NodeJS.ErrnoException
  const why = (error.message || code || error.name).replace(/\.+$/, '')
  return secretsIn(url).reduce((text, secret) => text.replaceAll(secret, '[redacted]'), why)
}
