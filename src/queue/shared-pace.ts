import { randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import type { Redis } from 'ioredis'
import { setTimeout as sleep } from 'node:timers/promises'
import { abortable } from '../lib/abortable.ts'
import type { Turnstile } from '../providers/lane.ts'
import type { Line } from '../providers/line.ts'
import type { Pace } from '../providers/pace.ts'
import { payerOf } from '../providers/pace-of.ts'
import type { Entry } from '../providers/tempo.ts'
import { PREFIX } from './queue-keys.ts'
import { RedisScript } from './redis-script.ts'

/** What all machines together may ask for each minute. */
export interface SharedLimits {
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
}

/**
 * Sets a place aside for a request, and gives how long it must wait for it and whether it has one: while nobody may send, it has none. By
 * the clock of Redis, as each machine has another. Each place takes its share of a minute; who comes a tenth of a second early is let in.
 */
const TAKE = new RedisScript(
  'take',
  1,
  `local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local function at(field) return tonumber(redis.call('HGET', KEYS[1], field) or '0') end
local pause = at('until') - now
if pause > 0 then return {math.ceil(pause), 0} end
local wait = 0
for place, field in ipairs({'requests', 'tokens'}) do
  local share = tonumber(ARGV[place])
  if share > 0 then
    local free = at(field)
    wait = math.max(wait, free - now - math.max(0, 100 - share))
    redis.call('HSET', KEYS[1], field, math.max(free, now) + share)
  end
end
redis.call('PEXPIRE', KEYS[1], ${24 * 3_600_000})
return {math.ceil(wait), 1}`,
)

const PAUSE = new RedisScript(
  'pause',
  1,
  `local time = redis.call('TIME')
local till = time[1] * 1000 + time[2] / 1000 + ARGV[1]
if till > tonumber(redis.call('HGET', KEYS[1], 'until') or '0') then redis.call('HSET', KEYS[1], 'until', till) end
redis.call('PEXPIRE', KEYS[1], ${24 * 3_600_000})`,
)

/** The pace that one account has at one model, for all machines that ask a Redis: what one is told to wait, all wait. */
export class SharedPace implements Turnstile {
  readonly #client: Redis
  readonly #key: string
  readonly #pace: Pace
  readonly #msPerRequest: number
  readonly #msPerToken: number
  /** Until when the others know that nobody sends, by the clock of this process. */
  #told = 0

  /** The pace of this process goes before; `key` is of the account and the model. */
  constructor(client: Redis, key: string, pace: Pace, limits: SharedLimits) {
    this.#client = client
    this.#key = `${PREFIX}:pace:${key}`
    this.#pace = pace
    this.#msPerRequest = 60_000 / (limits.requestsPerMinute ?? Infinity)
    this.#msPerToken = 60_000 / (limits.tokensPerMinute ?? Infinity)
  }

  get countsTokens(): boolean {
    return this.#msPerToken > 0 || this.#pace.countsTokens
  }

  /** Waits for a turn among those of this process, and then among all. */
  async enter(tokens: number, signal: AbortSignal | undefined): Promise<Entry> {
    const entry = await this.#pace.enter(tokens, signal)
    try {
      let shares = [this.#msPerRequest, this.#msPerToken * tokens]
      for (;;) {
        const taking = TAKE.run(this.#client, this.#key, ...shares) as Promise<readonly [number, number]>
        const [wait, isTaken] = await abortable(taking, signal)
        if (wait > 0) await sleep(wait, undefined, { signal })
        else if (isTaken) return { ...entry, at: performance.now() }
        // What it has set aside it keeps; whether everybody must wait may have changed meanwhile.
        if (isTaken) shares = [0, 0]
      }
    } catch (error) {
      this.#pace.leave(entry, error)
      throw error
    }
  }

  heard(entry: Entry, header: (name: string) => string | undefined): void {
    this.#pace.heard(entry, header)
    this.#tell()
  }

  leave(entry: Entry, error: unknown): void {
    this.#pace.leave(entry, error)
    this.#tell()
  }

  correct(tokens: number): void {
    this.#pace.correct(tokens)
    if (this.#msPerToken > 0)
      void this.#client.hincrbyfloat(this.#key, 'tokens', tokens * this.#msPerToken).catch(() => undefined)
  }

  /** Lets the others wait too. */
  #tell(): void {
    const { pause } = this.#pace
    const until = performance.now() + pause
    if (pause === 0 || until <= this.#told + 1) return
    this.#told = until
    // Where Redis is gone nobody asks it either.
    void PAUSE.run(this.#client, this.#key, pause).catch(() => undefined)
  }
}

/**
 * The key of an account at a model that is the same on all machines. A key of the provider's is hashed, slowly and with what only this
 * Redis knows, so that nobody who reads the hash finds it by trying.
 */
export async function paceKey(client: Redis, line: Line, model: string, account?: string): Promise<string> {
  const payer = account ?? (await payerOf(line)) ?? ''
  await client.setnx(`${PREFIX}:salt`, randomBytes(32).toString('hex'))
  const salt = (await client.get(`${PREFIX}:salt`)) ?? ''
  const what = JSON.stringify([new URL(line.baseUrl).origin, model, payer])
  const hash = (await promisify(scrypt)(what, salt, 18)) as Buffer
  return hash.toString('base64url')
}
