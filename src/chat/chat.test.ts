import { describe, expect, test } from 'vitest'
import type { OpenAICompatibleOptions } from '../chats-servers.ts'
import { type Chat, chatOpenAICompatible, image, textOf } from '../index.ts'
import {
  type Loopback,
  answer,
  begin,
  chunk,
  finish,
  json,
  loopback,
  say,
  sse,
  willing,
} from '../../test/loopback.ts'

const at = (server: Loopback, options: Partial<OpenAICompatibleOptions> = {}): Chat =>
  chatOpenAICompatible({
    baseUrl: server.url,
    model: 'm',
    name: 'Loop',
    retries: 0,
    adjust: 'silent',
    ...options,
  })

describe('a conversation', () => {
  test('keeps every turn and sends them all', async () => {
    const server = await loopback((reply, asked, n) => answer(reply, asked, `answer ${n}`))
    const chat = at(server, { systemPrompt: ['Be terse.', 'Be kind.'] })
    expect(await chat.chat('one')).toBe('answer 0')
    expect(await chat.chat(['two', 'and three'])).toBe('answer 1')
    expect(server.asked[1]?.body.messages).toEqual([
      { role: 'system', content: 'Be terse.\n\nBe kind.' },
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'answer 0' },
      { role: 'user', content: 'two\n\nand three' },
    ])
    expect(chat.turns.map((turn) => [turn.role, textOf(turn)])).toEqual([
      ['user', 'one'],
      ['assistant', 'answer 0'],
      ['user', 'twoand three'],
      ['assistant', 'answer 1'],
    ])
  })

  test('sends pictures as parts', async () => {
    const server = await loopback(willing)
    await at(server).chat(['What is it?', image('https://example.com/a.png')])
    expect(server.asked[0]?.body.messages[0]?.content).toEqual([
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    ])
  })

  test('takes another model and system prompt between prompts', async () => {
    const server = await loopback(willing)
    const chat = at(server)
    await chat.chat('one')
    chat.model = 'other:groq'
    chat.systemPrompt = 'Now rhyme.'
    await chat.chat('two')
    chat.systemPrompt = undefined
    await chat.chat('three')
    expect(server.asked.map(({ body }) => [body.model, body.messages[0]?.role])).toEqual([
      ['m', 'user'],
      ['other:groq', 'system'],
      ['other:groq', 'user'],
    ])
    expect(() => (chat.model = ' ')).toThrow(TypeError)
    expect(() => (chat.systemPrompt = 3 as unknown as string)).toThrow(/systemPrompt must be a string/)
    expect(chat.model).toBe('other:groq')
  })

  test('gives the refusal where the model declined', async () => {
    const server = await loopback((reply) =>
      json(reply, 200, {
        choices: [{ message: { content: null, refusal: 'I will not.' }, finish_reason: 'stop' }],
      }),
    )
    const chat = at(server)
    expect(await chat.chat('bad')).toBe('I will not.')
    expect(chat.lastTurn('assistant')?.refusal).toBe('I will not.')
  })

  test('refuses an empty prompt before anything is sent', async () => {
    const server = await loopback(willing)
    const chat = at(server)
    await expect(chat.chat('')).rejects.toThrow(TypeError)
    await expect(chat.chat([])).rejects.toThrow(TypeError)
    expect(() => chat.stream('')).toThrow(TypeError)
    expect(server.connections()).toBe(0)
    expect(await chat.chat('ok?')).toBe('ok')
  })
})

describe('stream and events', () => {
  test('send nothing before the first piece is awaited', async () => {
    const server = await loopback(willing)
    const chat = at(server)
    const pieces = chat.stream('hi')
    chat.events('hi')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(server.connections()).toBe(0)
    expect(chat.turns).toEqual([])
    expect((await pieces.next()).value).toBe('ok')
  })

  test('stream gives each piece of text as it comes, thinking left out', async () => {
    const server = await loopback(async (reply) => {
      begin(reply, chunk({ reasoning_content: 'Hmm' }), say('Hel'))
      await new Promise((resolve) => setTimeout(resolve, 30))
      reply.end(sse(say('lo'), finish(), '[DONE]'))
    })
    const pieces: string[] = []
    for await (const piece of at(server).stream('hi')) pieces.push(piece)
    expect(pieces).toEqual(['Hel', 'lo'])
  })

  test('events come in order: adjustment, thinking, text, tool calls, usage, and the finished turn last', async () => {
    const usage = { prompt_tokens: 5, completion_tokens: 3 }
    const server = await loopback((reply) => {
      reply.setHeader('x-request-id', 'r1')
      reply.end(
        sse(
          chunk({ reasoning: 'Hmm' }),
          say('Let me see.'),
          chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'now', arguments: '{}' } }] }),
          finish('tool_calls'),
          { choices: [], usage },
          '[DONE]',
        ),
      )
    })
    const chat = at(server, { params: { reasoningTokens: 5 } })
    const events = []
    for await (const event of chat.events('hi')) events.push(event)
    expect(events.map(({ type }) => type)).toEqual([
      'adjustment',
      'thinking',
      'text',
      'tool-call',
      'usage',
      'finish',
    ])
    expect(events.slice(3)).toMatchObject([
      { call: { id: 'a', name: 'now', input: {} } },
      { usage: { input: 5, output: 3 } },
      { reason: 'tool-calls', turn: { finish: 'tool-calls', requestId: 'r1', model: 'm' } },
    ])
    expect(events.at(-1)).toMatchObject({ turn: chat.lastTurn('assistant') })
    expect(chat.lastTurn('assistant')?.duration).toBeGreaterThan(0)
  })

  test('a chat answers one prompt at a time, and says so', async () => {
    const server = await loopback((reply, asked) => setTimeout(() => answer(reply, asked), 50))
    const chat = at(server)
    const first = chat.chat('one')
    await expect(chat.chat('two')).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringMatching(/clone\(\)/),
    })
    expect(await first).toBe('ok')
    expect(await chat.chat('three')).toBe('ok')
    expect(server.asked).toHaveLength(2)
  })
})
