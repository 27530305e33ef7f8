import { type Chat, type Content, type Turn, image, t, textOf, tool } from 'natter'
import { describe, expect, test } from 'vitest'
import { anthropicMessages } from './scenarios/anthropic-messages.ts'
import { bedrockConverse } from './scenarios/bedrock-converse.ts'
import { cortexComplete } from './scenarios/cortex-complete.ts'
import { gemini } from './scenarios/gemini.ts'
import { ollama } from './scenarios/ollama.ts'
import { openaiChat } from './scenarios/openai-chat.ts'
import { openaiResponses } from './scenarios/openai-responses.ts'
import { type DialectRow, type Heard, type Served, serve } from './scenarios/served.ts'

// One conversation with everything in it, begun in one dialect and continued in another: every ordered pair, and each dialect at two
// servers. What a strict server would refuse in any request is looked for after each test, by `serve`.

const ROWS = [openaiChat, openaiResponses, anthropicMessages, gemini, bedrockConverse, ollama, cortexComplete]

/** What servers give to be handed back, as it stands in a request. */
const STATE: Readonly<Record<string, string>> = {
  'openai-responses': '"encrypted_content":"sealed"',
  'anthropic-messages': '"signature":"signed"',
  'bedrock-converse': '"signature":"signed"',
  'cortex-complete': '"signature":"s"',
}

/** Those who take ids of letters, digits, `_` and `-` only. */
const PICKY = new Set(['anthropic-messages', 'bedrock-converse', 'cortex-complete'])

const PIXEL = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
)
const weather = tool({
  name: 'weather',
  description: 'The weather in a city',
  input: t.object({ city: t.string() }),
  run: () => {
    throw new Error('no such city')
  },
})
const map = tool({
  name: 'map',
  description: 'A map',
  input: t.object({}),
  run: () => ['The map:', image(PIXEL)],
})

/** What a server of a dialect is asked while the conversation begins, and the chat that has begun it. */
async function begun(row: DialectRow): Promise<{ readonly server: Served; readonly chat: Chat }> {
  const server = await serve(row, [
    {
      thinking: 'I must look.',
      text: 'I look.',
      toolCalls: [
        { name: 'weather', arguments: { city: 'Nairobi' }, id: 'call.weather/1' },
        // As Kimi's servers name their calls: what others refuse.
        { name: 'map', id: 'functions.map:0' },
      ],
    },
    { thinking: 'Now I know.', text: 'It is warm.' },
    '{"degrees":27}',
    'Back again.',
  ])
  const chat = server.chat({ tools: [weather, map], systemPrompt: 'Be terse.' })
  await chat.chat('How warm is Nairobi?')
  const form = t.object({ degrees: t.number() })
  expect(await chat.structured('As data.', form, { toolChoice: 'none' })).toEqual({ degrees: 27 })
  chat.setTurns(chat.turns.map((turn, i) => (i === 3 ? withSearch(turn, row, server) : turn)))
  return { server, chat }
}

/** A turn with a search by the server, which only that one can read, and a source. */
function withSearch(turn: Turn, row: DialectRow, { url }: Served): Turn {
  const search: readonly Content[] = [
    {
      type: 'server-tool',
      name: 'web_search',
      opaque: { dialect: row.id, value: [{ type: 'FOREIGN' }], server: url },
    },
    { type: 'citation', url: 'https://example.org/warm' },
  ]
  return { ...turn, contents: [...turn.contents, ...search] }
}

/** Whatever the dialect, this is what was said. */
function expectStory({ said, system }: Heard): void {
  expect(system).toBe('Be terse.')
  expect(said.slice(0, 6)).toMatchObject([
    { role: 'user', text: 'How warm is Nairobi?', calls: [], results: [], media: [] },
    {
      role: 'assistant',
      text: 'I look.',
      calls: [
        { name: 'weather', input: { city: 'Nairobi' } },
        { name: 'map', input: {} },
      ],
    },
    {
      role: 'user',
      results: [{ text: expect.stringMatching(/^Error: .*no such city/) }, { text: 'The map:' }],
      media: ['image/png'],
    },
    { role: 'assistant', text: 'It is warm.', calls: [] },
    { role: 'user', text: expect.stringContaining('As data.') },
    { role: 'assistant', text: expect.stringMatching(/\{\s*"degrees"\s*:\s*27\s*\}/) },
  ])
}

const PAIRS = ROWS.flatMap((a) => ROWS.map((b) => [a.id, b.id, a, b] as const))

describe('a conversation begun in one dialect goes on in another', () => {
  test.each(PAIRS)('%s, then %s, and back', async (_, __, a, b) => {
    const { server: first, chat } = await begun(a)
    const second = await serve(b, [
      { thinking: 'Mine.', text: 'A look.', toolCalls: [{ name: 'map', id: 'call_of_second' }] },
      'And cool at night.',
    ])
    const mine = chat.turns

    chat.use(second.chat())
    expect(await chat.chat('And at night?')).toBe('And cool at night.')

    const asked = second.heard[0]!
    expectStory(asked)
    expect(asked.said[6]).toMatchObject({ role: 'user', text: 'And at night?', results: [] })
    expect(asked.tools.map(({ name }) => name)).toEqual(['weather', 'map'])
    // Nothing that the first server sealed travels to the second, which may be of the same kind.
    const wire = JSON.stringify(asked.body)
    for (const state of Object.values(STATE)) expect(wire).not.toContain(state)
    expect(wire).not.toContain('FOREIGN')
    const ids = asked.said.flatMap(({ calls }) => calls.map(({ id }) => id))
    if (PICKY.has(b.id)) expect(ids).toEqual(['call_weather_1', 'functions_map_0'])
    // Ids that it has not given mean nothing to Google.
    if (b === gemini) expect(ids).toEqual(['weather#0', 'map#1'])
    expect(chat.turns.slice(0, 6)).toEqual(mine)
    expect(chat.turns[7]).toMatchObject({
      provider: chat.provider.id,
      finish: 'tool-calls',
      contents: expect.arrayContaining([
        { type: 'text', text: 'A look.' },
        expect.objectContaining({ name: 'map' }),
      ]),
      adjustments: [{ type: 'history', name: 'opaque', message: expect.stringContaining('left out') }],
    })
    expect(second.heard[1]?.said[8]).toMatchObject({ results: [{ text: 'The map:' }], media: ['image/png'] })
    const own = STATE[b.id]
    if (own) expect(JSON.stringify(second.heard[1]?.body)).toContain(own)

    chat.use(first.chat())
    expect(await chat.chat('Thank you.')).toBe('Back again.')

    const back = first.heard.at(-1)!
    expectStory(back)
    expect(back.said.slice(6).map(({ role, text }) => [role, text])).toMatchObject([
      ['user', 'And at night?'],
      ['assistant', 'A look.'],
      ['user', expect.anything()],
      ['assistant', 'And cool at night.'],
      ['user', 'Thank you.'],
    ])
    // What the first server sealed is there again, where it stood, and nothing of the second's.
    const [again, before] = [back, first.heard[2]!].map(({ body }) => JSON.stringify(body))
    const state = STATE[a.id]
    if (state) expect(count(again!, state)).toBe(count(before!, state))
    if (a === gemini)
      expect(back.said[1]?.calls.map(({ id }) => id)).toEqual(['call.weather/1', 'functions.map:0'])
    expect(textOf(chat.turns.at(-1)!)).toBe('Back again.')
  })
})

const count = (text: string, part: string): number => text.split(part).length - 1
