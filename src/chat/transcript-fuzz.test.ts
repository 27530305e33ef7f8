import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromTranscript } from './load-transcript.ts'
import { type ChatState, toTranscript } from './transcript.ts'

const saved = (state: ChatState): string => JSON.stringify(toTranscript(state))

/** A chat with some of everything, to be damaged. */
const full: ChatState = {
  provider: 'huggingface',
  baseUrl: 'https://models.example/v1',
  model: 'org/model:groq',
  params: { temperature: 0.2, stopSequences: ['END'] },
  tools: ['get_weather'],
  turns: [
    {
      role: 'user',
      contents: [
        { type: 'text', text: 'What is this?' },
        { type: 'media', kind: 'image', mimeType: 'image/png', data: 'iVBORw0KGgo=' },
      ],
    },
    {
      role: 'assistant',
      contents: [
        { type: 'thinking', text: 'Hm.', opaque: { dialect: 'gemini', value: { signature: 'abc' } } },
        { type: 'tool-call', id: '1', name: 'get_weather', input: { city: 'Nairobi' } },
      ],
      finish: 'tool-calls',
      usage: { input: 10, output: 5 },
      adjustments: [{ type: 'parameter', name: 'topK', message: 'topK was left out' }],
    },
    { role: 'user', contents: [{ type: 'tool-result', id: '1', name: 'get_weather', content: 'sunny' }] },
    { role: 'assistant', contents: [{ type: 'citation', url: 'https://example.org' }], finish: 'stop' },
  ],
}

describe('whatever is in it', () => {
  const word = fc.string({ minLength: 1, unit: 'grapheme' }).filter((it) => it.trim() !== '')
  const text = fc.string({ unit: 'binary' })
  // -0 has no spelling in JSON, and __proto__ is dropped on purpose.
  const json = fc
    .jsonValue()
    .filter((it) => !/"__proto__"|-0[,\]}]|^-0$/.test(JSON.stringify(it)) && !hasMinusZero(it))
  const object = fc
    .dictionary(
      text.filter((it) => it !== '__proto__'),
      json,
    )
    .map((it) => ({ ...it }))
  const opaque = fc.record({ dialect: word, value: json })
  const kind = fc.constantFrom('image', 'pdf', 'audio', 'document')
  const base64 = fc.base64String()
  const rest = { requiredKeys: ['type', 'kind', 'mimeType', 'data'] } as const
  const media = fc.record(
    {
      type: fc.constant('media'),
      kind,
      mimeType: text,
      data: base64,
      url: text,
      name: text,
      transcript: text,
    },
    { requiredKeys: [...rest.requiredKeys] },
  )
  const content = fc.oneof(
    fc.record({ type: fc.constant('text'), text }),
    fc.record({ type: fc.constant('thinking'), text, opaque }, { requiredKeys: ['type', 'text'] }),
    media,
    fc.record(
      { type: fc.constant('tool-call'), id: text, name: text, input: object, opaque },
      { requiredKeys: ['type', 'id', 'name', 'input'] },
    ),
    fc.record({
      type: fc.constant('tool-call'),
      id: text,
      name: text,
      input: fc.constant(undefined),
      raw: text,
    }),
    fc.record(
      {
        type: fc.constant('tool-result'),
        id: text,
        name: text,
        content: text,
        isError: fc.boolean(),
        media: fc.array(media, { maxLength: 2 }),
      },
      { requiredKeys: ['type', 'id', 'name', 'content'] },
    ),
    fc.record({ type: fc.constant('json'), value: json }),
    fc.record({ type: fc.constant('citation'), url: text, title: text }, { requiredKeys: ['type', 'url'] }),
  )
  const amount = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })
  const count = fc.nat()
  const contents = fc.array(content, { maxLength: 4 })
  const turn = fc.oneof(
    fc.record({ role: fc.constant('user'), contents }),
    fc.record(
      {
        role: fc.constant('assistant'),
        contents,
        finish: word,
        finishRaw: text,
        model: text,
        servedBy: text,
        serviceTier: text,
        usage: fc.record(
          { input: count, output: count, cachedInput: count, cacheWrite: count, reasoning: count },
          { requiredKeys: [] },
        ),
        cost: amount,
        duration: amount,
        adjustments: fc.array(fc.record({ type: fc.constant('field'), name: text, message: text }), {
          maxLength: 2,
        }),
        refusal: text,
        requestId: text,
      },
      { requiredKeys: ['role', 'contents', 'finish'] },
    ),
  )
  const state = fc.record({
    provider: word,
    model: word,
    params: fc.constant({}),
    turns: fc.array(turn, { maxLength: 5 }),
  }) as fc.Arbitrary<unknown> as fc.Arbitrary<ChatState>

  test('a chat is read back as it was written', () => {
    fc.assert(
      fc.property(state, (it) => {
        expect(fromTranscript(saved(it))).toStrictEqual(structuredClone(it))
      }),
      { numRuns: 300 },
    )
  })

  test('a changed file is read or refused with an Error, and never crashes', () => {
    const place = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 7 })
    fc.assert(
      fc.property(place, fc.oneof(json, fc.constant(undefined)), (path, value) => {
        const file = JSON.parse(saved(full)) as unknown
        mutate(file, path, value)
        judge(JSON.stringify(file))
        judge(file)
      }),
      { numRuns: 2000 },
    )
  })

  test('changed text is read or refused with an Error, and never crashes', () => {
    const whole = saved(full)
    fc.assert(
      fc.property(
        fc.nat({ max: whole.length }),
        fc.nat({ max: 9 }),
        fc.string({ maxLength: 4 }),
        (at, gone, more) => judge(whole.slice(0, at) + more + whole.slice(at + gone)),
      ),
      { numRuns: 2000 },
    )
  })

  function judge(value: unknown): void {
    try {
      expect(Array.isArray(fromTranscript(value).turns)).toBe(true)
    } catch (error) {
      expect((error as Error).name).toBe('Error')
      expect((error as Error).message).toMatch(
        /^This (is no saved chat|saved chat is damaged|chat was saved by a newer)/,
      )
    }
  }

  function mutate(root: unknown, path: readonly number[], value: unknown): void {
    let at = root as Record<string, unknown>
    for (const [i, step] of path.entries()) {
      const names = Object.keys(at)
      const name = names[step % names.length]
      if (name === undefined) return
      const next = at[name]
      if (i === path.length - 1 || typeof next !== 'object' || next === null) {
        if (value === undefined) delete at[name]
        else at[name] = value
        return
      }
      at = next as Record<string, unknown>
    }
  }

  function hasMinusZero(value: unknown): boolean {
    if (typeof value === 'number') return Object.is(value, -0)
    return typeof value === 'object' && value !== null && Object.values(value).some(hasMinusZero)
  }
})
