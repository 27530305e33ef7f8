import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { type OpenAICompatibleOptions, chatOpenAICompatible } from '../chats-servers.ts'
import type { Chat } from '../chat/chat.ts'

type Body = Readonly<Record<string, unknown>>
/** What a server says to a body: a status and an error, or nothing where it takes it. */
type Judge = (body: Body) => readonly [number, unknown] | undefined

const servers: ReturnType<typeof createServer>[] = []
afterAll(() => {
  for (const server of servers) server.closeAllConnections()
  for (const server of servers) server.close()
})

/** A chat with a server that refuses what its judge does not like. */
async function strict(
  judge: Judge,
  options: Partial<OpenAICompatibleOptions> = {},
): Promise<{ chat: Chat; bodies: Body[] }> {
  const bodies: Body[] = []
  const server = createServer(async (request, reply) => {
    let text = ''
    for await (const piece of request.setEncoding('utf8')) text += piece as string
    const body = JSON.parse(text) as Body
    bodies.push(body)
    const [status, said] = judge(body) ?? [
      200,
      { choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] },
    ]
    reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return {
    chat: chatOpenAICompatible({ baseUrl, model: 'm', name: 'Strict', adjust: 'silent', ...options }),
    bodies,
  }
}

const openai: Judge = (body) =>
  'max_tokens' in body
    ? [
        400,
        {
          error: {
            message:
              "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            type: 'invalid_request_error',
            param: 'max_tokens',
            code: 'unsupported_parameter',
          },
        },
      ]
    : undefined

/** vLLM of 2024, and what was built on it. */
const vllm =
  (field: string): Judge =>
  (body) =>
    field in body
      ? [
          400,
          {
            object: 'error',
            message: `[{'type': 'extra_forbidden', 'loc': ('body', '${field}'), 'msg': 'Extra inputs are not permitted', 'input': 1}]`,
            type: 'BadRequestError',
            param: null,
            code: 400,
          },
        ]
      : undefined

const transformersServe: Judge = (body) => {
  const unknown = ['min_p', 'top_k', 'cache_prompt'].filter((name) => name in body)
  if (unknown.length === 0) return undefined
  return [
    422,
    { detail: `Unexpected fields in the request: {${unknown.map((name) => `'${name}'`).join(', ')}}` },
  ]
}

const nscale: Judge = (body) =>
  'logprobs' in body
    ? [
        422,
        {
          code: '422',
          error_type: 'UNSUPPORTED_OPENAI_PARAMS',
          message: 'Unsupported OpenAI parameters',
          param: 'logprobs',
        },
      ]
    : undefined

describe('a refusal teaches', () => {
  test('that max_tokens is called max_completion_tokens, once for all', async () => {
    const { chat, bodies } = await strict(openai, { params: { maxTokens: 9 } })
    expect(await chat.chat('one')).toBe('ok')
    expect(
      bodies.map(({ max_tokens, max_completion_tokens }) => [max_tokens, max_completion_tokens]),
    ).toEqual([
      [9, undefined],
      [undefined, 9],
    ])
    expect(chat.lastTurn('assistant')?.adjustments).toMatchObject([
      { type: 'parameter', name: 'maxTokens', message: /max_completion_tokens/ },
    ])
    await chat.chat('two')
    await chat.clone().chat('three')
    expect(bodies).toHaveLength(4)
    expect(bodies.slice(2).every((body) => body.max_completion_tokens === 9 && !('max_tokens' in body))).toBe(
      true,
    )
  })

  test('that max_completion_tokens is called max_tokens: the limit is not dropped', async () => {
    const quirks = { paramNames: { maxTokens: 'max_completion_tokens' } }
    const { chat, bodies } = await strict(vllm('max_completion_tokens'), { params: { maxTokens: 9 }, quirks })
    expect(await chat.chat('one')).toBe('ok')
    expect(bodies.at(-1)).toMatchObject({ max_tokens: 9 })
  })

  test('that vLLM takes no such field', async () => {
    const { chat, bodies } = await strict(vllm('top_k'), { params: { topK: 5, seed: 1 } })
    await chat.chat('one')
    expect(bodies).toHaveLength(2)
    expect(bodies[1]).toMatchObject({ seed: 1 })
    expect(bodies[1]).not.toHaveProperty('top_k')
  })

  test('several fields that `transformers serve` names at once', async () => {
    const { chat, bodies } = await strict(transformersServe, {
      params: { topK: 5, min_p: 0.1, cache_prompt: true, seed: 1 },
    })
    await chat.chat('one')
    const { messages: _messages, model: _model, ...rest } = bodies.at(-1) ?? {}
    expect(rest).toEqual({ seed: 1 })
    expect(bodies.length).toBeLessThanOrEqual(4)
    expect(
      chat
        .lastTurn('assistant')
        ?.adjustments?.map(({ name }) => name)
        .toSorted(),
    ).toEqual(['cache_prompt', 'min_p', 'topK'])
    const before = bodies.length
    await chat.chat('two')
    expect(bodies).toHaveLength(before + 1)
  })

  test("what nscale's param names", async () => {
    const { chat, bodies } = await strict(nscale, { params: { logProbs: true } })
    await chat.chat('one')
    expect(bodies).toHaveLength(2)
    expect(bodies[1]).not.toHaveProperty('logprobs')
  })

  test('that a server takes no stream_options', async () => {
    const { chat, bodies } = await strict(vllm('stream_options'), { stream: true })
    await chat.chat('one')
    expect(bodies[1]).toMatchObject({ stream: true })
    expect(bodies[1]).not.toHaveProperty('stream_options')
  })

  test('for its model only', async () => {
    const { chat, bodies } = await strict(openai, { params: { maxTokens: 9 } })
    await chat.chat('one')
    chat.model = 'another'
    await chat.chat('two')
    expect(bodies[2]).toMatchObject({ model: 'another', max_tokens: 9 })
  })
})

describe('a refusal is told as it is', () => {
  test("with adjust: 'error'", async () => {
    const { chat, bodies } = await strict(openai, { params: { maxTokens: 9 }, adjust: 'error' })
    await expect(chat.chat('one')).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/max_completion_tokens/),
    })
    expect(bodies).toHaveLength(1)
    expect(chat.turns).toEqual([])
  })

  test('where it names a field that the caller put into apiArgs', async () => {
    const { chat, bodies } = await strict(vllm('foo_bar'), { apiArgs: { foo_bar: 1 } })
    await expect(chat.chat('one')).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(/foo_bar/),
    })
    expect(bodies).toHaveLength(1)
  })

  test('where it is about what makes a chat', async () => {
    const said = [
      400,
      {
        error: {
          message: 'messages: unexpected role, model m is not supported',
          type: 'invalid_request_error',
        },
      },
    ] as const
    const { chat, bodies } = await strict(() => said, { params: { seed: 1 } })
    await expect(chat.chat('one')).rejects.toMatchObject({ status: 400 })
    expect(bodies).toHaveLength(1)
  })

  test.each<[string, unknown]>([
    [
      'the context is too long',
      {
        error: {
          message: "This model's maximum context length is 10 tokens. Reduce max_tokens or the messages",
          code: 'x',
        },
      },
    ],
    [
      'a value is out of range',
      { error: { message: 'max_tokens is too small: 9. This model wants at least 16' } },
    ],
    ['it names nothing that was sent', { error: { message: 'Unsupported parameter: frequency_penalty' } }],
  ])('where %s', async (_name, said) => {
    const { chat, bodies } = await strict(() => [400, said], { params: { maxTokens: 9 } })
    await expect(chat.chat('one')).rejects.toMatchObject({ status: 400 })
    expect(bodies).toHaveLength(1)
  })

  test('after a bounded number of tries, from a server that is never content', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `extra_${n}`)
    const judge: Judge = (body) => [
      400,
      { error: { message: `unknown field ${names.find((name) => name in body)}` } },
    ]
    const { chat, bodies } = await strict(judge, {
      params: Object.fromEntries(names.map((name) => [name, 1])),
    })
    await expect(chat.chat('one')).rejects.toMatchObject({ status: 400 })
    expect(bodies.length).toBeLessThanOrEqual(10)
  })

  test('where a parameter has a name that is no word', async () => {
    const { chat } = await strict(() => [400, { error: { message: 'unknown field a(b' } }], {
      params: { 'a(b': 1, '*': 2 },
      retries: 0,
    })
    await expect(chat.chat('one')).rejects.toMatchObject({ name: 'ChatError', status: 400 })
  })
})

describe('a mended request is warned of', () => {
  test('once for each model and thing, unless in silence', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    try {
      const { chat } = await strict(openai, { params: { maxTokens: 9, reasoningTokens: 5 }, adjust: 'warn' })
      await chat.chat('one')
      await chat.chat('two')
      const said = warning.mock.calls.map(([message]) => String(message))
      expect(said.filter((message) => message.includes('reasoningTokens'))).toHaveLength(1)
      expect(said.filter((message) => message.includes('max_completion_tokens'))).toHaveLength(1)
      expect(said.every((message) => message.includes('Strict/m'))).toBe(true)
      warning.mockClear()
      const silent = await strict(openai, { params: { maxTokens: 9 }, adjust: 'silent' })
      await silent.chat.chat('one')
      expect(warning).not.toHaveBeenCalled()
    } finally {
      warning.mockRestore()
    }
  })
})
