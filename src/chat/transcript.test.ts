import { describe, expect, test } from 'vitest'
import type { Turn } from '../core/turn.ts'
import { fromTranscript } from './load-transcript.ts'
import { type ChatState, toTranscript } from './transcript.ts'

const full: ChatState = {
  provider: 'huggingface',
  dialect: 'openai-chat',
  baseUrl: 'https://models.example/v1',
  model: 'org/model:groq',
  systemPrompt: 'Be terse.',
  params: { temperature: 0.2, stopSequences: ['END'], min_p: 0.1 },
  apiArgs: { logit_bias: { 50256: -100 } },
  tools: ['get_weather'],
  settings: { adjust: 'silent', budget: { dollars: 1 } },
  turns: [
    {
      role: 'user',
      contents: [
        { type: 'text', text: 'What is this? \ud83e\udd89 \u2028 </script>' },
        { type: 'media', kind: 'image', mimeType: 'image/png', data: 'iVBORw0KGgo=', name: 'owl.png' },
        { type: 'media', kind: 'pdf', mimeType: 'application/pdf', url: 'https://example.org/a.pdf' },
        { type: 'media', kind: 'audio', mimeType: 'audio/wav', data: 'UklGRg==', transcript: 'hello' },
        {
          type: 'media',
          kind: 'pdf',
          mimeType: 'application/pdf',
          fileId: 'file-1',
          server: 'https://models.example/v1',
        },
        { type: 'json', value: { a: [1, null, { b: 'c' }] } },
      ],
    },
    {
      role: 'assistant',
      contents: [
        {
          type: 'thinking',
          text: 'Hm.',
          opaque: {
            dialect: 'anthropic-messages',
            value: { signature: 'abc' },
            server: 'https://models.example/v1',
          },
        },
        { type: 'tool-call', id: 'call_1', name: 'get_weather', input: { city: 'Nairobi' } },
        { type: 'tool-call', id: 'call_2', name: 'get_weather', input: undefined, raw: '{"city": ' },
      ],
      finish: 'tool-calls',
      finishRaw: 'tool_calls',
      provider: 'huggingface',
      model: 'org/model',
      servedBy: 'groq',
      usage: { input: 10, output: 5, cachedInput: 2, cacheWrite: 1, reasoning: 3 },
      serviceTier: 'flex',
      cost: 0.00012,
      duration: 512.25,
      adjustments: [{ type: 'parameter', name: 'topK', message: 'topK was left out' }],
      requestId: 'req-1',
    },
    {
      role: 'user',
      contents: [
        { type: 'tool-result', id: 'call_1', name: 'get_weather', content: 'sunny' },
        {
          type: 'tool-result',
          id: 'call_2',
          name: 'get_weather',
          content: 'not JSON',
          isError: true,
          media: [{ type: 'media', kind: 'image', mimeType: 'image/gif', data: 'R0lGODdh' }],
        },
      ],
    },
    {
      role: 'assistant',
      contents: [
        { type: 'text', text: 'Sunny.' },
        { type: 'citation', url: 'https://example.org', title: 'Weather' },
      ],
      finish: 'aborted',
      refusal: 'I would rather not.',
    },
  ],
}

const saved = (state: ChatState): string => JSON.stringify(toTranscript(state))
const damaged = (change: (file: Record<string, unknown> & { turns: Turn[] }) => void): string => {
  const file = JSON.parse(saved(full)) as Record<string, unknown> & { turns: Turn[] }
  change(file)
  return JSON.stringify(file)
}
const reading = (text: unknown) => (): unknown => fromTranscript(text)

describe('a saved chat', () => {
  test('comes back whole, from its text and from its value', () => {
    expect(fromTranscript(saved(full))).toStrictEqual(full)
    expect(fromTranscript(JSON.parse(saved(full)))).toStrictEqual(full)
    expect(fromTranscript(toTranscript(full))).toStrictEqual(full)
  })

  test('says what it is and of which version', () => {
    expect(JSON.parse(saved(full))).toMatchObject({ format: 'natter-chat', version: 1 })
  })

  test('holds no key, by whatever name it was passed', () => {
    const text = saved({
      ...full,
      baseUrl: 'https://user:hunter2secret@models.example/v1/?api_key=sk-in-query',
      apiArgs: {
        api_key: 'sk-1',
        nested: {
          'x-api-key': 'sk-2',
          accessToken: 'sk-3',
          password: 'sk-4',
          openaiApiKey: 'sk-8',
          hf_token: 'sk-9',
          client_secret: 'sk-10',
          monkey: 'banana',
          max_tokens: 5,
        },
      },
      params: { temperature: 1, apiKey: 'sk-5' },
      settings: { credentials: 'sk-6', list: [{ secret: 'sk-7' }] },
    })
    expect(text).not.toMatch(/sk-|hunter2/)
    expect(JSON.parse(text)).toMatchObject({
      baseUrl: 'https://models.example/v1',
      apiArgs: { nested: { monkey: 'banana', max_tokens: 5 } },
    })
  })

  test('shares nothing with the value it was read from', () => {
    const value = JSON.parse(saved(full)) as { turns: { contents: { text: string }[] }[] }
    const state = fromTranscript(value)
    value.turns[0]!.contents[0]!.text = 'changed'
    expect(state).toStrictEqual(full)
  })

  test('keeps members that this version does not know', () => {
    const state = fromTranscript(damaged((file) => Object.assign(file.turns[1]!, { mood: { good: true } })))
    expect(state.turns[1]).toMatchObject({ mood: { good: true } })
  })

  test('takes null for absent where a member may be absent', () => {
    const state = fromTranscript(
      damaged((file) => Object.assign(file.turns[1]!, { cost: null, refusal: null })),
    )
    expect(state.turns[1]).not.toHaveProperty('cost')
    expect(state.turns[1]).not.toHaveProperty('refusal')
  })
})

describe('what is no whole saved chat is told so', () => {
  const cases: readonly (readonly [what: string, value: unknown, message: string])[] = [
    ['text that was cut off', saved(full).slice(0, -20), 'cut off'],
    ['empty text', '', 'not whole JSON'],
    ['null', null, 'no saved chat'],
    ['a number', 7, 'no saved chat'],
    ['an array', [], 'no saved chat'],
    ['another object', { messages: [] }, 'no member format'],
    ['another format', { format: 'ellmer' }, `its format must be 'natter-chat', and is "ellmer"`],
    [
      'a file of no version',
      { format: 'natter-chat' },
      'version must be a whole number from 1, and is missing',
    ],
    [
      'a file from the future',
      damaged((file) => (file.version = 2)),
      'saved by a newer natter: it is of version 2',
    ],
    [
      'turns that are no array',
      damaged((file) => Object.assign(file, { turns: {} })),
      'turns must be an array, and is an object',
    ],
    [
      'no turns',
      damaged((file) => delete (file as { turns?: unknown }).turns),
      'turns must be an array, and is missing',
    ],
    ['no model', damaged((file) => (file.model = null)), 'model must be a string, and is null'],
    ['no params', damaged((file) => (file.params = null)), 'params must be an object, and is null'],
    [
      'a parameter out of range',
      damaged((file) => (file.params = { topP: 3 })),
      'params.topP must be from 0 to 1: it is 3',
    ],
    [
      'an address that is none',
      damaged((file) => (file.baseUrl = 'javascript:1')),
      'baseUrl must be an http: or https: URL',
    ],
    [
      'a tool that is no name',
      damaged((file) => (file.tools = [{}])),
      'tools[0] must be a non-empty string, and is an object',
    ],
    [
      'a turn of nobody',
      damaged((file) => Object.assign(file.turns[1]!, { role: 'system' })),
      `turns[1].role must be 'user' or 'assistant', and is "system"`,
    ],
    [
      'an answer without an end',
      damaged((file) => Object.assign(file.turns[1]!, { finish: 1 })),
      'turns[1].finish must be a non-empty string, and is 1',
    ],
    [
      'a count that is none',
      damaged((file) => Object.assign(file.turns[1]!, { usage: { input: '9' } })),
      'turns[1].usage.input must be a number from 0, and is "9"',
    ],
    [
      'an unknown content',
      damaged((file) => Object.assign(file.turns[0]!.contents[0]!, { type: 'video' })),
      'turns[0].contents[0].type must be one of text, thinking',
    ],
    [
      'text that is no text',
      damaged((file) => Object.assign(file.turns[0]!.contents[0]!, { text: ['x'] })),
      'turns[0].contents[0].text must be a string, and is an array',
    ],
    [
      'a medium of nothing',
      damaged((file) => Object.assign(file.turns[0]!.contents[1]!, { data: null })),
      'turns[0].contents[1].data must be a string where there is no url',
    ],
    [
      'a call of nothing',
      damaged((file) => Object.assign(file.turns[1]!.contents[2]!, { raw: null })),
      'turns[1].contents[2].input must be an object where there is no raw',
    ],
    [
      'state of no dialect',
      damaged((file) => Object.assign(file.turns[1]!.contents[0]!, { opaque: 'x' })),
      'turns[1].contents[0].opaque must be an object',
    ],
    [
      'state of no server',
      damaged((file) => Object.assign(file.turns[1]!.contents[0]!, { opaque: { dialect: 'a', server: 1 } })),
      'turns[1].contents[0].opaque.server must be a non-empty string, and is 1',
    ],
    [
      'a provider that is no name',
      damaged((file) => Object.assign(file.turns[1]!, { provider: [] })),
      'turns[1].provider must be a non-empty string, and is an array',
    ],
    [
      'a file nested without end',
      `{"format":"natter-chat","version":1,"settings":${'['.repeat(60_000)}${']'.repeat(60_000)}}`,
      'nested deeper than 1000 levels',
    ],
  ]
  for (const [what, value, message] of cases)
    test(what, () => {
      expect(reading(value)).toThrow(message)
      try {
        fromTranscript(value)
      } catch (error) {
        expect((error as Error).name).toBe('Error')
      }
    })

  test('__proto__ changes nothing, wherever it stands', () => {
    const text = saved(full)
      .replace('"params":{', '"params":{"__proto__":{"polluted":1},')
      .replace('"input":{', '"input":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},')
      .replace('{"format"', '{"__proto__":{"polluted":1},"format"')
    const state = fromTranscript(text)
    for (const value of [{}, state, state.params, (state.turns[1]!.contents[1] as { input: object }).input])
      expect((value as { polluted?: unknown }).polluted).toBeUndefined()
  })
})
