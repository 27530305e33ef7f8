import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type Chat, type HuggingFaceOptions, chatHuggingFace, chatOpenAICompatible } from 'natter'
import {
  type Script,
  answer,
  begin,
  json,
  loopback,
  rawLoopback,
  say,
  sse,
  watch,
  willing,
} from './loopback.ts'

const KEY = 'hf_SecretSecretSecretSecret123456'

/** Everything that could be printed of a value. */
const print = (value: unknown): string =>
  [
    inspect(value, { depth: 12, showHidden: true, getters: true }),
    String(value),
    JSON.stringify(value),
    value instanceof Error ? `${value.message}\n${value.stack}\n${inspect(value.cause, { depth: 12 })}` : '',
  ].join('\n')

/** The error of one prompt, printed together with the chat it came from. */
async function printed(script: Script, options: HuggingFaceOptions = { apiKey: KEY }): Promise<string> {
  const server = await loopback(script)
  const chat = chatHuggingFace({ baseUrl: server.url, retries: 0, ...options })
  const { error } = await watch(chat)
  expect(error).toMatchObject({ name: 'ChatError' })
  return `${print(error)}\n${print(chat)}`
}

describe('a key that the server echoes is in no error', () => {
  test.each<[string, Script]>([
    ['as a string', (reply) => json(reply, 401, { error: `Invalid token ${KEY}` })],
    [
      'as an object',
      (reply) =>
        json(reply, 401, { error: { message: `Incorrect API key provided: ${KEY}.`, type: 'auth' } }),
    ],
    [
      'in the code and the type',
      (reply) => json(reply, 401, { error: { message: 'no', code: `bad ${KEY}`, type: KEY } }),
    ],
    [
      'as a member of the body',
      (reply) => json(reply, 403, { error: 'no', headers: { authorization: `Bearer ${KEY}` } }),
    ],
    ['as the name of a member', (reply) => json(reply, 403, { error: 'no', keys: { [KEY]: 1 } })],
    [
      'deep in the body',
      (reply) => json(reply, 400, { detail: [{ loc: ['header', KEY], msg: `${KEY} is wrong` }] }),
    ],
    [
      'in HTML',
      (reply) => reply.writeHead(401).end(`<html><title>${KEY} refused</title><body>${KEY}</body></html>`),
    ],
    ['in plain text', (reply) => reply.writeHead(500).end(`Authorization: Bearer ${KEY}`)],
    ['in a text that is not an answer', (reply) => reply.writeHead(200).end(`You sent ${KEY}, thank you`)],
    [
      'in an error inside a stream',
      (reply) => reply.end(sse(say('a'), { error: { message: `bad key ${KEY}` } })),
    ],
    [
      'in an event that is no JSON',
      (reply) => (begin(reply, say('a')), reply.end(`data: key ${KEY} expired\n\n`)),
    ],
    ['in the request id', (reply) => json(reply, 401, { error: 'no' }, { 'x-request-id': `id-${KEY}` })],
    [
      'in the place it moved to',
      (reply) => json(reply, 302, '', { location: `https://login.example/?token=${KEY}` }),
    ],
    ['at the edge of what is quoted', (reply) => reply.writeHead(401).end(`${'x'.repeat(480)}${KEY}`)],
    [
      'at the edge of the page that is kept',
      (reply) => reply.writeHead(200).end(`${'word '.repeat(398)}${KEY}`),
    ],
    ['many times', (reply) => json(reply, 401, { error: `${KEY}${KEY} ${KEY}` })],
  ])('%s', async (_name, script) => {
    const text = await printed(script)
    expect(text).not.toContain(KEY)
    expect(text).not.toContain(KEY.slice(0, 16))
  })

  test('where it comes from credentials, as a key or as headers', async () => {
    const echo: Script = (reply, { headers }) => json(reply, 401, { error: { message: 'no', headers } })
    for (const credentials of [
      async () => KEY,
      () => ({ authorization: `Bearer ${KEY}` }),
      () => ({ 'x-api-key': KEY }),
      () => ({ 'X-Custom': KEY }),
    ] as const)
      expect(await printed(echo, { credentials })).not.toContain(KEY)
  })

  test('where it was passed in apiHeaders', async () => {
    const echo: Script = (reply, { headers }) => json(reply, 401, { error: { message: 'no', headers } })
    const options = {
      apiKey: 'hf_another_key_42',
      apiHeaders: { 'X-Api-Key': KEY, Cookie: `session=${KEY}` },
    }
    expect(await printed(echo, options)).not.toContain(KEY)
  })

  test('where it holds characters that JSON escapes', async () => {
    const odd = 'sk-"quoted"\\and\\slashed-0123456789'
    const text = await printed((reply) => json(reply, 401, { error: { message: `bad ${odd}` }, sent: odd }), {
      apiKey: odd,
    })
    expect(text).not.toContain('slashed-0123456789')
  })

  test('where the connection fails', async () => {
    const server = await rawLoopback((socket) => socket.resetAndDestroy())
    const chat = chatHuggingFace({ baseUrl: server.url, apiKey: KEY, retries: 0 })
    expect(print((await watch(chat)).error)).not.toContain(KEY)
  })

  test('where the user and the password are part of the address', async () => {
    const chat = chatOpenAICompatible({
      baseUrl: 'http://someone:pa55word-long@127.0.0.1:9/v1',
      model: 'm',
      retries: 0,
    })
    const { error } = await watch(chat)
    expect(print(error)).not.toContain('pa55word')
    expect(print(chat)).not.toContain('pa55word')
  })
})

describe('a key is in nothing that a chat shows of itself', () => {
  const shown = (chat: Chat): string =>
    [chat, chat.provider, chat.turns, chat.clone(), chat.rounds, { chat }, [chat]].map(print).join('\n')

  test('before and after an answer', async () => {
    const server = await loopback(willing)
    const chat = chatHuggingFace({ baseUrl: server.url, apiKey: KEY, apiHeaders: { 'x-api-key': KEY } })
    expect(shown(chat)).not.toContain(KEY)
    await chat.chat('hi')
    expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(shown(chat)).not.toContain(KEY)
  })

  test('and it is not in the request body', async () => {
    const server = await loopback(willing)
    await chatHuggingFace({ baseUrl: server.url, apiKey: KEY }).chat('hi')
    expect(JSON.stringify(server.asked[0]?.body)).not.toContain(KEY)
  })
})

test('what is not a key stays in the error', async () => {
  const server = await loopback((reply) =>
    json(reply, 404, { error: { message: 'no model named m at all', code: 'm' } }),
  )
  const chat = chatHuggingFace({ baseUrl: server.url, apiKey: 'm', retries: 0 })
  expect((await watch(chat)).error).toMatchObject({
    message: expect.stringMatching(/no model named m at all/),
    serverCode: 'm',
  })
})

test('an error shows what is known of it when it is printed', async () => {
  const server = await loopback((reply, asked, n) => {
    if (n > 0) return answer(reply, asked)
    return json(reply, 400, { error: { message: 'no', code: 'odd' } }, { 'x-request-id': 'Root=1-5' })
  })
  const chat = chatHuggingFace({ baseUrl: server.url, apiKey: KEY, retries: 0 })
  const { error } = await watch(chat)
  for (const part of [
    "code: 'bad-request'",
    'status: 400',
    "requestId: 'Root=1-5'",
    "serverCode: 'odd'",
    "provider: 'Hugging Face'",
  ])
    expect(inspect(error)).toContain(part)
})
