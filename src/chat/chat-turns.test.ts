import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { OpenAICompatibleOptions } from '../chats-servers.ts'
import { chatOpenAICompatible, image, textOf } from '../index.ts'
import type { AssistantTurn, Chat, Turn, UserTurn } from '../index.ts'
import { type Loopback, loopback, willing } from '../../test/loopback.ts'

const at = (server: Loopback, options: Partial<OpenAICompatibleOptions> = {}): Chat =>
  chatOpenAICompatible({
    baseUrl: server.url,
    model: 'm',
    name: 'Loop',
    retries: 0,
    adjust: 'silent',
    ...options,
  })

const user = (text: string): UserTurn => ({ role: 'user', contents: [{ type: 'text', text }] })
const said = (text: string, more: Partial<AssistantTurn> = {}): AssistantTurn => ({
  role: 'assistant',
  contents: [{ type: 'text', text }],
  finish: 'stop',
  ...more,
})

describe('the turns', () => {
  test('can be set, added to and looked at', async () => {
    const server = await loopback(willing)
    const chat = at(server)
    expect(chat.setTurns([user('a'), said('b')]).addTurn(user('c'))).toBe(chat)
    chat.addTurn(said('d'))
    expect(chat.turns).toHaveLength(4)
    expect(chat.lastTurn()).toEqual(said('d'))
    expect(chat.lastTurn('user')).toEqual(user('c'))
    await chat.chat('e')
    expect(server.asked[0]?.body.messages.map(({ content }) => content)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(at(server).lastTurn()).toBeUndefined()
  })

  test('are not changed by changing the array that was given or taken', async () => {
    const chat = at(await loopback(willing))
    const given: Turn[] = [user('a')]
    chat.setTurns(given)
    given.push(said('b'))
    expect(chat.turns).toHaveLength(1)
    const taken = chat.turns
    chat.addTurn(said('b'))
    expect(taken).toHaveLength(1)
  })

  test.each<[unknown, RegExp]>([
    [{ role: 'system', contents: [] }, /systemPrompt/],
    [{ role: 'user', content: 'hi' }, /contents/],
    ['hi', /contents/],
    [null, /contents/],
    [undefined, /contents/],
  ])('%j is no turn', async (bad, message) => {
    const chat = at(await loopback(willing)).setTurns([user('kept')])
    expect(() => chat.addTurn(bad as Turn)).toThrow(message)
    expect(() => chat.setTurns([user('a'), bad as Turn])).toThrow(TypeError)
    expect(chat.turns).toEqual([user('kept')])
  })

  test('are grouped into rounds by question, tool results apart', async () => {
    const result: UserTurn = {
      role: 'user',
      contents: [{ type: 'tool-result', id: 'a', name: 'now', content: '12' }],
    }
    const chat = at(await loopback(willing)).setTurns([
      user('a'),
      said(''),
      result,
      said('b'),
      user('c'),
      said('d'),
    ])
    expect(chat.rounds).toEqual([
      { input: user('a'), responses: [said(''), result, said('b')] },
      { input: user('c'), responses: [said('d')] },
    ])
    expect(chat.setTurns([said('a')]).rounds).toEqual([])
  })

  test('tell the tokens of all answers', async () => {
    const chat = at(await loopback(willing))
    expect(chat.usage).toEqual({})
    chat.setTurns([
      user('a'),
      said('b', { usage: { input: 10, output: 2 } }),
      user('c'),
      said('d', { usage: { input: 15, cachedInput: 8 } }),
    ])
    expect(chat.usage).toEqual({ input: 25, output: 2, cachedInput: 8 })
  })
})

describe('clone', () => {
  test('goes its own way from there on', async () => {
    const server = await loopback(willing)
    const chat = at(server, { systemPrompt: 'Be terse.', params: { seed: 1 } }).setTurns([
      user('a'),
      said('b'),
    ])
    const twin = chat.clone()
    twin.systemPrompt = 'Be long.'
    twin.model = 'other'
    await Promise.all([chat.chat('one'), twin.chat('two')])
    expect(chat.turns.map(textOf)).toEqual(['a', 'b', 'one', 'ok'])
    expect(twin.turns.map(textOf)).toEqual(['a', 'b', 'two', 'ok'])
    expect([chat.model, chat.systemPrompt]).toEqual(['m', 'Be terse.'])
    expect(server.asked.map(({ body }) => body.seed)).toEqual([1, 1])
  })
})

describe('what a chat shows of itself', () => {
  test('is readable: who, how much, and each turn with its contents', async () => {
    const chat = at(await loopback(willing), { systemPrompt: 'Be terse.' }).setTurns([
      { role: 'user', contents: [{ type: 'text', text: 'Look' }, await image('https://example.com/a.png')] },
      said('A cat.', {
        usage: { input: 1200, output: 5, cachedInput: 1000 },
        servedBy: 'groq',
        cost: 0.0012,
      }),
      user('And?'),
      {
        ...said('Wait', { finish: 'aborted' }),
        contents: [
          { type: 'thinking', text: 'Hmm' },
          { type: 'tool-call', id: 'a', name: 'now', input: { tz: 'CET' } },
        ],
      },
    ])
    const shown = inspect(chat)
    expect(shown).toBe(String(chat))
    for (const part of [
      '<Chat Loop/m',
      'turns=4',
      'input=1200',
      '1000 cached',
      'output=5',
      '$0.0012',
      'Be terse.',
      'Look',
    ])
      expect(shown).toContain(part)
    for (const part of [
      '[image: https://example.com/a.png]',
      'A cat.',
      'by groq',
      'aborted',
      'Hmm',
      'now({"tz":"CET"})',
    ])
      expect(shown).toContain(part)
    expect(inspect({ deep: { chat } })).toContain('<Chat Loop/m')
  })

  test('holds no base64', async () => {
    const chat = at(await loopback(willing)).setTurns([
      {
        role: 'user',
        contents: [{ type: 'media', kind: 'image', mimeType: 'image/png', data: 'A'.repeat(5000) }],
      },
    ])
    expect(inspect(chat).length).toBeLessThan(500)
    expect(inspect(chat)).toContain('[image: image/png]')
  })
})
