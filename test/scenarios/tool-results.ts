import { expect, test } from 'vitest'
import { type Chat, type ChatEvent, document, image, pdf, t, textOf, tool } from 'natter'
import { type DialectRow, type Served, has, listOf, serve } from './served.ts'

/** A picture of one pixel. */
const pixel = (): Uint8Array =>
  new Uint8Array(
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    ),
  )
const paper = (): Uint8Array => new TextEncoder().encode('%PDF-1.4\n%%EOF\n')

/** What comes of a tool that gives this back. */
async function given(
  row: DialectRow,
  run: () => unknown,
): Promise<{ readonly server: Served; readonly chat: Chat; readonly events: readonly ChatEvent[] }> {
  const server = await serve(row, [{ toolCalls: [{ name: 'get' }] }, 'I see.'])
  const get = tool({ name: 'get', description: 'Gets it', input: t.object({}), run })
  const chat = server.chat({ tools: [get] })
  const events = await listOf(chat.events('Get it'))
  expect(textOf(chat.turns.at(-1)!)).toBe('I see.')
  return { server, chat, events }
}

/** What tools may give back, and how it reaches the model. */
export function toolResults(row: DialectRow): void {
  test.each<[string, unknown, string]>([
    ['a text', 'sunny', 'sunny'],
    ['an object', { sky: 'blue', wind: [1, 2] }, '{"sky":"blue","wind":[1,2]}'],
    ['a list', ['a', 1], '["a",1]'],
    ['an empty list', [], '[]'],
    ['an empty object', {}, '{}'],
    ['a number', 4, '4'],
    ['what is no number', Number.NaN, 'NaN'],
    ['false', false, 'false'],
    ['null, which is an answer', null, 'null'],
    ['nothing', undefined, 'done'],
    ['an empty text', '', 'done'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a map', new Map([['a', 1]]), '[["a",1]]'],
    ['a set', new Set([1, 2]), '[1,2]'],
    ['a promise', Promise.resolve({ a: 1 }), '{"a":1}'],
    ['a content of text', { type: 'text', text: 'sunny' }, 'sunny'],
    ['contents and data', [{ type: 'text', text: 'It is' }, { degrees: 5 }], 'It is\n{"degrees":5}'],
  ])('%s', async (_, value, text) => {
    const { server, chat } = await given(row, () => value)
    expect(server.heard[1]?.said[2]).toMatchObject({ results: [{ text }], media: [] })
    expect(chat.turns[2]?.contents[0]).not.toHaveProperty('isError')
  })

  test('a picture and a PDF go with the result, said to be the tool’s', async () => {
    const { server, chat } = await given(row, async () =>
      has(row, 'pdf') ? ['Look:', image(pixel()), await pdf(paper())] : ['Look:', image(pixel())],
    )
    const files = has(row, 'pdf') ? ['application/pdf'] : []
    const said = server.heard[1]?.said[2]
    expect(said).toMatchObject({ results: [{ text: 'Look:' }], media: ['image/png', ...files] })
    expect(chat.turns[2]?.contents).toMatchObject([
      {
        type: 'tool-result',
        content: 'Look:',
        media: [{ kind: 'image' }, ...files.map(() => ({ kind: 'pdf' }))],
      },
    ])
  })

  test('a picture alone, and a document', async () => {
    const picture = await given(row, () => image(pixel()))
    expect(picture.server.heard[1]?.said[2]).toMatchObject({
      results: [row.resultsHoldMedia ? { text: '' } : { text: expect.stringContaining('get') }],
      media: ['image/png'],
    })
    const { server } = await given(row, () => document(new TextEncoder().encode('a,b'), { name: 'x.csv' }))
    expect(server.heard[1]?.said[2]?.text).toContain('a,b')
  })

  test('a file that is missing is told to the model', async () => {
    const { server } = await given(row, () => ['Look:', image('/no/such/file.png')])
    expect(server.heard[1]?.said[2]?.results[0]?.text).toMatch(/The tool failed: .*no\/such\/file\.png/)
  })

  test.each<[string, () => unknown]>([
    [
      'an async generator',
      async function* () {
        yield { done: 0.5 }
        await Promise.resolve()
        yield { done: 1 }
        return 'the end'
      },
    ],
    [
      'a sync one',
      function* () {
        yield { done: 0.5 }
        yield { done: 1 }
        return 'the end'
      },
    ],
  ])('%s reports its progress, and what it returns is the result', async (_, run) => {
    const { server, events } = await given(row, run)
    const news = events.flatMap((event): unknown[] => {
      if (event.type === 'tool-progress') return [[event.call.name, event.value]]
      return event.type === 'tool-result' ? [event.result.content] : []
    })
    expect(news).toEqual([['get', { done: 0.5 }], ['get', { done: 1 }], 'the end'])
    expect(server.heard[1]?.said[2]?.results[0]?.text).toBe('the end')
  })

  test('what a generator yields last is its result where it returns none', async () => {
    const { server } = await given(row, function* () {
      yield 'first'
      yield { n: 2 }
    })
    expect(server.heard[1]?.said[2]?.results[0]?.text).toBe('{"n":2}')
  })

  test('progress is reported while the tool still runs', async () => {
    const server = await serve(row, [{ toolCalls: [{ name: 'get' }] }, 'I see.'])
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    const get = tool({
      name: 'get',
      description: 'd',
      input: t.object({}),
      async *run() {
        yield 'waiting'
        await released
        return 'done waiting'
      },
    })
    const seen: unknown[] = []
    for await (const event of server.chat({ tools: [get] }).events('Go')) {
      if (event.type === 'tool-progress') release()
      if (event.type === 'tool-progress' || event.type === 'tool-result') seen.push(event.type)
    }
    expect(seen).toEqual(['tool-progress', 'tool-result'])
  })
}
