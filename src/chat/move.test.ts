import { expect, test } from 'vitest'
import { Chat, chatHuggingFace, chatOpenAICompatible, t, tool } from '../index.ts'
import { chatWith } from '../chat-with.ts'
import { fakeModel } from '../testing/index.ts'

const usage = { input: 1_000_000, output: 1_000_000 }
const price = (input: number) => ({ input, output: input })

const local = (model: string, options: Partial<Parameters<typeof chatOpenAICompatible>[0]> = {}): Chat =>
  chatOpenAICompatible({ model, baseUrl: `http://${model}.test/v1`, adjust: 'silent', ...options })

const now = tool({ name: 'now', description: 'd', input: t.object({}), run: () => '12:00' })

test('the conversation goes on with the other chat’s server, model, body and price, and keeps what is its own', async () => {
  const one = fakeModel([{ text: 'One.', usage }])
  const two = fakeModel([{ text: 'Two.', usage }, 'Elsewhere.'])
  const chat = local('one', {
    fetch: one,
    systemPrompt: 'Be.',
    tools: [now],
    apiArgs: { a: 1 },
    params: { seed: 1, temperature: 1 },
    price: price(1),
    budget: { tokens: 10_000_000 },
  })
  const heard: string[] = []
  chat.onRequestStart(({ model }) => void heard.push(model))
  const other = local('two', {
    fetch: two,
    apiKey: 'k',
    systemPrompt: 'Be otherwise.',
    apiArgs: { b: 2 },
    params: { temperature: 0 },
    price: price(10),
  })
  await chat.chat('1')
  expect(chat.use(other)).toBe(chat)
  expect([chat.model, chat.provider.name, chat.systemPrompt]).toEqual(['two', 'two.test', 'Be.'])
  await chat.chat('2')
  expect(two.requests[0]).toMatchObject({
    model: 'two',
    messages: [{ content: 'Be.' }, { content: '1' }, { content: 'One.' }, { content: '2' }],
    tools: [{}],
    seed: 1,
    temperature: 0,
    b: 2,
  })
  expect(two.requests[0]).not.toHaveProperty('a')
  expect(heard).toEqual(['one', 'two'])
  expect(await chat.cost()).toMatchObject({ dollars: 22 })
  // The other chat is its own all the while.
  expect(other.turns).toEqual([])
  expect(await other.chat('Hi')).toBe('Elsewhere.')
  expect(chat.turns).toHaveLength(4)
})

test('parameters that only the server of before has a name for stay behind, but for one of the same kind', () => {
  const chat = local('one', { params: { min_p: 0.1, seed: 1 } })
  expect(chat.clone().use(local('two')).toJSON().params).toEqual({ min_p: 0.1, seed: 1 })
  expect(chat.use(chatHuggingFace()).toJSON().params).toEqual({ seed: 1 })
})

test('what is saved afterwards says the new provider, and turns say who gave them', async () => {
  const chat = local('one', { fetch: fakeModel(['One.']) })
  await chat.chat('1')
  chat.use(chatHuggingFace({ model: 'org/model' }))
  const saved = JSON.parse(JSON.stringify(chat))
  expect(saved).toMatchObject({ provider: 'huggingface', model: 'org/model' })
  expect(saved.turns[1]).toMatchObject({ provider: 'openai-compatible', model: 'one' })
  const loaded = await Chat.fromJSON(saved, chatHuggingFace())
  expect(loaded.turns).toEqual(chat.turns)
})

test('an answer of before is priced by its own provider and model', async () => {
  const counted = { text: 'x', usage: { input: 1000, output: 1000 } }
  const fetch = fakeModel([counted])
  const openai = { ...local('m').provider, id: 'openai', name: 'OpenAI' }
  const chat = chatWith(openai, { model: 'gpt-4o', adjust: 'silent', fetch })
  await chat.chat('1')
  const before = await chat.cost()
  expect(before.dollars).toBeGreaterThan(0)
  chat.use(local('unheard-of', { price: price(1_000_000) }))
  expect(await chat.cost()).toEqual(before)
  chat.use(chatHuggingFace({ model: 'org/model', price: price(5) }))
  expect(await chat.cost()).toEqual(before)
})

test('a chat that is answering is not moved, and nothing but a chat can be used', async () => {
  const chat = local('one', { fetch: fakeModel([{ text: 'slow', delay: 30 }]) })
  const answer = chat.chat('Hi')
  expect(() => chat.use(local('two'))).toThrow('still answering')
  await answer
  for (const wrong of ['groq', undefined, { model: 'm' }])
    expect(() => chat.use(wrong as never)).toThrow(TypeError)
  expect(chat.model).toBe('one')
})
