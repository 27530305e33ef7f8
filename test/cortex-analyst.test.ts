import { describe, expect, test } from 'vitest'
import { type Chat, type ChatOptions, Chat as ChatClass, t, textOf, tool } from 'natter'
import { chatWith } from '../src/chat-with.ts'
import { cortexAnalyst } from '../src/dialects/cortex-analyst.ts'
import { type Script, json, loopback, refusalOf } from './loopback.ts'

const ask = (url: string, options: ChatOptions = {}): Chat =>
  chatWith(
    {
      id: 'analyst',
      name: 'Cortex Analyst',
      docs: 'https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-analyst/rest-api',
      baseUrl: url,
      dialect: cortexAnalyst,
      model: 'cortex-analyst',
      auth: { variables: [], places: 'apiKey', isOptional: true },
    },
    { apiArgs: { semantic_model_file: '@db.schema.stage/model.yaml' }, retries: 0, baseUrl: url, ...options },
  )

const CONTENT = [
  { type: 'text', text: 'The store that earned most:' },
  { type: 'sql', statement: 'SELECT store FROM sales ORDER BY profit DESC LIMIT 1' },
]
const TEXT =
  'The store that earned most:\n\n```sql\nSELECT store FROM sales ORDER BY profit DESC LIMIT 1\n```'

const event = (name: string, data: object | string): string =>
  `event: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`

const EVENTS = [
  event('status', { status: 'interpreting_question', status_message: 'Interpreting question' }),
  event('message.content.delta', { index: 0, type: 'text', text_delta: 'The store that ' }),
  event('message.content.delta', { index: 0, type: 'text', text_delta: 'earned most:' }),
  event('status', { status: 'generating_sql' }),
  event('message.content.delta', { index: 1, type: 'sql', statement_delta: CONTENT[1]?.statement }),
  event('response_metadata', { model_names: ['claude-4-sonnet'] }),
  event('status', { status: 'done', status_message: 'Done' }),
  event('done', 'done'),
]

const streaming =
  (events: readonly string[]): Script =>
  (reply) => {
    reply.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const one of events) reply.write(one)
    reply.end()
  }
const whole: Script = (reply) =>
  json(reply, 200, { message: { role: 'analyst', content: CONTENT }, request_id: 'r1' })

const sqlOf = (chat: Chat): unknown =>
  chat.lastTurn('assistant')?.contents.find(({ type }) => type === 'json')

describe('a chat with Cortex Analyst', () => {
  test('asks at its address, and gives the SQL in words and as data', async () => {
    const server = await loopback(whole)
    const chat = ask(server.url)
    expect(await chat.chat('Which store earned most?')).toBe(TEXT)
    expect(sqlOf(chat)).toEqual({ type: 'json', value: { sql: CONTENT[1]?.statement } })
    expect(server.asked[0]?.path).toBe('/v1/api/v2/cortex/analyst/message')
    expect(server.asked[0]?.body).toEqual({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Which store earned most?' }] }],
      semantic_model_file: '@db.schema.stage/model.yaml',
      stream: false,
    })
  })

  test('streams, and goes on with what was said, also from a file', async () => {
    const server = await loopback(streaming(EVENTS))
    const chat = ask(server.url)
    const pieces: string[] = []
    for await (const piece of chat.stream('Which store earned most?')) pieces.push(piece)
    expect(pieces.join('')).toBe(TEXT)
    expect(chat.lastTurn('assistant')).toMatchObject({ finish: 'stop', model: 'claude-4-sonnet' })
    const loaded = await ChatClass.fromJSON(JSON.stringify(chat), ask(server.url))
    for (const one of [chat, loaded]) {
      await one.chat('And in 2024?', { signal: AbortSignal.timeout(5000) })
      expect(server.asked.at(-1)?.body.messages).toEqual([
        { role: 'user', content: [{ type: 'text', text: 'Which store earned most?' }] },
        { role: 'analyst', content: CONTENT },
        { role: 'user', content: [{ type: 'text', text: 'And in 2024?' }] },
      ])
    }
  })

  test('an answer that breaks off is kept as a part, and the next question can be asked', async () => {
    let n = 0
    const server = await loopback((reply, asked) =>
      (n++ === 0 ? streaming(EVENTS.slice(0, 3)) : whole)(reply, asked, n),
    )
    const chat = ask(server.url, { stream: true })
    expect((await refusalOf(chat.chat('Which?'))).code).toBe('cut')
    expect(chat.lastTurn('assistant')).toMatchObject({ finish: 'error' })
    expect(textOf(chat.turns[1]!)).toBe('The store that earned most:')
    expect(await chat.chat('Again')).toBe(TEXT)
  })

  test('an error event and a refusal say what the server said', async () => {
    const failing = await loopback(
      streaming([...EVENTS.slice(0, 2), event('error', { message: 'the stage is gone', code: '392706' })]),
    )
    const error = await refusalOf(ask(failing.url, { stream: true }).chat('Which?'))
    expect(error).toMatchObject({
      serverCode: '392706',
      message: expect.stringContaining('the stage is gone'),
    })
    const refusing = await loopback((reply) =>
      json(reply, 400, {
        message: "'@stage' is an invalid stage file URL",
        code: null,
        error_code: '392706',
      }),
    )
    expect(await refusalOf(ask(refusing.url).chat('Which?'))).toMatchObject({
      status: 400,
      code: 'bad-request',
      message: expect.stringContaining('invalid stage file URL'),
    })
  })

  test('takes no system prompt, tools or schema, and sends nothing then', async () => {
    const server = await loopback(whole)
    const a = tool({ name: 'a', description: 'd', input: t.object({}), run: () => 1 })
    await expect(ask(server.url, { systemPrompt: 'Be.' }).chat('Which?')).rejects.toThrow(/no system prompt/)
    await expect(ask(server.url, { tools: [a] }).chat('Which?')).rejects.toThrow(/no tools/)
    await expect(ask(server.url).structured('Which?', t.string())).rejects.toThrow(/no schema/)
    expect(server.asked).toEqual([])
  })

  test('parameters are left out, which the turn says', async () => {
    const server = await loopback(whole)
    const chat = ask(server.url, { params: { temperature: 0 }, adjust: 'silent' })
    await chat.chat('Which?')
    expect(server.asked[0]?.body).not.toHaveProperty('temperature')
    expect(chat.lastTurn('assistant')?.adjustments).toMatchObject([{ name: 'temperature' }])
  })
})
