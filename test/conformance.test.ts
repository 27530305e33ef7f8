import { describe, expect, test, vi } from 'vitest'
import { type ChatOptions, chatAnthropic, chatHuggingFace } from 'natter'
import { chatWith } from '../src/chat-with.ts'
import { PROVIDERS } from '../src/chats.ts'
import { openaiChat as dialect } from '../src/dialects/openai-chat.ts'
import type { Provider } from '../src/providers/provider.ts'
import { refusalOf } from './loopback.ts'
import { scenarios } from './scenarios/all.ts'
import { anthropicMessages } from './scenarios/anthropic-messages.ts'
import { bedrockConverse } from './scenarios/bedrock-converse.ts'
import { cortexComplete } from './scenarios/cortex-complete.ts'
import { essentials } from './scenarios/essentials.ts'
import { gemini } from './scenarios/gemini.ts'
import { ollama } from './scenarios/ollama.ts'
import { openaiChat } from './scenarios/openai-chat.ts'
import { openaiResponses } from './scenarios/openai-responses.ts'
import { type DialectRow, serve } from './scenarios/served.ts'

// Every dialect has all scenarios in a file of its own; here every provider has the essential ones, by its own constructor.

const ROWS = new Map(
  [openaiChat, openaiResponses, anthropicMessages, gemini, bedrockConverse, ollama, cortexComplete].map(
    (row) => [row.id, row],
  ),
)

/** Neither tools nor forms nor a system prompt: it has tests of its own. */
const APART = new Set(['cortex-analyst'])

test('every provider speaks a dialect that has a row', () => {
  const without = [...PROVIDERS.values()].filter(
    ({ facts }) => !ROWS.has(facts.dialect.id) && !APART.has(facts.dialect.id),
  )
  expect(without).toEqual([])
})

const SERVED = [...PROVIDERS].flatMap(([id, { facts, construct }]) => {
  const row = ROWS.get(facts.dialect.id)
  return row ? [{ ...row, id, chat: (options: ChatOptions) => construct(options) }] : []
})

describe.each(SERVED)('$id', (row) => void essentials(row))

/** The router's Messages API, by its own constructor and by that of Anthropic, which must be told that the token is a bearer's. */
const MESSAGES: readonly DialectRow[] = [
  {
    ...anthropicMessages,
    id: 'the Messages API of Hugging Face',
    chat: (options) => chatHuggingFace({ ...options, dialect: 'anthropic-messages' }),
  },
  {
    ...anthropicMessages,
    id: 'the Messages API of Hugging Face, by chatAnthropic',
    chat: ({ apiKey, ...options }) =>
      chatAnthropic({ ...options, credentials: () => ({ authorization: `Bearer ${apiKey}` }) }),
  },
]

describe.each(MESSAGES)('$id', (row) => {
  essentials(row)

  test('has the token and no other key, and Anthropic none of the token', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-ant-of-the-environment')
    vi.stubEnv('HF_TOKEN', 'hf_of_the_environment')
    const server = await serve(row, ['Hello.'])
    await server.chat().chat('Hi')
    const { authorization } = server.headers[0] ?? {}
    expect(authorization).toBe('Bearer key-of-a-test')
    expect(JSON.stringify(server.headers)).not.toMatch(/of[-_]the[-_]environment/)
    vi.unstubAllEnvs()
  })
})

test('a key of Anthropic goes to no router, and a token of Hugging Face not to Anthropic', async () => {
  vi.stubEnv('ANTHROPIC_API_KEY', 'sk-ant-of-the-environment')
  vi.stubEnv('HF_TOKEN', 'hf_of_the_environment')
  const seen: string[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    seen.push(JSON.stringify([url, ...new Headers(init?.headers)]))
    return Response.json({ error: { message: 'no' } }, { status: 401 })
  }
  const options = { model: 'm', retries: 0, fetch }
  const chats = [
    chatAnthropic({ ...options, baseUrl: 'https://router.huggingface.co/v1' }),
    chatHuggingFace({ ...options, dialect: 'anthropic-messages', baseUrl: 'https://api.anthropic.com/v1' }),
  ]
  for (const chat of chats) seen.push(String(await refusalOf(chat.chat('Hi'))))
  expect(seen).toHaveLength(4)
  expect(seen.join()).not.toMatch(/of[-_]the[-_]environment/)
  vi.unstubAllEnvs()
})

describe('a provider that nobody has heard of', () => {
  // This value is all there is of it.
  const acme: Provider = {
    id: 'acme',
    name: 'Served', // as the scenarios call whoever is served
    docs: 'https://docs.acme.example/chat',
    baseUrl: 'https://api.acme.example/v1',
    dialect,
    auth: { variables: ['ACME_API_KEY'], places: 'ACME_API_KEY' },
  }
  const row: DialectRow = {
    ...openaiChat,
    id: 'acme',
    chat: (options: ChatOptions) => chatWith(acme, options),
  }
  scenarios(row)
})
