import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type ChatError, type HuggingFaceOptions, chatHuggingFace, parallelText } from 'natter'
import { answer, json, loopback, refusalOf } from './loopback.ts'
import { modelWith, willing } from './router/backends.ts'
import { type HuggingFace, startHuggingFace } from './router/hugging-face.ts'
import { COLUMNS } from './router/needs.ts'

let hub: HuggingFace
const MODEL = 'org/words-only'
/** As a header, so that repeats cost no time. */
const AT_ONCE = { 'retry-after-ms': '1' }

beforeAll(async () => {
  hub = await startHuggingFace({
    models: [{ ...modelWith(willing, { id: MODEL }), task: 'text-generation' }],
    sleep: { requests: 2 },
  })
  vi.stubEnv('HF_ENDPOINT', hub.hubUrl)
})
afterAll(() => vi.unstubAllEnvs())

const chatAt = (baseUrl: string, options: HuggingFaceOptions = {}): ReturnType<typeof chatHuggingFace> =>
  chatHuggingFace({ baseUrl, model: MODEL, apiKey: 'hf_bench', adjust: 'silent', retries: 0, ...options })

describe('on a server of your own', () => {
  for (const kind of ['tgi', 'vllm', 'llama-server', 'transformers-serve'] as const)
    test.each(COLUMNS.map((column) => [column.need, column] as const))(
      `like ${kind}, %s comes right, and the second chat pays for no refusal`,
      async (need, { ask, options, right }) => {
        const failures: number[] = []
        for (let n = 0; n < 2; n++) {
          const before = hub.chats().length
          const chat = chatAt(hub.endpoint(kind), options?.(willing))
          const found = await ask(chat, willing).catch((error: unknown) => error)
          // What the Hub files under text generation sees nothing, and TGI is asked all the same where it does.
          if (need === 'image') expect((found as ChatError).code).toBe('unsupported-input')
          else expect(found).toEqual(right)
          failures.push(
            hub
              .chats()
              .slice(before)
              .filter(({ status }) => status >= 400).length,
          )
        }
        expect(failures[1]).toBe(0)
      },
    )
})

describe('an Endpoint that is asleep', () => {
  test.each(['cold-text', 'cold-json'] as const)('%s is waited for, and it is told', async (kind) => {
    hub.reset()
    const waits: string[] = []
    const chat = chatAt(hub.endpoint(kind), {
      onWait: ({ message, limit }) => waits.push(`${message} ${limit}`),
    })
    expect(await chat.chat('ping')).toBe('pong')
    expect(hub.chats().map(({ status }) => status)).toEqual([503, 503, 200])
    expect(waits).toEqual(['the server is starting 600000', 'the server is starting 600000'])
  })

  test('is told at once, and spends none of the retries', async () => {
    const server = await loopback((reply, asked, n) =>
      n === 3 ? answer(reply, asked) : json(reply, n === 0 ? 503 : 500, { error: 'Loading model' }, AT_ONCE),
    )
    const seen: number[] = []
    const onWait = (): void => void seen.push(server.asked.length)
    expect(await chatAt(server.url, { retries: 2, onWait }).chat('ping')).toBe('ok')
    expect(seen).toEqual([1])
  })

  test('is told at once in a run of many prompts, too', async () => {
    const server = await loopback((reply, asked, n) =>
      n === 0 ? json(reply, 503, { error: 'Loading model' }, AT_ONCE) : answer(reply, asked),
    )
    const seen: number[] = []
    const onWait = (): void => void seen.push(server.asked.length)
    const chat = chatAt(server.url, { retries: 2, onWait })
    expect(await parallelText(chat, ['ping']).all()).toMatchObject([{ value: 'ok' }])
    expect(seen).toEqual([1])
  })

  test('is given up after coldStart', async () => {
    hub.reset()
    const { code, message, status } = await refusalOf(
      chatAt(hub.endpoint('cold-text'), { coldStart: 1 }).chat('ping'),
    )
    expect({ code, status }).toEqual({ code: 'overloaded', status: 503 })
    expect(message).toMatch(/was not ready after .* The limit is coldStart/)
  })

  test('is not waited for any longer once the caller stops', async () => {
    hub.reset()
    const chat = chatAt(hub.endpoint('cold-json'))
    const started = performance.now()
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 50)
    expect(await refusalOf(chat.chat('ping', { signal: stop.signal }))).toMatchObject({ code: 'aborted' })
    expect(performance.now() - started).toBeLessThan(2000)
    expect(chat.turns).toEqual([])
  })
})
