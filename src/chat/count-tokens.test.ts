import { expect, test } from 'vitest'
import { ChatError, t, tool, userTurn } from 'natter'
import { completion, json, loopback, refusalOf } from '../../test/loopback.ts'
import { providerAt } from '../../test/provider.ts'
import { type SpecialOptions, chatWith } from '../chat-with.ts'
import { anthropicMessages, bedrockConverse } from '../dialects/lazy-dialects.ts'
import type { Provider } from '../providers/provider.ts'

const anthropic: Partial<Provider> = {
  dialect: anthropicMessages,
  countTokens: async () => (await import('../dialects/token-counter.ts')).anthropicCounter,
}
const weather = tool({ name: 'weather', description: 'The weather', input: t.object({}), run: () => 'sunny' })
const at = (url: string, more: Partial<Provider> = anthropic, options: Partial<SpecialOptions> = {}) =>
  chatWith(providerAt(url, more), { apiKey: 'sk-averysecretkey', retries: 0, ...options })

test('a provider that counts is asked about the whole of what would be sent, and sent nothing else', async () => {
  const server = await loopback((reply) => json(reply, 200, { input_tokens: 42 }))
  const chat = at(server.url, anthropic, {
    systemPrompt: 'Be terse.',
    tools: [weather],
    params: { temperature: 0.1, reasoningTokens: 2000 },
  })
  chat.setTurns([
    userTurn('Hello'),
    { role: 'assistant', contents: [{ type: 'text', text: 'Hi' }], finish: 'stop' },
  ])
  expect(await chat.countTokens('And now?')).toEqual({ tokens: 42, isEstimate: false })
  const [asked] = server.asked
  expect(`${asked?.method} ${asked?.path}`).toBe('POST /v1/messages/count_tokens')
  expect(Object.keys(asked?.body ?? {}).toSorted()).toEqual([
    'messages',
    'model',
    'system',
    'thinking',
    'tools',
  ])
  expect(asked?.body.messages).toHaveLength(3)
  expect(chat.turns).toHaveLength(2)
})

test('where nobody counts it is an estimate, and nothing is sent', async () => {
  const server = await loopback((reply) => json(reply, 200, completion('no')))
  const chat = at(server.url, {})
  expect(await chat.countTokens('x'.repeat(400))).toEqual({ tokens: 104, isEstimate: true })
  expect(server.asked).toEqual([])
})

test('a model whose tokens the provider does not count is estimated', async () => {
  const server = await loopback((reply) => json(reply, 200, { inputTokens: 7 }))
  const bedrock: Partial<Provider> = {
    dialect: bedrockConverse,
    countTokens: async () => (await import('../dialects/token-counter.ts')).converseCounter,
  }
  const chat = at(server.origin, bedrock, { model: 'amazon.nova-pro-v1:0' })
  expect(await chat.countTokens('Hello')).toMatchObject({ isEstimate: true })
  chat.model = 'us.anthropic.claude-sonnet-4-v1:0'
  expect(await chat.countTokens('Hello')).toEqual({ tokens: 7, isEstimate: false })
  expect(server.asked.map(({ path }) => path)).toEqual([
    '/model/anthropic.claude-sonnet-4-v1%3A0/count-tokens',
  ])
})

test('what the provider refuses is told, not guessed; an abort ends it', async () => {
  const error = { type: 'error', error: { type: 'not_found_error', message: 'model: claude-none' } }
  const { url } = await loopback((reply) => json(reply, 404, error))
  const refusal = await refusalOf(at(url).countTokens('Hello'))
  expect(refusal).toMatchObject({ code: 'not-found', status: 404 })
  expect(refusal.message).toContain('model: claude-none')
  const silent = await loopback(() => undefined)
  const controller = new AbortController()
  const asked = at(silent.url).countTokens('Hello', { signal: controller.signal })
  await silent.arrival()
  controller.abort()
  expect(ChatError.is(await refusalOf(asked), 'aborted')).toBe(true)
})
