import { expect, test } from 'vitest'
import { ChatError, t, textOf, tool } from 'natter'
import { type DialectRow, listOf, serve, until } from './served.ts'

const double = tool({
  name: 'double',
  description: 'Doubles',
  input: t.object({ x: t.number() }),
  run: ({ x }) => 2 * x,
})

/** What every provider must be able to do in its dialect; what all a dialect does is tested once for each. */
export function essentials(row: DialectRow): void {
  test('an answer comes whole, with what was said before and the system prompt', async () => {
    const server = await serve(row, ['Hello.', { text: 'Paris.', usage: { input: 9, output: 2 } }])
    const chat = server.chat({ systemPrompt: 'Be brief.', params: { temperature: 0.5, maxTokens: 99 } })
    expect(await chat.chat('Hi')).toBe('Hello.')
    expect(await chat.chat('The capital of France?')).toBe('Paris.')
    expect(server.heard[1]).toMatchObject({
      model: 'm',
      system: 'Be brief.',
      said: [{ text: 'Hi' }, { role: 'assistant', text: 'Hello.' }, { text: 'The capital of France?' }],
    })
    expect(JSON.stringify(server.heard[1]?.body)).toMatch(/0\.5.*99|99.*0\.5/)
    expect(chat.lastTurn('assistant')).toMatchObject({
      usage: { input: 9, output: 2 },
      finish: expect.stringMatching(/^(stop|unknown)$/),
    })
  })

  test('an answer comes piece by piece', async () => {
    const server = await serve(row, [{ chunks: ['One ', 'two ', 'three'], pause: 1 }])
    const pieces = await listOf(server.chat().stream('Count'))
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe('One two three')
  })

  for (const stream of [true, false])
    test(`a tool is offered, called and answered (stream: ${stream})`, async () => {
      const calls = [
        { name: 'double', arguments: { x: 2 } },
        { name: 'double', arguments: { x: 3 } },
      ]
      const server = await serve(row, [{ thinking: 'Hm.', toolCalls: calls }, 'They are 4 and 6.'])
      const chat = server.chat({ tools: [double], stream })
      expect(await chat.chat('Twice 2 and 3?')).toBe('They are 4 and 6.')
      expect(server.heard[0]?.tools).toMatchObject([{ name: 'double', description: 'Doubles' }])
      expect(server.heard[1]?.said.slice(1)).toMatchObject([
        { role: 'assistant', calls: [{ input: { x: 2 } }, { input: { x: 3 } }] },
        { role: 'user', results: [{ text: '4' }, { text: '6' }] },
      ])
    })

  test('data is asked for in its form', async () => {
    const server = await serve(row, [{ text: '{"name":"Ada","age":36}' }])
    const person = t.object({ name: t.string(), age: t.integer() })
    expect(await server.chat().structured('Who?', person)).toEqual({ name: 'Ada', age: 36 })
    const { properties } = server.heard[0]?.schema ?? {}
    expect(Object.keys(properties ?? {})).toEqual(['name', 'age'])
  })

  test('a refusal is an error that names the provider, and leaves no trace', async () => {
    const server = await serve(row, [{ status: 401, message: 'That key is not known' }])
    const chat = server.chat()
    const error: unknown = await chat.chat('Hi').catch((it: unknown) => it)
    expect(error).toMatchObject({ code: 'unauthorized', status: 401, provider: chat.provider.name })
    expect(String(error)).toContain('That key is not known')
    expect(String(error)).not.toContain('key-of-a-test')
    expect(chat.turns).toEqual([])
  })

  test('a failure that passes is tried again', async () => {
    const server = await serve(row, [{ status: 503, message: 'overloaded', retryAfter: 1 }, 'Now.'])
    expect(await server.chat({ retries: 1 }).chat('Hi')).toBe('Now.')
    expect(server.heard).toHaveLength(2)
  })

  test('an abort in mid-answer keeps what came, marked', async () => {
    const server = await serve(row, [{ chunks: ['One ', 'two ', 'three'], pause: 30 }])
    const chat = server.chat()
    const stop = new AbortController()
    const read = async (): Promise<void> => {
      for await (const piece of chat.stream('Count', { signal: stop.signal })) if (piece) stop.abort()
    }
    await expect(read()).rejects.toSatisfy((error) => ChatError.is(error, 'aborted'))
    expect(chat.lastTurn('assistant')).toMatchObject({ finish: 'aborted' })
    expect(chat.turns.map(textOf).join(' ')).toMatch(/^Count One/)
    await until(() => server.givenUp() === 1)
  })

  test('an answer that breaks off is an error', async () => {
    const server = await serve(row, [{ chunks: ['One ', 'two '], cut: true }])
    await expect(server.chat({ stream: true }).chat('Count')).rejects.toMatchObject({ code: 'cut' })
  })
}
