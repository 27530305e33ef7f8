import type { ServerResponse } from 'node:http'
import { type Chat, type ChatEvent, type ChatOptions, ChatError, t, textOf, tool } from 'natter'
import { expect, test } from 'vitest'
import { type Asked, type Loopback, begin, json, loopback } from './loopback.ts'
import { anthropicMessages as row } from './scenarios/anthropic-messages.ts'

// A server of the Messages API that rests while it uses tools of its own, and wants to be asked to go on.

type Block = Readonly<Record<string, unknown>>

const search = (id: string): Block => ({
  type: 'server_tool_use',
  id,
  name: 'web_search',
  input: { query: 'a' },
})
const found = (id: string): Block => ({ type: 'web_search_tool_result', tool_use_id: id, content: [] })
const says = (text: string): Block => ({ type: 'text', text })

const usage = { input_tokens: 10, output_tokens: 5 }
const message = (stop_reason: string, ...content: readonly Block[]): object => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content,
  stop_reason,
  usage,
})

type Answer = object | ((reply: ServerResponse, asked: Asked) => unknown)

async function serving(answers: readonly Answer[], options: ChatOptions = {}) {
  const server = await loopback((reply, asked, n) => {
    const answer = answers[n] ?? message('end_turn', says('No more.'))
    return typeof answer === 'function' ? answer(reply, asked) : json(reply, 200, answer)
  })
  return {
    server,
    chat: row.chat({ apiKey: 'k', model: 'claude', retries: 0, ...options, baseUrl: server.url }),
  }
}

const sent = ({ asked }: Loopback, n: number): readonly { role: string; content: readonly Block[] }[] =>
  asked[n]?.body.messages as never

const heardIn = async (chat: Chat, prompt: string): Promise<readonly ChatEvent[]> => {
  const events: ChatEvent[] = []
  for await (const event of chat.events(prompt)) events.push(event)
  return events
}

test('it is asked to go on with what it said so far, and all of it is one answer', async () => {
  const { server, chat } = await serving(
    [
      message('pause_turn', says('Let me see. '), search('s1')),
      message('pause_turn', found('s1'), search('s2')),
      message('end_turn', found('s2'), says('Done.')),
    ],
    { price: { input: 1, output: 1 }, stream: false },
  )
  const events = await heardIn(chat, 'Search')
  expect(server.asked.map((_, n) => sent(server, n).map(({ role }) => role))).toEqual([
    ['user'],
    ['user', 'assistant'],
    ['user', 'assistant'],
  ])
  expect(sent(server, 2)[1]?.content).toMatchObject([
    says('Let me see. '),
    search('s1'),
    found('s1'),
    search('s2'),
  ])
  expect(chat.turns.map(({ role }) => role)).toEqual(['user', 'assistant'])
  const turn = chat.lastTurn('assistant')!
  expect(turn).toMatchObject({ finish: 'stop', usage: { input: 30, output: 15 } })
  expect(turn.cost).toBeCloseTo(45e-6)
  expect(turn).not.toHaveProperty('adjustments')
  expect(textOf(turn)).toBe('Let me see. Done.')
  // Each part counts its own tokens, and ends with the answer so far.
  expect(events.flatMap((event) => (event.type === 'usage' ? event.usage.input : []))).toEqual([10, 10, 10])
  const ends = events.flatMap((event) => (event.type === 'finish' ? [event] : []))
  expect(ends.map(({ reason }) => reason)).toEqual(['pause_turn', 'pause_turn', 'stop'])
  expect(ends.at(-1)?.turn).toBe(turn)
  // It goes on from there as from any answer.
  await chat.chat('Thanks')
  expect(sent(server, 3).map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  expect(sent(server, 3)[1]?.content).toHaveLength(6)
})

test('text, data and calls of the caller’s tools may follow a rest', async () => {
  const now = tool({ name: 'now', description: 'd', input: t.object({}), run: () => '12:00' })
  const call = { type: 'tool_use', id: 'c1', name: 'now', input: {} }
  const { server, chat } = await serving(
    [
      message('pause_turn', search('s1')),
      message('tool_use', found('s1'), call),
      message('end_turn', says('Noon.')),
      message('pause_turn', search('s2')),
      message('end_turn', found('s2'), says('{"n":1}')),
    ],
    { tools: [now] },
  )
  expect(await chat.chat('When?')).toBe('Noon.')
  expect(sent(server, 2)).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: [search('s1'), found('s1'), call] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1' }] },
  ])
  const form = t.object({ n: t.number() })
  expect(await chat.structured('Data', form, { toolChoice: 'none' })).toEqual({ n: 1 })
  expect(chat.turns).toHaveLength(6)
})

test('it rests no more often than maxToolRounds', async () => {
  const rests = [1, 2, 3, 4].map((n) => message('pause_turn', says(`${n} `), search(`s${n}`)))
  const { server, chat } = await serving(rests, { maxToolRounds: 2 })
  await expect(chat.chat('Search')).rejects.toMatchObject({
    code: 'tool-rounds',
    message:
      'claude still used tools of its own after 2 rounds of them. Raise maxToolRounds, or ask for less at once.',
  })
  expect(server.asked).toHaveLength(3)
  expect(textOf(chat.lastTurn('assistant')!)).toBe('1 2 3 ')
  // "`web_search` tool use with id … was found without a corresponding `web_search_tool_result` block"
  await chat.chat('Stop it').catch(() => undefined)
  expect(sent(server, 3)[1]?.content).toEqual([says('1 '), says('2 '), expect.objectContaining(says('3 '))])
})

test('a rest after which nothing comes stays as it is, and the conversation can go on', async () => {
  const { server, chat } = await serving([
    message('pause_turn', says('Hm. '), search('s1')),
    (reply: ServerResponse) => json(reply, 500, { error: { message: 'broken' } }),
    message('end_turn', says('Fine.')),
  ])
  await expect(chat.chat('Search')).rejects.toBeInstanceOf(ChatError)
  expect(chat.lastTurn('assistant')).toMatchObject({ finish: 'pause_turn' })
  expect(await chat.chat('Go on')).toBe('Fine.')
  expect(sent(server, 2)).toMatchObject([{ role: 'user' }, { content: [says('Hm. ')] }, { role: 'user' }])
})

test('what comes before it breaks off is kept with what was said before the rest', async () => {
  const { chat } = await serving(
    [
      message('pause_turn', says('Hm. '), search('s1')),
      (reply: ServerResponse) => {
        begin(
          reply,
          { type: 'message_start', message: { model: 'claude', usage } },
          { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
          { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I fo' } },
        )
        reply.end()
      },
    ],
    { stream: true },
  )
  await expect(chat.chat('Search')).rejects.toMatchObject({ code: 'cut' })
  expect(chat.turns).toHaveLength(2)
  expect(chat.lastTurn('assistant')).toMatchObject({ finish: 'error' })
  expect(textOf(chat.turns[1]!)).toBe('Hm. I fo')
})
