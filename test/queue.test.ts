import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { chatOpenAICompatible } from 'natter'
import { type QueueResult, queueChat } from 'natter/queue'
import { BIN, HOME, build, cleanUp } from './cli/command.ts'
import { echoServer } from './queue/echo-server.ts'
import { RedisServer, hasRedis } from './queue/redis-server.ts'

// `npm run soak` asks more of them of more workers; here there is less time.
const ITEMS = Number(process.env['NATTER_SOAK_QUEUE'] ?? 300)
const WORKERS = ITEMS < 1000 ? 3 : 4
const ACTIVE = 5

beforeAll(build, 120_000)
afterAll(cleanUp)

describe.skipIf(!hasRedis)('a queue with workers that die', () => {
  test(
    `of ${ITEMS} prompts none is lost and none is stored twice, with a worker killed each second and Redis once`,
    { timeout: 60_000 + ITEMS * 100 },
    async () => {
      const redis = await RedisServer.start()
      const server = await echoServer(200, 50)
      const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm' })
      const prompts = Array.from({ length: ITEMS }, (_, n) => `p${n}`)
      const queue = await queueChat({ redis: redis.url, name: 'deaths', chat, prompts })

      const args = ['worker', '--redis', redis.url, '--queue', 'deaths', '--once', '--no-progress']
      const how = ['--max-active', String(ACTIVE), '--dead-after', '1.5']
      const heard: string[] = []
      const start = (): ChildProcess => {
        const env = { PATH: process.env['PATH'] ?? '', HOME }
        const child = spawn(process.execPath, [BIN, ...args, ...how], {
          env,
          stdio: ['ignore', 'ignore', 'pipe'],
        })
        child.stderr.on('data', (text: Buffer) => heard.push(text.toString()))
        return child
      }
      const workers = Array.from({ length: WORKERS }, start)
      onTestFinished(() => workers.forEach((it) => void it.kill('SIGKILL')))
      const results: QueueResult<string>[] = []
      const reading = (async () => {
        for await (const result of queue.results()) results.push(result)
      })()
      let isDone = false
      void reading.then(
        () => (isDone = true),
        () => (isDone = true),
      )
      let kills = 0
      let isRestarted = false
      while (!isDone) {
        await sleep(1000)
        if (isDone) break
        if (workers.some(({ exitCode }) => exitCode)) throw new Error(heard.join(''))
        const victim = kills++ % WORKERS
        workers[victim]!.kill('SIGKILL')
        if (!isRestarted && results.length > ITEMS / 3) {
          isRestarted = true
          await redis.kill()
          await sleep(300)
          await redis.up()
          await sleep(200)
          // One that was only starting found no Redis, said so and ended; whoever keeps workers starts it again.
          for (const [at, { exitCode }] of workers.entries()) if (exitCode) workers[at] = start()
        }
        workers[victim] = start()
      }
      await reading
      await Promise.all(workers.map((it) => (it.exitCode === null ? once(it, 'exit') : undefined)))

      expect({ isRestarted, kills: kills > 2 }).toEqual({ isRestarted: true, kills: true })
      expect(results.map(({ index, value }) => `${index} ${value}`).toSorted()).toEqual(
        prompts.map((prompt, n) => `${n} re ${prompt}`).toSorted(),
      )
      const client = redis.client()
      expect(await client.xlen('natter:deaths:natter-results')).toBe(ITEMS)
      expect(await queue.progress()).toEqual({
        added: ITEMS,
        total: ITEMS,
        answered: ITEMS,
        failed: 0,
        waiting: 0,
        active: 0,
      })
      // Each was asked, and again only what was in the hands of the dead, or failed.
      const asked = [...server.counts.values()].reduce((sum, count) => sum + count, 0)
      expect(server.counts.size).toBe(ITEMS)
      expect(asked).toBeLessThanOrEqual(ITEMS + Math.ceil(asked / 50) + (kills + WORKERS) * ACTIVE)
      expect(workers.map(({ exitCode }) => exitCode)).toEqual(workers.map(() => 0))
      console.log(
        `${ITEMS} prompts, ${kills} kills, asked ${asked} times; ${heard.join('').split('\n').length} lines`,
      )
      client.disconnect()
      await queue.close()
    },
  )
})
