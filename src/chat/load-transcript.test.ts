import { afterEach, expect, test, vi } from 'vitest'
import { Chat, type ChatOptions, chatHuggingFace, chatOpenAICompatible, t, tool } from '../index.ts'
import { fakeModel } from '../testing/index.ts'

afterEach(() => void vi.restoreAllMocks())

const now = tool({ name: 'now', description: 'd', input: t.object({}), run: () => '12:00' })
const local = (options: ChatOptions = {}): Chat =>
  chatOpenAICompatible({
    model: 'm',
    ...options,
    baseUrl: 'http://fake.test/v1',
    fetch: fakeModel(['Fine.'], { loop: true }),
  } as Parameters<typeof chatOpenAICompatible>[0])

const warnings = (): readonly string[] => {
  const list: string[] = []
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void list.push(String(warning)))
  return list
}

test('a chat of the same provider takes up model, prompt, parameters and turns, and keeps its own tools', async () => {
  const warned = warnings()
  const saved = local({ model: 'other', systemPrompt: 'Be.', params: { seed: 1 }, tools: [now] })
  await saved.chat('Hi')
  const loaded = await Chat.fromJSON(JSON.stringify(saved), local({ tools: [now], systemPrompt: 'Else.' }))
  expect([loaded.model, loaded.systemPrompt, loaded.tools]).toEqual(['other', 'Be.', [now]])
  expect(loaded.toJSON()).toEqual(JSON.parse(JSON.stringify(saved)))
  expect(await loaded.chat('Go on')).toBe('Fine.')
  expect(saved.turns).toHaveLength(2)
  expect(warned).toEqual([])
})

test('a chat of another provider keeps its model, and says which tools it has not', async () => {
  const warned = warnings()
  const saved = local({ tools: [now] })
  await saved.chat('Hi')
  const loaded = await Chat.fromJSON(saved.toJSON(), chatHuggingFace({ model: 'org/model' }))
  expect([loaded.model, loaded.provider.id, loaded.turns.length]).toEqual(['org/model', 'huggingface', 2])
  expect(warned).toEqual([expect.stringContaining('had tools that this one has not: now.')])
})

test('what only another dialect can read is kept, and not sent, with a note', async () => {
  const warned = warnings()
  const thinking = { type: 'thinking', text: 'Hm', opaque: { dialect: 'other', value: 'sealed' } } as const
  const saved = local()
    .addTurn({ role: 'user', contents: [{ type: 'text', text: 'Hi' }] })
    .addTurn({ role: 'assistant', contents: [thinking, { type: 'text', text: 'Yes' }], finish: 'stop' })
  const loaded = await Chat.fromJSON(JSON.stringify(saved), local())
  expect(loaded.turns[1]?.contents[0]).toEqual(thinking)
  const { adjustments, body } = await loaded.explain('Go on')
  expect(JSON.stringify(body)).not.toContain('sealed')
  expect(adjustments).toMatchObject([{ type: 'history', name: 'opaque' }])
  await loaded.chat('Go on')
  expect(warned).toEqual([expect.stringContaining('hidden reasoning of other left out')])
})

test('turns that bear no name of their own are those of the provider in the file', async () => {
  const answer = {
    role: 'assistant',
    contents: [{ type: 'thinking', text: 'Hm', opaque: { dialect: 'openai-chat', value: 'sealed' } }],
    finish: 'stop',
  } as const
  const saved = local().addTurn(answer)
  const away = await Chat.fromJSON(saved.toJSON(), chatHuggingFace({ model: 'org/model' }))
  expect(away.turns).toMatchObject([
    { provider: 'openai-compatible', contents: [{ opaque: { server: 'openai-compatible' } }] },
  ])
  const home = await Chat.fromJSON(saved.toJSON(), local())
  expect(home.turns).toEqual([answer])
})

test.each([
  ['{"format":"natter-chat","version":1', /not whole JSON/],
  ['{"a":1}', /no saved chat/],
  ['{"format":"natter-chat","version":99}', /saved by a newer natter/],
  [
    '{"format":"natter-chat","version":1,"provider":"p","model":"m","params":{},"turns":[{"role":"user"}]}',
    /turns\[0\]/,
  ],
  ['[]', /no saved chat/],
])('%s is an error', async (text, message) => {
  await expect(Chat.fromJSON(text, local())).rejects.toThrow(message)
})
