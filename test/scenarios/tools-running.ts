import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type as ark } from 'arktype'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Chat, type Tool, type ToolChoice, t, textOf, tool } from 'natter'
import type { FakeReply } from 'natter/testing'
import { type DialectRow, gate, has, listOf, serve, toldIn } from './served.ts'

/** A tool that says what it was given. */
const echoing = (name: string, run: (x: number) => unknown = (x) => `${name} ${x}`): Tool =>
  tool({ name, description: `Does ${name}`, input: t.object({ x: t.number() }), run: ({ x }) => run(x) })

const calling = (...calls: readonly (readonly [name: string, x: number])[]): FakeReply => ({
  toolCalls: calls.map(([name, x]) => ({ name, arguments: { x } })),
})

const WORDS = { name: 'add', description: 'Adds' }

const resultsOf = (chat: Chat): readonly (readonly [string, string])[] =>
  chat.turns.flatMap(({ contents }) =>
    contents.flatMap((content) =>
      content.type === 'tool-result' ? [[content.name, content.content] as const] : [],
    ),
  )

/** How tools are offered, run and answered when all goes well. */
export function toolsRunning(row: DialectRow): void {
  test('a tool is offered, run, and its result told, until the model answers in words', async () => {
    const server = await serve(row, [
      { text: 'Let me see.', ...(calling(['double', 2]) as object) },
      'It is 4.',
    ])
    const chat = server.chat({ tools: [echoing('double', (x) => 2 * x)] })
    expect(await chat.chat('Twice 2?')).toBe('It is 4.')
    expect(server.heard.map(({ tools }) => tools)).toEqual([
      [{ name: 'double', description: 'Does double', schema: expect.objectContaining({ type: 'object' }) }],
      [{ name: 'double', description: 'Does double', schema: expect.objectContaining({ type: 'object' }) }],
    ])
    expect(server.heard[1]?.said).toMatchObject([
      { role: 'user', text: 'Twice 2?' },
      { role: 'assistant', text: 'Let me see.', calls: [{ name: 'double', input: { x: 2 } }] },
      { role: 'user', results: [{ text: '4' }] },
    ])
    expect(chat.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
    expect(chat.rounds).toHaveLength(1)
  })

  for (const stream of [true, false])
    test(`two calls run at the same time, and are answered in the order asked (stream: ${stream})`, async () => {
      const server = await serve(row, [calling(['slow', 1], ['quick', 2]), 'Done.'])
      const quickIsDone = gate()
      const chat = server.chat({
        stream,
        tools: [
          // Would wait for ever if the other did not run meanwhile.
          echoing('slow', (x) => quickIsDone.opened.then(() => `slow ${x}`)),
          echoing('quick', (x) => (quickIsDone.open(), `quick ${x}`)),
        ],
      })
      const events = await listOf(chat.events('Both!'))
      expect(toldIn(server)).toEqual(['slow 1', 'quick 2'])
      expect(resultsOf(chat)).toEqual([
        ['slow', 'slow 1'],
        ['quick', 'quick 2'],
      ])
      // They are reported as they come.
      expect(events.flatMap((event) => (event.type === 'tool-result' ? [event.result.name] : []))).toEqual([
        'quick',
        'slow',
      ])
      expect(events.map(({ type }) => type)).toEqual([
        'tool-call',
        'tool-call',
        'finish',
        'tool-result',
        'tool-result',
        'text',
        'finish',
      ])
    })

  test('in sequential mode one call begins when the one before is done', async () => {
    const server = await serve(row, [calling(['a', 1], ['b', 2], ['a', 3]), 'Done.'])
    const log: string[] = []
    const slow = (name: string): Tool =>
      echoing(name, async (x) => {
        log.push(`${name}${x} begins`)
        await new Promise((resolve) => setTimeout(resolve, 5))
        log.push(`${name}${x} ends`)
        return `${x}`
      })
    await server.chat({ toolMode: 'sequential', tools: [slow('a'), slow('b')] }).chat('All!')
    expect(log).toEqual(['a1 begins', 'a1 ends', 'b2 begins', 'b2 ends', 'a3 begins', 'a3 ends'])
    expect(toldIn(server)).toEqual(['1', '2', '3'])
  })

  test.each<[string, Tool]>([
    [
      't',
      tool({
        ...WORDS,
        input: t.object({ x: t.number(), y: t.optional(t.number()) }),
        run: ({ x, y = 1 }) => x + y,
      }),
    ],
    [
      'Zod',
      tool({
        ...WORDS,
        input: z.object({ x: z.number(), y: z.number().default(1) }),
        run: ({ x, y }) => x + y,
      }),
    ],
    ['ArkType', tool({ ...WORDS, input: ark({ x: 'number', y: 'number = 1' }), run: ({ x, y }) => x + y })],
    [
      'Valibot',
      tool({
        ...WORDS,
        input: toStandardJsonSchema(v.object({ x: v.number(), y: v.optional(v.number(), 1) })),
        run: ({ x, y }) => x + y,
      }),
    ],
  ])('a tool’s input may be written with %s: it is checked, and defaults are set', async (_, add) => {
    const toolCalls = [{ x: 1 }, { x: 1, y: 2 }, { x: 'one' }].map((input) => ({
      name: 'add',
      arguments: input,
    }))
    const server = await serve(row, [{ toolCalls }, 'Done.'])
    await server.chat({ tools: [add] }).chat('Add')
    expect(toldIn(server)).toEqual(['2', '3', expect.stringMatching(/do not fit the tool's schema: x: /)])
    expect(server.heard[0]?.tools[0]?.schema).toMatchObject({
      type: 'object',
      properties: { x: { type: 'number' }, y: { type: 'number' } },
    })
    expect(server.heard[0]?.tools[0]?.schema).not.toHaveProperty('$schema')
  })

  test('calls with the same id, or none, are told apart and answered each', async () => {
    const twins = [1, 2].map((x) => ({ name: 'a', id: '0', arguments: { x } }))
    const server = await serve(row, [{ toolCalls: twins }, { toolCalls: twins }, 'Done.'])
    const chat = server.chat({ tools: [echoing('a')], stream: false })
    await chat.chat('Twice!')
    expect(toldIn(server)).toEqual(['a 1', 'a 2'])
  })

  test('ten rounds of tools are run, and an eleventh is an error after which the chat goes on', async () => {
    const more = calling(['a', 1])
    const server = await serve(row, [...Array<FakeReply>(10).fill(more), 'At last.'])
    expect(await server.chat({ tools: [echoing('a')] }).chat('Go')).toBe('At last.')

    const endless = await serve(row, [...Array<FakeReply>(11).fill(more), 'Well.', 'Fine.'])
    const chat = endless.chat({ tools: [echoing('a')], adjust: 'error' })
    await expect(chat.chat('Go')).rejects.toMatchObject({
      code: 'tool-rounds',
      message: expect.stringMatching(/after 10 rounds/),
    })
    expect(endless.heard).toHaveLength(11)
    expect(await chat.chat('Stop that.')).toBe('Well.')
    expect(toldIn(endless)).toEqual(['Error: This call was not run.'])
    expect(await chat.chat('Good.')).toBe('Fine.')
    expect(chat.rounds).toHaveLength(3)
  })

  test('maxToolRounds: 0 runs none', async () => {
    const server = await serve(row, [calling(['a', 1])])
    let runs = 0
    const chat = server.chat({ maxToolRounds: 0, tools: [echoing('a', () => ++runs)] })
    await expect(chat.chat('Go')).rejects.toMatchObject({ code: 'tool-rounds' })
    expect(runs).toBe(0)
  })

  test.each([
    ['required', 'auto'],
    [{ name: 'a' }, 'auto'],
    ['auto', 'auto'],
    ['none', 'none'],
    [undefined, undefined],
  ] as const)('the choice of a tool %j is %j from the second round on', async (toolChoice, then) => {
    const server = await serve(row, [calling(['a', 1]), 'Done.'])
    await server.chat({ tools: [echoing('a')] }).chat('Go', { toolChoice })
    const told = (choice: ToolChoice | undefined): ToolChoice | undefined =>
      has(row, choice === 'none' ? 'choice-none' : 'choice') ? choice : undefined
    expect(server.heard.map(({ choice }) => choice)).toEqual([told(toolChoice), told(then)])
    const isToldByNone = then === 'none' && !has(row, 'choice-none')
    expect(server.heard.map(({ tools }) => tools.length)).toEqual(
      isToldByNone ? [0, row.keepsTools ? 1 : 0] : [1, 1],
    )
  })

  test('a choice that no tool can meet is a TypeError before anything is sent', async () => {
    const server = await serve(row, [])
    const chat = server.chat({ tools: [echoing('a')] })
    await expect(chat.chat('Go', { toolChoice: { name: 'b' } })).rejects.toThrow(
      /the tool b: the tools are a/,
    )
    await expect(chat.chat('Go', { toolChoice: 'any' as 'auto' })).rejects.toThrow(/'required' or \{ name \}/)
    await expect(server.chat().chat('Go', { toolChoice: 'required' })).rejects.toThrow(TypeError)
    expect(server.heard).toEqual([])
    expect(chat.turns).toEqual([])
  })

  test('a call that was cut by the token limit is not run, and answered as such later', async () => {
    const cut: FakeReply = { toolCalls: [{ name: 'a', arguments: '{"x": 1}' }], finish: 'length' }
    const server = await serve(row, [cut, 'Fine.'])
    let runs = 0
    const chat = server.chat({ tools: [echoing('a', () => ++runs)] })
    await chat.chat('Go')
    expect([runs, chat.lastTurn('assistant')?.finish]).toEqual([0, 'length'])
    expect(await chat.chat('And now?')).toBe('Fine.')
    expect(toldIn(server)).toEqual(['Error: This call was not run.'])
  })

  test('an answer that says it calls tools and calls none ends the prompt', async () => {
    const server = await serve(row, [{ text: 'Hm.', finish: 'tool-calls' }])
    expect(await server.chat({ tools: [echoing('a')] }).chat('Go')).toBe('Hm.')
  })

  for (const stream of [true, false])
    test(`a call that leaked into the text is taken out and run, and said once (stream: ${stream})`, async () => {
      const leaked = 'I look. <tool_call>{"name": "a", "arguments": {"x": 5}}</tool_call>'
      const server = await serve(row, [leaked, 'It is 5.'])
      const chat = server.chat({ tools: [echoing('a')], stream })
      const events = await listOf(chat.events('Go'))
      expect(toldIn(server)).toEqual(['a 5'])
      expect(server.heard[1]?.said[1]).toMatchObject({
        text: expect.stringMatching(/^I look\.\s*$/),
        calls: [{ name: 'a', input: { x: 5 } }],
      })
      expect(events.filter(({ type }) => type === 'adjustment')).toMatchObject([
        { adjustment: { type: 'tool-calls', name: 'leaked' } },
      ])
      const [first, last] = chat.turns.filter((turn) => turn.role === 'assistant')
      expect([first?.adjustments?.length, last?.adjustments]).toEqual([1, undefined])
      expect(textOf(chat.turns.at(-1)!)).toBe('It is 5.')
    })

  test('tools can be taken away and replaced between and during prompts', async () => {
    const server = await serve(row, [calling(['once', 1]), 'A.', 'B.', 'C.'])
    const chat: Chat = server.chat()
    chat.registerTool(echoing('once', () => (chat.removeTool('once'), 'gone')))
    expect(await chat.chat('Go')).toBe('A.')
    chat.registerTools([echoing('b'), echoing('c')])
    await chat.chat('Go')
    chat.setTools([echoing('d')])
    await chat.chat('Go')
    expect(server.heard.map(({ tools }) => tools.map(({ name }) => name))).toEqual([
      ['once'],
      [],
      ['b', 'c'],
      ['d'],
    ])
  })
}
