import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type HuggingFaceOptions, chatHuggingFace, t, tool } from 'natter'
import { refusalOf } from './loopback.ts'
import { type ModelOptions, behaviour, modelWith, willing } from './router/backends.ts'
import type { Behaviour } from './router/behaviour.ts'
import { type HuggingFace, startHuggingFace } from './router/hugging-face.ts'
import type { Model } from './router/model.ts'

afterAll(() => vi.unstubAllEnvs())
beforeEach(() => vi.unstubAllEnvs())

let count = 0

/** A Hugging Face with one model at these backends, the first the fastest and dearest, and chats with it. */
async function served(
  backends: Readonly<Record<string, Behaviour>>,
  more: Partial<Model> & Pick<ModelOptions, 'catalogue'> = {},
): Promise<{
  hub: HuggingFace
  id: string
  chat: (options?: HuggingFaceOptions) => ReturnType<typeof chatHuggingFace>
}> {
  const id = `routed/model-${count++}`
  const { catalogue = 'known', ...rest } = more
  const seeing = modelWith(willing, { id: 'routed/seeing' })
  const hub = await startHuggingFace({
    models: [{ ...modelWith(willing, { id, backends, catalogue }), ...rest }, seeing],
  })
  vi.stubEnv('HF_ENDPOINT', hub.hubUrl)
  return {
    hub,
    id,
    chat: (options = {}) =>
      chatHuggingFace({
        model: id,
        baseUrl: hub.url,
        apiKey: 'hf_bench',
        adjust: 'silent',
        retries: 0,
        route: 'fastest',
        ...options,
      }),
  }
}

const askedOf = ({ chats }: HuggingFace): readonly (string | undefined)[] =>
  chats().map(({ backend }) => backend)
const weather = tool({
  name: 'get_weather',
  description: 'The weather in a city now',
  input: t.object({ city: t.string() }),
  run: ({ city }) => `21 degrees in ${city}`,
})
const PARIS = 'What is the weather in Paris?'
const RIGHT = 'The tool says: 21 degrees in Paris'
const noTools = behaviour('ignores-tools')

describe('a request goes', () => {
  test('where its tools are taken, not to the fastest backend', async () => {
    const { hub, chat } = await served({ cerebras: noTools, novita: noTools, scaleway: willing })
    expect(await chat({ tools: [weather] }).chat(PARIS)).toBe(RIGHT)
    expect(askedOf(hub)).toEqual(['scaleway', 'scaleway'])
  })

  test('where its schema is taken', async () => {
    const { hub, chat } = await served({ novita: behaviour('json-object-only'), nscale: willing })
    const person = t.object({ name: t.string(), age: t.integer() })
    expect(await chat().structured('Extract the person: Ada is 36 years old.', person)).toEqual({
      name: 'Ada',
      age: 36,
    })
    expect(askedOf(hub)).toEqual(['nscale'])
  })

  test('to a backend that says nothing of tools before one that says it takes none', async () => {
    const { hub, chat, id } = await served({ a: noTools, b: willing }, { catalogue: 'known' })
    const unknown = { ...modelWith(willing, { id, backends: { a: noTools, b: willing } }) }
    expect(unknown.backends).toHaveLength(2)
    expect(await chat({ tools: [weather] }).chat(PARIS)).toBe(RIGHT)
    expect(askedOf(hub)[0]).toBe('b')
  })

  test('to the cheapest of the able ones, where that is the route', async () => {
    const { hub, chat } = await served({ dear: willing, cheap: willing })
    expect(await chat({ tools: [weather], route: 'cheapest' }).chat(PARIS)).toBe(RIGHT)
    expect(askedOf(hub)[0]).toBe('cheap')
  })

  test('to the one that a function chooses among the able ones', async () => {
    const { hub, chat } = await served({ a: noTools, b: willing, c: willing })
    const seen: string[][] = []
    const route = (backends: readonly { readonly name: string }[]): string => {
      seen.push(backends.map(({ name }) => name))
      return 'c'
    }
    expect(await chat({ tools: [weather], route }).chat(PARIS)).toBe(RIGHT)
    expect(askedOf(hub)[0]).toBe('c')
    expect(seen[0]).toEqual(['b', 'c', 'a'])
  })

  test('to the router alone, by its rule, where nothing is needed', async () => {
    const { hub, chat, id } = await served({ a: willing, b: willing })
    await chat({ route: 'cheapest' }).chat('ping')
    expect(
      hub.requests.map(({ path, body }) => [path, (body as { model?: string } | undefined)?.model]),
    ).toEqual([['/v1/chat/completions', `${id}:cheapest`]])
  })
})

describe('a chat', () => {
  test('stays with the backend that served it', async () => {
    const { hub, chat, id } = await served({ a: willing, b: willing })
    const one = chat()
    await one.chat('ping')
    await one.chat('ping')
    expect(hub.chats().map(({ body }) => (body as { model: string }).model)).toEqual([id, `${id}:a`])
    expect(one.lastTurn('assistant')?.servedBy).toBe('a')
  })

  test('stays there also with tools, where the fastest would be another', async () => {
    const { hub, chat } = await served({ a: behaviour('server-error-once'), b: willing })
    const one = chat({ tools: [weather] })
    expect(await one.chat(PARIS)).toBe(RIGHT)
    expect(await one.chat(PARIS)).toBe(RIGHT)
    expect(askedOf(hub)).toEqual(['a', 'b', 'b', 'b', 'b'])
  })

  test('leaves it for one that can do more, once it needs more', async () => {
    const { hub, chat } = await served({ a: noTools, b: willing })
    const one = chat()
    await one.chat('ping')
    one.registerTool(weather)
    expect(await one.chat(PARIS)).toBe(RIGHT)
    expect(askedOf(hub)).toEqual(['a', 'b', 'b'])
  })

  test.each([
    'rate-limited',
    'server-error',
    'overloaded',
    'model-not-supported-here',
    'hangs',
    'dies-before-the-first-delta',
  ])('goes on with the next backend when its own is %s, and stays there', async (name) => {
    const { hub, chat } = await served({ a: behaviour(name), b: willing })
    const one = chat({ timeout: { firstByte: 300 } })
    expect(await one.chat('ping')).toBe('pong')
    expect(await one.chat('ping')).toBe('pong')
    expect(askedOf(hub)).toEqual(['a', 'b', 'b'])
    expect(one.turns[1]).toMatchObject({ servedBy: 'b', adjustments: [{ type: 'route', name: 'route-b' }] })
  })

  test('does not go elsewhere once something has been said', async () => {
    const { hub, chat } = await served({ a: behaviour('error-mid-stream'), b: willing })
    const one = chat()
    const said: string[] = []
    await expect(
      (async () => {
        for await (const piece of one.stream('ping')) said.push(piece)
      })(),
    ).rejects.toMatchObject({ code: 'server-error' })
    expect(said.join('')).not.toBe('')
    expect(askedOf(hub)).toEqual(['a'])
    expect(one.lastTurn('assistant')).toMatchObject({ finish: 'error' })
  })

  test('does not go elsewhere for credits that are spent', async () => {
    const { hub, chat } = await served({ a: behaviour('credits-spent'), b: willing })
    expect(await refusalOf(chat().chat('ping'))).toMatchObject({ code: 'credits' })
    expect(askedOf(hub)).toEqual(['a'])
  })

  test('says whom it has tried where nobody answers', async () => {
    const { chat } = await served({ a: behaviour('overloaded'), b: behaviour('server-error') })
    const { message } = await refusalOf(chat().chat('ping'))
    expect(message).toContain('Tried a, b.')
  })

  test('goes to another backend for tools that one refuses, before it offers them in another way', async () => {
    const { hub, chat } = await served(
      { a: behaviour('refuses-tools-novita'), b: willing },
      { catalogue: 'unknown' },
    )
    const one = chat({ tools: [weather] })
    expect(await one.chat(PARIS)).toBe(RIGHT)
    expect(askedOf(hub)).toEqual(['a', 'b', 'b'])
    expect(one.turns.flatMap((turn) => (turn.role === 'assistant' ? (turn.adjustments ?? []) : []))).toEqual([
      expect.objectContaining({ type: 'route' }),
    ])
  })
})

describe('a backend that was asked for by name', () => {
  test('is obeyed, and its failure says who else could answer', async () => {
    const { hub, chat, id } = await served({ a: behaviour('overloaded'), b: willing })
    const { message, code } = await refusalOf(chat({ model: `${id}:a` }).chat('ping'))
    expect(code).toBe('overloaded')
    expect(message).toContain(`${id} is also served by b: write ${id}:b`)
    expect(askedOf(hub)).toEqual(['a'])
  })

  test('is obeyed also where it is known to ignore tools, which are offered in a way that shows', async () => {
    const { hub, chat, id } = await served({ a: noTools, b: willing })
    expect(await chat({ model: `${id}:a`, tools: [weather] }).chat(PARIS)).toBe(RIGHT)
    expect(new Set(askedOf(hub))).toEqual(new Set(['a']))
  })

  test('is obeyed also where it takes no tools, which are offered in another way', async () => {
    const { hub, chat, id } = await served({ a: behaviour('refuses-tools-novita'), b: willing })
    expect(await chat({ model: `${id}:a`, tools: [weather] }).chat(PARIS)).toBe(RIGHT)
    expect(new Set(askedOf(hub))).toEqual(new Set(['a']))
  })
})

describe('an error says', () => {
  test('what a mistyped name may have meant', async () => {
    const { chat, id } = await served({ a: willing })
    const { message, code } = await refusalOf(chat({ model: id.replace('model', 'modle') }).chat('ping'))
    expect(code).toBe('model-not-supported')
    expect(message).toContain(`Did you mean ${id}`)
  })

  test('which models can see, before anything is sent', async () => {
    const { hub, chat } = await served({ a: behaviour('no-vision') })
    const { message, code } = await refusalOf(
      chat().chat([
        'What is it?',
        { type: 'media', kind: 'image', mimeType: 'image/png', data: 'iVBORw0KGgo=' },
      ]),
    )
    expect(code).toBe('unsupported-input')
    expect(message).toContain(
      'cannot see pictures. These can: routed/seeing (from $1 for a million tokens of output).',
    )
    expect(hub.chats()).toHaveLength(0)
  })

  test('that a request would have to be changed, where that is forbidden, before it is sent', async () => {
    const { hub, chat } = await served({ a: behaviour('no-system-vllm') })
    const { message } = await refusalOf(
      chat({ adjust: 'error', systemPrompt: 'The code word is heron.' }).chat('What is the code word?'),
    )
    expect(message).toContain("adjust: 'error' forbids")
    expect(hub.chats()).toHaveLength(0)
  })
})
