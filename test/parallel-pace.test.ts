import { setTimeout as sleep } from 'node:timers/promises'
import { type Chat, chatOpenAICompatible, parallelText } from 'natter'
import { expect, test } from 'vitest'
import { answer, completion, json, loopback } from './loopback.ts'
import { type BucketOptions, tokenBucket } from './parallel/token-bucket.ts'

// `npm run soak` asks more, for half a minute.
const COUNT = Number(process.env['NATTER_SOAK_PROMPTS'] ?? 2400)
// There, and in the bench, the machine does nothing else. Beside other tests a slow moment of it is no fault of the pace.
const MOST = process.env['NATTER_SOAK_PROMPTS'] ? 1.05 : 1.2

const promptsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `p${n}`)

/** Asks so many prompts of such a provider, and compares the time with what its bucket allows. */
async function race(
  count: number,
  options: BucketOptions,
): Promise<{ readonly failed: number; readonly ratio: number; readonly refused: number }> {
  const server = await tokenBucket(options)
  const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm', apiKey: 'k-12345678' })
  const started = performance.now()
  let failed = 0
  for await (const { error, value, prompt } of parallelText(chat, promptsOf(count), { progress: false })) {
    if (error || value !== `answer to ${String(prompt)}`) failed++
  }
  const took = performance.now() - started
  const { perSecond, capacity, delay, broken = 0, dropped = 0 } = options
  const requests = count * (1 + broken + dropped)
  const ideal = ((requests - capacity) / perSecond) * 1000 + delay
  return { failed, ratio: took / ideal, refused: server.seen.refused }
}

test(
  'many prompts take no longer than the provider demands, and none fails',
  { timeout: 120_000, retry: 1 },
  async () => {
    const { failed, ratio } = await race(COUNT, {
      perSecond: 150,
      capacity: 300,
      delay: 40,
      broken: 0.01,
      dropped: 0.002,
    })
    expect(failed).toBe(0)
    expect(ratio).toBeLessThan(MOST)
  },
)

test(
  'a provider that tells what is left is hardly ever asked too early',
  { timeout: 60_000, retry: 1 },
  async () => {
    const { failed, ratio, refused } = await race(900, {
      perSecond: 150,
      capacity: 150,
      delay: 40,
      hasHeaders: true,
    })
    expect(failed).toBe(0)
    expect(ratio).toBeLessThan(MOST)
    // Those of the first moments, when nothing had been told yet.
    expect(refused).toBeLessThan(60)
  },
)

test('a pause that one is told holds for all who ask with the same key, and for nobody else', async () => {
  const asked: { readonly key: string; readonly at: number }[] = []
  const server = await loopback((reply, request) => {
    asked.push({ key: String(request.headers.authorization), at: performance.now() })
    const isFirst = asked.length === 1
    if (isFirst) return json(reply, 429, { error: { message: 'slow down' } }, { 'retry-after': '1' })
    return answer(reply, request)
  })
  const chatOf = (apiKey: string): Chat => chatOpenAICompatible({ baseUrl: server.url, model: 'm', apiKey })
  const run = (key: string): Promise<unknown> =>
    parallelText(chatOf(key), ['a', 'b'], { progress: false }).all()
  const first = run('k-11111111')
  await server.arrival(0)
  await sleep(100)
  const before = performance.now()
  await Promise.all([run('k-22222222'), run('k-11111111'), first])
  const after = (key: string): readonly number[] =>
    asked.filter((it) => it.key.endsWith(key) && it.at > before).map(({ at }) => at - before)
  expect(Math.max(...after('k-22222222'))).toBeLessThan(700)
  expect(Math.min(...after('k-11111111'))).toBeGreaterThan(700)
})

test('no minute sees more requests than asked for', async () => {
  const times: number[] = []
  const server = await loopback((reply, request) => {
    times.push(performance.now())
    return answer(reply, request)
  })
  const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm' })
  await parallelText(chat, promptsOf(31), { requestsPerMinute: 1200, progress: false }).all()
  // Twenty a second, after the two that may go at once.
  const span = times.at(-1)! - times[0]!
  expect(span).toBeGreaterThan(1350)
  expect(span).toBeLessThan(2500)
})

test('no more conversations than asked for are under way, and tokens are counted', async () => {
  let active = 0
  let most = 0
  const times: number[] = []
  const server = await loopback(async (reply, request) => {
    times.push(performance.now())
    most = Math.max(most, ++active)
    await sleep(20)
    active--
    json(reply, 200, completion('ok', { usage: { prompt_tokens: 60, completion_tokens: 40 } }))
    return request
  })
  const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm' })
  await parallelText(chat, promptsOf(40), { maxActive: 3, progress: false }).all()
  expect(most).toBe(3)
  times.length = 0
  // 100 tokens each, and 60,000 a minute: ten a second.
  await parallelText(chat, promptsOf(12), { tokensPerMinute: 60_000, progress: false }).all()
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(700)
})
