import { expect, test } from 'vitest'
import { type Chat, ChatError, type Tool, t, textOf, tool } from 'natter'
import type { FakeReply } from 'natter/testing'
import { type DialectRow, type Served, UNTAKEN, gate, serve, toldIn, until } from './served.ts'

const CALLS: FakeReply = { toolCalls: [{ name: 'quick' }, { name: 'slow' }] }

const empty = t.object({})
const quick = tool({ name: 'quick', description: 'd', input: empty, run: () => 'quick is done' })

/** A tool that is done when its signal is aborted, and one that heeds nothing. */
const endless = (began: () => void, heeds = true): Tool =>
  tool({
    name: 'slow',
    description: 'd',
    input: empty,
    run: (_, { signal }) => {
      began()
      return new Promise((_resolve, reject) => {
        if (heeds) signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      })
    },
  })

const isAborted = (error: unknown): boolean => ChatError.is(error, 'aborted')

/** Goes on after the stop: the server checks that every call is answered and the roles alternate. */
async function goesOn(server: Served, chat: Chat): Promise<readonly string[]> {
  chat.setTools([quick])
  expect(await chat.chat('Go on')).toBe('Fine.')
  return toldIn(server)
}

const PARTLY = ['quick is done', 'Error: The tool was stopped before it was done.']

/** What stays of a prompt that is stopped, wherever it is. */
export function stopping(row: DialectRow): void {
  for (const stream of [true, false])
    test(`an abort while the answer is awaited leaves no trace (stream: ${stream})`, async () => {
      const { opened, open } = gate()
      const server = await serve(row, [() => opened.then(() => 'late'), 'Fine.'])
      const chat = server.chat({ stream })
      const stop = new AbortController()
      const asked = chat.chat('Hi', { signal: stop.signal })
      await until(() => server.heard.length === 1)
      stop.abort()
      await expect(asked).rejects.toSatisfy(isAborted)
      await until(() => server.givenUp() === 1)
      open()
      expect(chat.turns).toEqual([])
      await goesOn(server, chat)
    })

  test('an abort in mid-answer keeps what came, marked', async () => {
    const server = await serve(row, [{ chunks: ['One ', 'two ', 'three'], pause: 20 }, 'Fine.'])
    const chat = server.chat()
    const stop = new AbortController()
    const pieces: string[] = []
    const read = async (): Promise<void> => {
      for await (const piece of chat.stream('Count', { signal: stop.signal })) {
        pieces.push(piece)
        stop.abort()
      }
    }
    await expect(read()).rejects.toSatisfy(isAborted)
    expect(chat.lastTurn('assistant')).toMatchObject({ finish: 'aborted' })
    expect(textOf(chat.turns[1]!)).toBe('One ')
    await goesOn(server, chat)
    expect(server.heard[1]?.said[1]?.text).toBe('One ')
  })

  for (const heeds of [true, false])
    test(`an abort while tools run keeps the results there are (a tool that ${heeds ? 'heeds' : 'ignores'} it)`, async () => {
      const server = await serve(row, [CALLS, 'Fine.'])
      const stop = new AbortController()
      const chat = server.chat({
        tools: [quick, endless(() => setTimeout(() => stop.abort('enough'), 5), heeds)],
      })
      const error: unknown = await chat.chat('Go', { signal: stop.signal }).catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'aborted', cause: 'enough' })
      expect(await goesOn(server, chat)).toEqual(PARTLY)
      expect(chat.turns).toHaveLength(4)
    })

  test('an abort in sequential mode begins no further tool', async () => {
    const server = await serve(row, [{ toolCalls: [{ name: 'slow' }, { name: 'quick' }] }, 'Fine.'])
    const stop = new AbortController()
    const heard: string[] = []
    const chat = server.chat({ toolMode: 'sequential', tools: [quick, endless(() => stop.abort())] })
    chat.onToolRequest(({ name }) => void heard.push(name))
    await expect(chat.chat('Go', { signal: stop.signal })).rejects.toSatisfy(isAborted)
    expect(heard).toEqual(['slow'])
    expect(await goesOn(server, chat)).toEqual([PARTLY[1], PARTLY[1]])
  })

  test('an abort ends the wait for an approval, and the tool is not run when it comes late', async () => {
    const server = await serve(row, [{ toolCalls: [{ name: 'guarded' }] }, 'Fine.'])
    const { opened, open } = gate()
    const stop = new AbortController()
    let runs = 0
    const guarded = tool({
      name: 'guarded',
      description: 'd',
      input: empty,
      needsApproval: true,
      run: () => ++runs,
    })
    const approve = (): Promise<boolean> => {
      stop.abort()
      return opened.then(() => true)
    }
    const chat = server.chat({ tools: [guarded], approve })
    await expect(chat.chat('Go', { signal: stop.signal })).rejects.toSatisfy(isAborted)
    open()
    await goesOn(server, chat)
    expect(runs).toBe(0)
  })

  test('an abort during the second request keeps what the tools found out', async () => {
    const { opened, open } = gate()
    const server = await serve(row, [
      { toolCalls: [{ name: 'quick' }] },
      () => opened.then(() => 'late'),
      'Fine.',
    ])
    const stop = new AbortController()
    const chat = server.chat({ tools: [quick] })
    const asked = chat.chat('Go', { signal: stop.signal })
    await until(() => server.heard.length === 2)
    stop.abort()
    await expect(asked).rejects.toSatisfy(isAborted)
    open()
    expect(chat.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(await goesOn(server, chat)).toEqual(['quick is done'])
    expect(server.heard[2]?.said[2]).toMatchObject({ text: 'Go on', results: [{}] })
  })

  test('a second request that fails keeps what the tools found out', async () => {
    const call: FakeReply = { toolCalls: [{ name: 'quick' }] }
    const server = await serve(row, [call, { status: 400, message: 'No.' }, 'Fine.'])
    const chat = server.chat({ tools: [quick] })
    await expect(chat.chat('Go')).rejects.toMatchObject({ status: 400 })
    expect(await goesOn(server, chat)).toEqual(['quick is done'])
    expect(chat.rounds).toHaveLength(2)
  })

  test('a first request that fails leaves no trace', async () => {
    const server = await serve(row, [{ status: 401 }, { status: 503 }, 'Fine.'])
    const chat = server.chat({ tools: [quick] })
    await expect(chat.chat('Go')).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(chat.chat('Go')).rejects.toMatchObject({ status: 503 })
    expect(chat.turns).toEqual([])
    await goesOn(server, chat)
  })

  const LEAVE: readonly (readonly [at: string, told: readonly string[]])[] = [
    ['tool-call', ['Error: This call was not run.', 'Error: This call was not run.']],
    ['finish', ['Error: This call was not run.', 'Error: This call was not run.']],
    ['tool-progress', PARTLY],
    ['tool-result', PARTLY],
  ]
  test.each(LEAVE)(
    'leaving the loop at a %s answers each call with what is known of it',
    async (at, told) => {
      const server = await serve(row, [CALLS, 'Fine.'])
      let hasStopped = false
      const slow = tool({
        name: 'slow',
        description: 'd',
        input: empty,
        async *run(_, { signal }) {
          signal.addEventListener('abort', () => (hasStopped = true))
          await new Promise((resolve) => setTimeout(resolve, 5))
          yield 'working'
          await new Promise(() => undefined)
        },
      })
      const chat = server.chat({ tools: [quick, slow] })
      for await (const { type } of chat.events('Go')) if (type === at) break
      expect(await goesOn(server, chat)).toEqual(told)
      if (told === PARTLY) expect(hasStopped).toBe(true)
    },
  )

  test.each([
    ['text', 4],
    ['adjustment', 3],
  ])('leaving the loop at a %s of the second answer keeps all there is', async (at, turns) => {
    const chunks = ['Well ', 'then']
    const server = await serve(row, [{ toolCalls: [{ name: 'quick' }] }, { chunks, pause: 20 }, 'Fine.'])
    const chat = server.chat({ tools: [quick], params: row.untaken ?? UNTAKEN })
    let isSecond = false
    for await (const { type } of chat.events('Go')) {
      if (type === at && isSecond) break
      isSecond ||= type === 'tool-result'
    }
    expect(chat.turns).toHaveLength(turns)
    await goesOn(server, chat)
    expect(server.heard.at(-1)?.said[2]?.results).toMatchObject([{ text: 'quick is done' }])
    expect(server.heard.at(-1)?.said[3]?.text).toBe(turns === 4 ? 'Well ' : undefined)
  })

  test('a loop that is given up while it waits ends at once: for an answer, for tools, for a hook', async () => {
    const { opened, open } = gate()
    const waiting = await serve(row, [() => opened.then(() => 'late')])
    const tools = await serve(row, [{ toolCalls: [{ name: 'slow' }] }])
    const hooked = await serve(row, [])
    const toolChat = tools.chat({ tools: [endless(() => undefined)] })
    const hookChat = hooked.chat()
    hookChat.onRequestStart(() => opened)
    for (const chat of [waiting.chat(), toolChat]) {
      const events = chat.events('Go')
      const read = (async () => {
        for (;;) if ((await events.next()).done) return
      })()
      await new Promise((resolve) => setTimeout(resolve, 40))
      await events.return?.()
      await read
    }
    const events = hookChat.events('Go')
    const first = events.next()
    const left = events.return?.()
    open()
    await Promise.all([first, left])
    expect(hooked.heard).toEqual([])
    expect(hookChat.turns).toEqual([])
  })

  test('text that was held back as a possible call stays when the answer breaks off', async () => {
    const held = { chunks: ['See ', '<tool_c', '"'] }
    const server = await serve(row, [{ ...held, cut: 2 }, { ...held, pause: 200 }, 'Fine.'])
    const chat = server.chat({ tools: [quick] })
    const stop = new AbortController()
    const read = async (signal?: AbortSignal): Promise<void> => {
      for await (const piece of chat.stream('Go', { signal })) {
        // Half way between the second piece and the third.
        if (signal && piece) setTimeout(() => stop.abort(), 300)
      }
    }
    await expect(read()).rejects.toBeInstanceOf(ChatError)
    expect(textOf(chat.turns[1]!)).toBe('See <tool_c')
    await expect(read(stop.signal)).rejects.toSatisfy(isAborted)
    expect(textOf(chat.turns[3]!)).toBe('See <tool_c')
    await goesOn(server, chat)
  })
}
