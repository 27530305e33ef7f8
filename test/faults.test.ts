import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { type Chat, ChatError, chatHuggingFace, chatOpenAICompatible, textOf } from 'natter'
import {
  type Asked,
  answer,
  begin,
  finish,
  json,
  loopback,
  rolesOf,
  say,
  sse,
  streamed,
  watch,
} from './loopback.ts'

/** How an answer goes wrong, and what must be left of it. */
interface Fault {
  readonly name: string
  readonly reply: (reply: ServerResponse, asked: Asked) => unknown
  readonly code: string
  /** What came before it broke off. */
  readonly text?: string
  readonly message?: RegExp
  readonly status?: number
}

const HTML = '<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head><body>hello</body></html>'
const SSE = { 'content-type': 'text/event-stream' }

const FAULTS: readonly Fault[] = [
  {
    name: 'a stream cut before its finish',
    reply: (reply) => (begin(reply, say('Hel'), say('lo')), reply.end()),
    code: 'cut',
    text: 'Hello',
  },
  {
    name: 'a stream cut before any text',
    reply: (reply) => (begin(reply), reply.end(': nothing\n\n')),
    code: 'cut',
  },
  {
    name: 'a stream cut in the middle of an event',
    reply: (reply) => (begin(reply, say('Hello')), reply.end('data: {"choices":[{"del')),
    code: 'cut',
    text: 'Hello',
  },
  {
    name: 'an error object as the first event',
    reply: (reply) =>
      reply
        .writeHead(200, SSE)
        .end(sse({ error: 'Input validation error: too big', error_type: 'validation' })),
    code: 'bad-request',
    message: /Input validation error: too big/,
    status: 200,
  },
  {
    name: 'an error object in the middle of the stream',
    reply: (reply) => (
      begin(reply, say('Hel')),
      reply.end(sse({ error: { message: 'boom', type: 'server_error' } }))
    ),
    code: 'server-error',
    text: 'Hel',
    message: /boom/,
    status: 200,
  },
  {
    name: 'an event of type error',
    reply: (reply) => (
      begin(reply, say('Hel')),
      reply.end('event: error\ndata: {"error":{"message":"boom","status_code":400}}\n\n')
    ),
    code: 'bad-request',
    text: 'Hel',
    message: /boom/,
  },
  {
    name: 'an event of type error whose data is plain text',
    reply: (reply) => (begin(reply, say('Hel')), reply.end('event: error\ndata: upstream gone\n\n')),
    code: 'bad-reply',
    text: 'Hel',
    message: /upstream gone/,
  },
  {
    name: 'an event that is no JSON',
    reply: (reply) => (begin(reply, say('Hel'), '{"choices": oops}', say('lo')), reply.end(sse(finish()))),
    code: 'bad-reply',
    text: 'Hel',
  },
  {
    name: 'an error object in the same piece as the text before it',
    reply: (reply) =>
      reply.writeHead(200, SSE).end(sse(say('Hel'), { error: 'boom', error_type: 'generation' })),
    code: 'server-error',
    text: 'Hel',
    message: /boom/,
  },
  {
    name: 'an HTML page with status 200',
    reply: (reply) => reply.writeHead(200, { 'content-type': 'text/html' }).end(HTML),
    code: 'bad-reply',
    message: /Welcome to nginx!.*base URL/s,
    status: 200,
  },
  {
    name: 'an HTML page with status 502',
    reply: (reply) =>
      reply.writeHead(502, { 'content-type': 'text/html' }).end(HTML.replace('Welcome', 'Bad gateway')),
    code: 'server-error',
    message: /502.*Bad gateway/s,
    status: 502,
  },
  {
    name: 'plain text with status 200',
    reply: (reply) => reply.writeHead(200, SSE).end('The model is loading, please come back later'),
    code: 'bad-reply',
    message: /The model is loading/,
  },
  {
    name: 'a 200 with an empty body',
    reply: (reply) => reply.writeHead(200, SSE).end(),
    code: 'bad-reply',
    message: /empty/,
  },
  {
    name: 'a 204',
    reply: (reply) => reply.writeHead(204).end(),
    code: 'bad-reply',
    message: /empty/,
    status: 204,
  },
  {
    name: 'a JSON value that is no answer',
    reply: (reply) => json(reply, 200, { hello: 'world' }),
    code: 'bad-reply',
  },
  {
    name: 'half a JSON answer',
    reply: (reply) => json(reply, 200, '{"choices":[{"message":{"content":"He'),
    code: 'cut',
  },
  {
    name: 'a JSON error with status 200',
    reply: (reply) => json(reply, 200, { error: { message: 'no such thing', code: 404 } }),
    code: 'not-found',
    message: /no such thing/,
    status: 200,
  },
  {
    name: 'a 402 whose body holds its error as a string',
    reply: (reply) =>
      json(reply, 402, { error: 'You have exceeded your monthly included credits for Inference Providers.' }),
    code: 'credits',
    message: /exceeded your monthly included credits.*billing/s,
    status: 402,
  },
]

describe('an answer that goes wrong', () => {
  for (const streams of [true, false]) {
    test.each(FAULTS)(
      `$name is a ChatError and leaves a clean history, ${streams ? 'watched' : 'awaited'}`,
      async (fault) => {
        let isBroken = true
        const server = await loopback((reply, asked) =>
          isBroken ? fault.reply(reply, asked) : answer(reply, asked, 'fine'),
        )
        const chat = chatHuggingFace({ baseUrl: server.url, apiKey: 'hf_loopback', retries: 0, stream: true })
        const { error, text } = streams ? await watch(chat, 'first') : await awaited(chat, 'first')

        expect(error).toBeInstanceOf(ChatError)
        const { code, message, status, provider, stack } = error as ChatError
        expect({ code, provider }).toEqual({ code: fault.code, provider: 'Hugging Face' })
        if (fault.message) expect(message).toMatch(fault.message)
        if (fault.status) expect(status).toBe(fault.status)
        expect(`${message}${stack}`).not.toContain('hf_loopback')
        if (streams) expect(text).toBe(fault.text ?? '')
        expect(server.asked).toHaveLength(1)
        expectPart(chat, fault.text)

        isBroken = false
        expect(await chat.chat('second')).toBe('fine')
        const sent = server.asked.at(-1) as Asked
        expect(rolesOf(sent)).toEqual(fault.text ? ['user', 'assistant', 'user'] : ['user'])
        expect(sent.body.messages.map(({ content }) => content)).toEqual(
          fault.text ? ['first', fault.text, 'second'] : ['second'],
        )
        expect(chat.lastTurn('assistant')?.finish).toBe('stop')
      },
    )
  }
})

async function awaited(chat: Chat, prompt: string): Promise<{ error: unknown; text: string }> {
  let error: unknown
  const text = await chat.chat(prompt).catch((caught: unknown) => ((error = caught), ''))
  return { error, text }
}

/** The chat holds the part that came, marked, or nothing at all. */
function expectPart(chat: Chat, text: string | undefined): void {
  if (text === undefined) {
    expect(chat.turns).toEqual([])
    return
  }
  const turn = chat.lastTurn('assistant')
  expect(chat.turns.map(({ role }) => role)).toEqual(['user', 'assistant'])
  expect({ text: turn && textOf(turn), finish: turn?.finish }).toEqual({ text, finish: 'error' })
}

describe('an answer that lies about its type', () => {
  const lies: readonly (readonly [string, string, string])[] = [
    ['events labelled as JSON', 'application/json', streamed('Hello')],
    ['events labelled as plain text', 'text/plain', streamed('Hello')],
    ['events without a label', '', streamed('Hello')],
    [
      'JSON labelled as events',
      'text/event-stream',
      JSON.stringify({ choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }] }),
    ],
    [
      'JSON with a byte order mark',
      'application/json',
      `\uFEFF${JSON.stringify({ choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }] })}`,
    ],
    [
      'pretty-printed JSON after a blank line',
      'text/html',
      `\n${JSON.stringify({ choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }] }, null, 2)}\n`,
    ],
  ]
  test.each(lies)('is read for what it is: %s', async (_name, type, body) => {
    const server = await loopback((reply) =>
      reply.writeHead(200, type ? { 'content-type': type } : {}).end(body),
    )
    for (const stream of [true, false]) {
      const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm', retries: 0, stream })
      expect(await watch(chat)).toMatchObject({ text: 'Hello', error: undefined })
    }
  })

  test('is an error where JSON labelled as events is an error', async () => {
    const server = await loopback((reply) =>
      reply.writeHead(404, SSE).end('{"error":{"message":"no such model"}}'),
    )
    const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm' })
    expect((await watch(chat)).error).toMatchObject({
      code: 'not-found',
      status: 404,
      message: expect.stringMatching(/no such model/),
    })
  })

  test('a plain-text error labelled as JSON keeps its text', async () => {
    const server = await loopback((reply) => json(reply, 422, 'Failed to deserialize the JSON body'))
    const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm' })
    expect((await watch(chat)).error).toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/Failed to deserialize the JSON body/),
      body: 'Failed to deserialize the JSON body',
    })
  })
})

test('a finish without [DONE] is a whole answer, and so is a [DONE] without a finish', async () => {
  const bodies = [sse(say('Hello'), finish()), sse(say('Hello'), '[DONE]')]
  const server = await loopback((reply, _asked, n) => reply.writeHead(200, SSE).end(bodies[n]))
  const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm', retries: 0 })
  for (const reason of ['stop', 'unknown']) {
    expect((await watch(chat)).error).toBeUndefined()
    expect(chat.lastTurn('assistant')?.finish).toBe(reason)
  }
})

test('an answer that said all before its connection broke is whole', async () => {
  const server = await loopback((reply) => {
    begin(reply, say('Hello'), finish())
    setTimeout(() => reply.destroy(), 20)
  })
  const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm', retries: 0 })
  expect(await watch(chat)).toMatchObject({ text: 'Hello', error: undefined })
})

test('an answer without a word is kept as an empty turn that is not sent again', async () => {
  const server = await loopback((reply, asked, n) => {
    if (n === 0) reply.writeHead(200, SSE).end(sse(finish(), '[DONE]'))
    else answer(reply, asked)
  })
  const chat = chatOpenAICompatible({ baseUrl: server.url, model: 'm', adjust: 'silent' })
  expect(await watch(chat, 'one')).toMatchObject({ text: '', error: undefined })
  await chat.chat('two')
  expect(server.asked[1]?.body.messages).toEqual([{ role: 'user', content: 'one\n\ntwo' }])
})
