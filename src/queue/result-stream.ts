import type { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'
import { BitSet } from '../lib/bit-set.ts'
import type { QueueKeys } from './queue-keys.ts'
import type { StoredResult } from './queue-result.ts'
import { RedisScript } from './redis-script.ts'

/** An answer is stored once; a failure is stored once, and not after an answer. */
const STORE = new RedisScript(
  'store',
  3,
  `if redis.call('GETBIT', KEYS[1], ARGV[1]) == 1 then return 0 end
local hadFailed = redis.call('GETBIT', KEYS[2], ARGV[1]) == 1
if ARGV[2] == '1' then
  if hadFailed then return 0 end
  redis.call('SETBIT', KEYS[2], ARGV[1], 1)
else
  redis.call('SETBIT', KEYS[1], ARGV[1], 1)
  if hadFailed then redis.call('SETBIT', KEYS[2], ARGV[1], 0) end
end
redis.call('XADD', KEYS[3], '*', 'result', ARGV[3])
return 1`,
)

/** Stores a result, unless its prompt has one; whether it did. */
export async function storeResult(client: Redis, keys: QueueKeys, result: StoredResult): Promise<boolean> {
  const { answered, refused, results } = keys
  const isFailure = result.error === undefined ? 0 : 1
  return (
    (await STORE.run(client, answered, refused, results, result.index, isFailure, JSON.stringify(result))) ===
    1
  )
}

/** Whether a prompt has its result already. */
export type Standing = 'answered' | 'failed' | 'open'

/** Which of these prompts have their result. */
export async function standingOf(
  client: Redis,
  { answered, refused }: QueueKeys,
  indexes: readonly number[],
): Promise<readonly Standing[]> {
  const pipeline = client.pipeline()
  for (const index of indexes) pipeline.getbit(answered, index).getbit(refused, index)
  const replies = (await pipeline.exec()) ?? []
  const isSet = (at: number): boolean => {
    const [error, bit] = replies[at] ?? []
    if (error) throw error
    return bit === 1
  }
  return indexes.map((_, at) => (isSet(2 * at) ? 'answered' : isSet(2 * at + 1) ? 'failed' : 'open'))
}

/** How results are read. */
export interface StreamOptions {
  /** Whether they are taken out of Redis once they were read. */
  readonly remove: boolean
  /** Whether more may come, asked where none is left. */
  readonly goesOn: () => Promise<boolean>
  readonly signal: AbortSignal | undefined
}

const BATCH = 500
/** How long to wait for more, in milliseconds. */
const PAUSE = 200

/** The results in the stream, each once, as they come; with `remove` those of a batch are taken out when the next one is asked for. */
export async function* readResults(
  client: Redis,
  { results }: QueueKeys,
  { remove, goesOn, signal }: StreamOptions,
): AsyncGenerator<readonly StoredResult[], void, undefined> {
  const seen = new BitSet()
  let last = '0'
  for (;;) {
    signal?.throwIfAborted()
    // Asked before the stream is read: what was stored until then is in it.
    const isLast = !(await goesOn())
    const [stream] = (await client.xread('COUNT', BATCH, 'STREAMS', results, last)) ?? []
    const entries = stream?.[1] ?? []
    const batch: StoredResult[] = []
    for (const [id, [, text = '']] of entries) {
      const result = JSON.parse(text) as StoredResult
      last = id
      // A Redis that has lost its last second stores again what was read in it.
      if (seen.has(result.index)) continue
      if (!result.error) seen.add(result.index)
      batch.push(result)
    }
    if (batch.length > 0) yield batch
    if (entries.length === 0) {
      if (isLast) return
      await sleep(PAUSE, undefined, { signal })
    } else if (remove) await client.xtrim(results, 'MINID', after(last))
  }
}

/** The first id after this one. */
const after = (id: string): string => {
  const [time = '0', place = '0'] = id.split('-')
  return `${time}-${Number(place) + 1}`
}
