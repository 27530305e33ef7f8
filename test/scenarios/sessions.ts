import { Chat, type ChatOptions, type Tool, image, t, textOf, tokenUsage, tool } from 'natter'
import type { FakeReply } from 'natter/testing'
import { describe, expect, test } from 'vitest'
import { type DialectRow, UNTAKEN, canTell, gate, pictureFor, serve, toldIn, until } from './served.ts'

const CALL: FakeReply = { toolCalls: [{ name: 'a', arguments: {} }], usage: { input: 100, output: 10 } }
const a: Tool = tool({ name: 'a', description: 'd', input: t.object({}), run: () => 'found' })
const said = (text: string): FakeReply => ({ text, usage: { input: 200, output: 20 } })

/** A chat as a thing that is looked at, counted, forked, shortened, saved and loaded. */
export function sessions(row: DialectRow): void {
  test('explain tells exactly what chat then sends, and no key', async () => {
    const server = await serve(row, [CALL, 'Done.', 'Fine.'])
    const options: ChatOptions = {
      tools: [a],
      systemPrompt: 'Be.',
      params: { temperature: 0.5, ...(row.untaken ?? UNTAKEN) },
      apiHeaders: { 'x-secret-token': 'key-in-a-header', 'x-team': 'blue' },
      apiArgs: { user: 'me' },
    }
    const chat = server.chat(options)
    await chat.chat('One')
    const { picture } = pictureFor(row)
    const told = await chat.explain(['Two', picture], { toolChoice: 'auto' })
    const headers = server.headers.length
    expect(server.heard).toHaveLength(2)
    await chat.chat(['Two', picture], { toolChoice: 'auto' })
    expect(told.body).toEqual(server.heard[2]?.body)
    expect(told).toMatchObject({ method: 'POST', url: new URL(row.path, server.url).href, adjustments: [{}] })
    expect(server.headers[headers]).toMatchObject({ 'x-team': told.headers['x-team'] })
    expect(JSON.stringify(told)).not.toMatch(/key-of-a-test|key-in-a-header/)
    const echoing = await chat.explain('Three', { echo: 'output' })
    const silent = await chat.explain('Three')
    // Whether it streams stands in the body, or in the address.
    expect([echoing.url, echoing.body]).not.toEqual([silent.url, silent.body])
  })

  test('retry asks the last question again, tools and all, and keeps the answer where nothing comes', async () => {
    const server = await serve(row, ['Hi.', CALL, 'Bad.', CALL, 'Good.', { status: 500 }, { status: 500 }])
    const chat = server.chat({ tools: [a] })
    await expect(chat.retry()).rejects.toThrow(TypeError)
    await chat.chat('Hello')
    await chat.chat('Find it')
    expect(await chat.retry()).toBe('Good.')
    expect(chat.turns).toHaveLength(6)
    expect(server.heard[3]?.body).toEqual(server.heard[1]?.body)
    const before = chat.turns
    await expect(chat.retry()).rejects.toMatchObject({ status: 500 })
    await expect(chat.retry({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' })
    expect(chat.turns).toEqual(before)
  })

  test('a chat that answers can be neither asked, retried nor compacted, and its turns stay', async () => {
    const { opened, open } = gate()
    const server = await serve(row, ['One.', () => opened.then(() => 'Two.')])
    const chat = server.chat()
    await chat.chat('1')
    const asked = chat.chat('2')
    await until(() => server.heard.length === 2)
    const others = [chat.chat('3'), chat.retry(), chat.compact(), chat.structured('3', t.string())]
    await Promise.all(others.map((other) => expect(other).rejects.toMatchObject({ code: 'busy' })))
    open()
    expect(await asked).toBe('Two.')
    expect(chat.turns.map(textOf)).toEqual(['1', 'One.', '2', 'Two.'])
  })

  test('branch goes another way on from a turn', async () => {
    const server = await serve(row, ['One.', 'Two.', 'Other.', 'More.'])
    const chat = server.chat()
    await chat.chat('1')
    await chat.chat('2')
    const other = chat.branch(2)
    expect(await other.chat('2b')).toBe('Other.')
    expect(server.heard[2]?.said.map(({ text }) => text)).toEqual(['1', 'One.', '2b'])
    await chat.chat('3')
    expect(chat.turns).toHaveLength(6)
    expect(() => chat.branch(7)).toThrow(RangeError)
    // In the midst of a tool's round: the call is answered.
    const tools = await serve(row, [CALL, 'Done.', 'Fine.'])
    const asked = tools.chat({ tools: [a] })
    await asked.chat('Go')
    await asked.branch(2).chat('Stop')
    expect(toldIn(tools)).toEqual(['Error: This call was not run.'])
  })

  test('compact replaces what is old by a summary, and keeps calls with their results', async () => {
    const server = await serve(row, ['One.', CALL, 'Two.', 'Three.', 'They counted.', 'Four.'])
    const chat = server.chat({ tools: [a], systemPrompt: 'Count.' })
    for (const question of ['1', '2', '3']) await chat.chat(question)
    expect(await chat.compact({ model: 'cheap', keepRounds: 2 })).toBe(2)
    expect(server.heard[4]).toMatchObject({ model: 'cheap', tools: [], said: [{ role: 'user' }] })
    expect(chat.turns.map(({ role }) => role).join()).toBe(
      'user,assistant,user,assistant,user,assistant,user,assistant',
    )
    expect(chat.systemPrompt).toBe('Count.')
    await chat.chat('4')
    expect(server.heard[5]).toMatchObject({ model: 'm', system: 'Count.' })
    expect(server.heard[5]?.said[1]?.text).toBe('They counted.')
    expect(await chat.compact({ keepRounds: 9 })).toBe(0)
  })

  const NO_SUMMARY: readonly [FakeReply, string][] = [
    [{ text: 'They', finish: 'length' }, 'truncated'],
    [{ refusal: 'No.' }, 'refused'],
    [{ text: ' ' }, 'bad-reply'],
    [{ status: 400 }, 'bad-request'],
  ]
  test.each(NO_SUMMARY.filter(([reply]) => canTell(row, reply)))(
    'a summary that is none (%j) leaves the conversation as it was',
    async (reply, code) => {
      const server = await serve(row, ['One.', reply, 'Two.'])
      const chat = server.chat()
      await chat.chat('1')
      await expect(chat.compact({ keepRounds: 0 })).rejects.toMatchObject({ code })
      expect(chat.turns.map(textOf)).toEqual(['1', 'One.'])
      expect(await chat.chat('2')).toBe('Two.')
    },
  )

  describe('tokens and money', () => {
    test('are summed over the answers of tools, by chat and by process', async () => {
      const server = await serve(row, [said('Hi.'), CALL, said('Done.')])
      const chat = server.chat({ tools: [a], model: `m-${row.id}`, price: { input: 1000, output: 10_000 } })
      await chat.chat('Hello')
      await chat.chat('Go')
      expect(chat.usage).toMatchObject({ input: 500, output: 50 })
      expect(await chat.cost()).toMatchObject({ dollars: expect.closeTo(1) })
      expect(await chat.cost({ include: 'last' })).toMatchObject({ dollars: expect.closeTo(0.6) })
      const mine = tokenUsage().find(({ model }) => model === `m-${row.id}`)
      expect(mine).toMatchObject({
        answers: 3,
        usage: { input: 500, output: 50 },
        dollars: expect.closeTo(1),
      })
      const unknown = await serve(row, ['Hi.'])
      const poor = unknown.chat()
      await poor.chat('Hello')
      expect(await poor.cost()).toMatchObject({ dollars: undefined, unpriced: 1, reason: expect.any(String) })
    })

    test.each<[string, ChatOptions, number, RegExp]>([
      ['tokens', { budget: { tokens: 110 } }, 1, /budget of 110 tokens is spent: it is 110 tokens so far/],
      [
        'dollars',
        { budget: { dollars: 0.1 }, price: { input: 1000, output: 0 } },
        1,
        /\$0\.10 is spent.*110 tokens/,
      ],
      ['toolCalls', { budget: { toolCalls: 1 } }, 2, /1 tool call is spent: it is 1 tool call so far/],
      ['seconds', { budget: { seconds: 0.001 } }, 1, /budget of 0 s is spent/],
    ])(
      'a budget of %s stops the chat before the request that would pass it',
      async (_, options, requests, message) => {
        const server = await serve(row, [{ ...(CALL as object), delay: 5 }, CALL, 'Never.'])
        const chat = server.chat({ tools: [a], ...options })
        await expect(chat.chat('Go')).rejects.toMatchObject({ code: 'budget', message })
        expect(server.heard).toHaveLength(requests)
        // Another chat goes on with what was said.
        const free = await serve(row, ['Fine.'])
        const next = free.chat({ tools: [a] }).setTurns(chat.turns)
        expect(await next.chat('Go on')).toBe('Fine.')
        // Its clones have the same purse.
        if (requests === 1) await expect(chat.clone().chat('More')).rejects.toMatchObject({ code: 'budget' })
      },
    )
  })

  test('a chat is saved in the midst of its tools and goes on from the file', async () => {
    const server = await serve(row, [CALL, { status: 500 }, 'Fine.'])
    const chat = server.chat({
      tools: [a],
      systemPrompt: 'Be.',
      params: { temperature: 0 },
      apiArgs: { user: 'me' },
    })
    const { picture, heard } = pictureFor(row)
    await expect(chat.chat(['Go', picture])).rejects.toMatchObject({ status: 500 })
    const text = JSON.stringify(chat)
    expect(text).not.toContain('key-of-a-test')
    const loaded = await Chat.fromJSON(text, server.chat({ tools: [a] }))
    expect(loaded.turns).toEqual(chat.turns)
    expect(await loaded.chat('Go on')).toBe('Fine.')
    expect(toldIn(server)).toEqual(['found'])
    expect(server.heard[2]).toMatchObject({ system: 'Be.', body: { user: 'me' } })
    expect(JSON.stringify(server.heard[2]?.body)).toContain('"temperature":0')
    expect(server.heard[2]?.said[0]?.media).toEqual([heard])
    expect(
      JSON.stringify(await Chat.fromJSON(JSON.parse(JSON.stringify(loaded)) as string, server.chat())),
    ).toContain('Go on')
    await expect(Chat.fromJSON(text.slice(0, -5), server.chat())).rejects.toThrow(/not whole JSON/)
  })

  test('an input that is still being read is awaited; one that is missing sends nothing', async () => {
    const server = await serve(row, ['A pixel.', 'Fine.'])
    const chat = server.chat()
    const missing = (): Promise<never> => image('/no/such/file.png') as Promise<never>
    for (const ask of [
      () => chat.chat(['What?', missing(), missing()]),
      () => chat.structured(['What?', missing()], t.string()),
      () => chat.explain(['What?', missing()]),
      () => chat.countTokens(missing()),
    ])
      await expect(ask()).rejects.toThrow(/no\/such\/file\.png/)
    // None of these may end the process: nobody reads the one, the others fail before.
    chat.stream(missing())
    chat.streamStructured(missing(), t.string())
    await expect(chat.structured(missing(), 5 as never)).rejects.toThrow(/a schema is/)
    await expect(chat.structured(missing(), t.string(), { repair: -1 })).rejects.toThrow(RangeError)
    const busy = chat.chat('What?')
    await expect(chat.chat(missing())).rejects.toThrow()
    expect(await busy).toBe('A pixel.')
    const slow = new Promise<never>(() => undefined)
    await expect(chat.chat(['What?', slow], { signal: AbortSignal.timeout(5) })).rejects.toMatchObject({
      code: 'aborted',
    })
    expect(await chat.chat('Well')).toBe('Fine.')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(server.heard).toHaveLength(2)
  })
}
