import { afterEach, expect, test, vi } from 'vitest'
import { type HuggingFaceOptions, chatHuggingFace, chatOpenAICompatible } from 'natter'
import { answer, json, loopback } from '../../test/loopback.ts'

const KEY = 'hf_averysecretkey'
const start = () =>
  loopback((reply, asked) => {
    if (asked.method === 'POST') return answer(reply, asked)
    const sessions = [{ id: 'mine', requestCount: 2, costCents: 1.5 }]
    return json(reply, 200, { currency: 'usd', periods: [{ sessions }] })
  })

afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

async function chatAt(options: HuggingFaceOptions = {}) {
  const server = await start()
  vi.stubEnv('HF_ENDPOINT', server.origin)
  return {
    server,
    chat: chatHuggingFace({ baseUrl: server.url, apiKey: KEY, sessionId: 'mine', ...options }),
  }
}

test('a chat with a session id reads what its requests cost', async () => {
  const { server, chat } = await chatAt()
  await chat.chat('hi')
  expect(await chat.bill()).toEqual({ dollars: 0.015, currency: 'USD', requests: 2, isFinal: false })
  const [asked, billed] = server.asked
  expect(asked?.headers['x-hf-session-id']).toBe('mine')
  expect(billed?.path).toMatch(/^\/api\/settings\/billing\/usage-by-inference-session\?/)
  expect(billed?.headers.authorization).toBe(`Bearer ${KEY}`)
})

test('a bill is final half an hour after the last answer', async () => {
  const { chat } = await chatAt()
  await chat.chat('hi')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * 60_000 })
  expect(await chat.bill()).toMatchObject({ isFinal: true })
  const silent = await chatAt()
  expect(await silent.chat.bill()).toMatchObject({ isFinal: false })
})

test('the bill of a chat that an organisation pays for is the organisation’s', async () => {
  const { server, chat } = await chatAt({ billTo: 'engines' })
  await chat.bill()
  expect(server.asked[0]?.path).toMatch(/^\/api\/organizations\/engines\/billing\//)
})

test('a chat without a session id says to pass one', async () => {
  const { server, chat } = await chatAt({ sessionId: undefined })
  await expect(chat.bill()).rejects.toThrow(TypeError)
  await expect(chat.bill()).rejects.toThrow('pass sessionId: true')
  expect(server.asked).toEqual([])
})

test('a chat with another provider has no bill', async () => {
  const chat = chatOpenAICompatible({ baseUrl: 'http://127.0.0.1:9/v1', model: 'm', apiKey: KEY })
  await expect(chat.bill()).rejects.toThrow(/^bill\(\) reads the bill of Hugging Face: this chat is with /)
})

test('the key goes to no other host than huggingface.co', async () => {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = (url) => {
    asked.push(String(url))
    return Promise.reject(new Error('no network'))
  }
  const chat = chatHuggingFace({ apiKey: KEY, sessionId: 'mine', fetch })
  for (const host of ['https://hub.example', 'http://huggingface.co', 'https://evil-huggingface.co']) {
    vi.stubEnv('HF_ENDPOINT', host)
    await expect(chat.bill()).rejects.toThrow(/to huggingface\.co only/)
  }
  expect(asked).toEqual([])
  vi.stubEnv('HF_ENDPOINT', 'https://huggingface.co')
  await expect(chat.bill()).rejects.toMatchObject({ code: 'connection' })
  expect(asked).toHaveLength(1)
})

test('the key of a server of one’s own is not shown to the Hub', async () => {
  const { server, chat } = await chatAt({ apiKey: 'a-key-of-my-own-server' })
  await expect(chat.bill()).rejects.toThrow('this chat has another key')
  expect(server.asked).toEqual([])
})
