import { describe, expect, test } from 'vitest'
import { answer, completion, json, loopback, willing } from '../test/loopback.ts'
import { chat } from './chats.ts'
import { type HuggingFaceOptions, chatHuggingFace } from './chats-hosts.ts'
import { chatOpenAICompatible } from './chats-servers.ts'

const DEFAULT = 'meta-llama/Llama-3.1-8B-Instruct'

describe('chatHuggingFace', () => {
  test('asks the default model, as the page of the API says', async () => {
    const server = await loopback(willing)
    const assistant = chatHuggingFace({ baseUrl: server.url, apiKey: 'hf_loopback' })
    expect(await assistant.chat('hi')).toBe('ok')
    const [asked] = server.asked
    expect(asked).toMatchObject({ method: 'POST', path: '/v1/chat/completions' })
    expect(asked?.headers).toMatchObject({
      authorization: 'Bearer hf_loopback',
      'content-type': 'application/json',
    })
    expect(asked?.body).toMatchObject({ model: DEFAULT, messages: [{ role: 'user', content: 'hi' }] })
    expect(assistant.model).toBe(DEFAULT)
    expect(assistant.provider.name).toBe('Hugging Face')
  })

  test.each([':together', ':fastest', ':cheapest', ':preferred'])(
    'passes the suffix %s on',
    async (suffix) => {
      const server = await loopback(willing)
      await chatHuggingFace({ baseUrl: server.url, apiKey: 'hf_loopback', model: `org/model${suffix}` }).chat(
        'hi',
      )
      expect(server.asked[0]?.body.model).toBe(`org/model${suffix}`)
    },
  )

  test('tells who ran the model', async () => {
    const server = await loopback((reply, asked) => {
      reply.setHeader('x-inference-provider', 'groq')
      answer(reply, asked)
    })
    const assistant = chatHuggingFace({ baseUrl: server.url, apiKey: 'hf_loopback' })
    await assistant.chat('hi')
    expect(assistant.lastTurn('assistant')?.servedBy).toBe('groq')
  })

  test('sends billTo, headers and apiArgs, the last ones over all else', async () => {
    const server = await loopback(willing)
    const assistant = chatHuggingFace({
      baseUrl: `${server.url}/`,
      apiKey: 'hf_loopback',
      billTo: 'my-org',
      apiHeaders: { 'X-Use-Cache': 'false', 'Content-Type': 'application/json; charset=utf-8' },
      apiArgs: { temperature: null, top_p: 0.5, provider: { only: ['groq'] } },
      params: { temperature: 1, topP: 0.9, maxTokens: 7 },
    })
    await assistant.chat('hi')
    const [asked] = server.asked
    expect(asked?.path).toBe('/v1/chat/completions')
    expect(asked?.headers).toMatchObject({
      'x-hf-bill-to': 'my-org',
      'x-use-cache': 'false',
      'content-type': 'application/json; charset=utf-8',
    })
    expect(asked?.body).toMatchObject({ top_p: 0.5, max_tokens: 7, provider: { only: ['groq'] } })
    expect(asked?.body).not.toHaveProperty('temperature')
  })

  test('uses the fetch it is given', async () => {
    const urls: string[] = []
    const fetch: typeof globalThis.fetch = async (url) => {
      urls.push(String(url))
      return Response.json(completion('from fetch'))
    }
    expect(await chatHuggingFace({ apiKey: 'hf_loopback', fetch }).chat('hi')).toBe('from fetch')
    expect(urls).toEqual(['https://router.huggingface.co/v1/chat/completions'])
  })

  test('asks for a whole answer where the server cannot stream', async () => {
    const server = await loopback((reply, asked) => {
      if (asked.body.stream) json(reply, 400, { error: 'no streaming' })
      else json(reply, 200, completion('whole'))
    })
    const assistant = chatHuggingFace({ baseUrl: server.url, apiKey: 'hf_loopback', stream: false })
    let text = ''
    for await (const piece of assistant.stream('hi')) text += piece
    expect(text).toBe('whole')
  })

  test.each<[Record<string, unknown>, new () => Error, RegExp]>([
    [{ params: { temperature: -1 } }, RangeError, /params\.temperature.*-1/],
    [{ params: { maxTokens: '5' } }, TypeError, /params\.maxTokens.*"5"/],
    [{ model: '' }, TypeError, /model.*""/],
    [{ model: 42 }, TypeError, /model.*42/],
    [{ baseUrl: 'example.com/v1' }, TypeError, /baseUrl.*"example\.com\/v1"/],
    [{ baseUrl: 'ftp://example.com' }, TypeError, /baseUrl/],
    [{ apiKey: '' }, TypeError, /apiKey/],
    [{ apiKey: 'a b' }, TypeError, /apiKey/],
    [{ apiKey: 'hf_a', credentials: () => 'hf_b' }, TypeError, /apiKey or credentials/],
    [{ apiArgs: [] }, TypeError, /apiArgs/],
    [{ apiArgs: 'x' }, TypeError, /apiArgs/],
    [{ apiHeaders: { 'x-a': 3 } }, TypeError, /apiHeaders/],
    [{ apiHeaders: { 'x-a': 'b\nc' } }, TypeError, /apiHeaders/],
    [{ apiHeaders: 'x-a: b' }, TypeError, /apiHeaders/],
    [{ echo: 'loud' }, TypeError, /echo.*"loud"/],
    [{ systemPrompt: 3 }, TypeError, /systemPrompt/],
    [{ systemPrompt: ['a', 3] }, TypeError, /systemPrompt/],
    [{ billTo: '' }, TypeError, /billTo/],
    [{ retries: -1 }, RangeError, /retries.*-1/],
    [{ retries: 1.5 }, RangeError, /retries.*1\.5/],
    [{ timeout: -1 }, RangeError, /timeout.*-1/],
    [{ timeout: { idle: NaN } }, RangeError, /timeout\.idle/],
    [{ timeout: { ilde: 5 } }, TypeError, /timeout\.ilde.*idle/],
    [{ timeout: '5s' }, TypeError, /timeout/],
    [{ adjust: 'never' }, TypeError, /adjust.*"never"/],
    [{ fetch: 'fetch' }, TypeError, /fetch/],
    [{ stream: 'yes' }, TypeError, /stream/],
  ])('refuses %o at once, and names the option and the value', (options, Kind, message) => {
    const make = (): unknown => chatHuggingFace({ apiKey: 'hf_loopback', ...options } as HuggingFaceOptions)
    if ('apiKey' in options) expect(() => chatHuggingFace(options as HuggingFaceOptions)).toThrow(message)
    else {
      expect(make).toThrow(Kind)
      expect(make).toThrow(message)
    }
  })

  test('never repeats a bad key in the error about it', () => {
    expect(() => chatHuggingFace({ apiKey: 'hf_secret with a space' })).not.toThrow(/hf_secret/)
  })
})

describe('chatOpenAICompatible', () => {
  test('is named by its host, sends no key of its own accord, and takes quirks', async () => {
    const server = await loopback(willing)
    const quirks = { paramNames: { maxTokens: 'max_completion_tokens' }, omit: ['stream_options'] }
    const assistant = chatOpenAICompatible({
      baseUrl: server.url,
      model: 'm',
      quirks,
      params: { maxTokens: 3 },
      stream: true,
    })
    await assistant.chat('hi')
    expect(assistant.provider.name).toBe(new URL(server.url).host)
    expect(server.asked[0]?.headers.authorization).toBeUndefined()
    expect(server.asked[0]?.body).toMatchObject({ max_completion_tokens: 3, stream: true })
    expect(server.asked[0]?.body).not.toHaveProperty('stream_options')
  })

  test('needs a base URL and a model', () => {
    expect(() => chatOpenAICompatible({ model: 'm' } as never)).toThrow(/baseUrl/)
    expect(() => chatOpenAICompatible({ baseUrl: 'nonsense', model: 'm' })).toThrow(/baseUrl.*"nonsense"/)
    expect(() => chatOpenAICompatible({ baseUrl: 'http://127.0.0.1:1' } as never)).toThrow(/model/)
  })
})

describe('chat by name', () => {
  test('takes the provider before the first slash and the model after it', () => {
    expect(chat('huggingface/org/model:groq', { apiKey: 'hf_loopback' })).toMatchObject({
      model: 'org/model:groq',
    })
    expect(chat('huggingface')).toMatchObject({ model: DEFAULT })
    const own = chat('openai-compatible/a/b', { baseUrl: 'http://127.0.0.1:1/v1' })
    expect([own.model, own.provider.id]).toEqual(['a/b', 'openai-compatible'])
  })

  test.each(['nobody-at-all/small', 'toString/x', '__proto__', '/x', 'HuggingFace/x'])(
    'tells which providers there are for %s',
    (name) => {
      expect(() => chat(name)).toThrow(/there is no provider.*huggingface/)
    },
  )

  test.each([
    ['opnai/gpt-5', 'openai'],
    ['aws_bedrock/m', 'aws-bedrock'],
    ['gemini', 'google-gemini'],
    ['Antropic', 'anthropic'],
    ['ollamma/x', 'ollama'],
  ])('asks of %s whether %s was meant', (name, meant) => {
    expect(() => chat(name)).toThrow(`did you mean "${meant}"?`)
  })

  test('knows Anthropic by its model too', () => {
    expect(chat('claude/claude-haiku-4-5').provider.id).toBe('anthropic')
  })

  test('refuses a name that is empty or no string', () => {
    for (const name of ['', ' ', undefined, 3]) expect(() => chat(name as string)).toThrow(TypeError)
    expect(() => chat('huggingface/')).toThrow(/model/)
  })
})
