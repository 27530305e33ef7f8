import { ChatError, t, textOf, tool } from 'natter'
import type { FakeReply } from 'natter/testing'
import { expect, test } from 'vitest'
import { type DialectRow, canTell, listOf, serve } from './served.ts'

const person = t.object({ name: t.string(), age: t.integer() })
const BAD = '{"name": "Ada", "age": "old"}'
const GOOD = '{"name": "Ada", "age": 36}'

/** Data that does not come as it was asked for. */
export function structuredWrong(row: DialectRow): void {
  test.each([
    ['does not fit', BAD, /- age: .*"old"/],
    ['is no JSON', 'Ada is old.', /it is no JSON/],
    ['breaks off', '{"name": "Ada"', /it is no JSON/],
    ['is nothing', '', /it is no JSON/],
  ])('data that %s is shown to the model with its problems, and mended', async (_, bad, problem) => {
    const server = await serve(row, [bad === '' ? { text: ' ' } : bad, GOOD])
    const chat = server.chat()
    expect(await chat.structured('Who?', person)).toEqual({ name: 'Ada', age: 36 })
    const question = server.heard[1]?.said.at(-1)?.text
    expect(question).toMatch(problem)
    expect(question).toContain('Give the whole data again')
    expect(server.heard[1]?.schema).toEqual(server.heard[0]?.schema)
    expect(chat.turns).toHaveLength(4)
  })

  test('data that is not mended is an error with the text, the value and the problems', async () => {
    const server = await serve(row, [BAD, BAD, 'Fine.'])
    const chat = server.chat()
    const error: unknown = await chat.structured('Who?', person).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'invalid-output',
      provider: 'Served',
      message: expect.stringMatching(/^m gave data that does not fit the schema:\n- age: /),
      body: { text: BAD, value: { name: 'Ada', age: 'old' }, problems: [{ path: 'age' }] },
    })
    expect(chat.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
    expect(await chat.chat('Never mind')).toBe('Fine.')
  })

  test.each([
    [0, 1],
    [2, 3],
  ])('repair: %i makes %i requests', async (repair, requests) => {
    const server = await serve(row, Array<FakeReply>(requests).fill('no data'))
    const asked = server.chat().structured('Who?', person, { repair })
    await expect(asked).rejects.toMatchObject({ code: 'invalid-output', body: { text: 'no data' } })
    expect(server.heard).toHaveLength(requests)
    await expect(server.chat().structured('Who?', person, { repair: -1 })).rejects.toThrow(RangeError)
  })

  const UNUSABLE: readonly [string, FakeReply, string, unknown][] = [
    ['cut off by the token limit', { text: GOOD, finish: 'length' }, 'truncated', GOOD],
    ['cut off by the context window', { text: '{"name"', finish: 'context-window' }, 'truncated', '{"name"'],
    ['stopped by a filter', { text: '', finish: 'content-filter' }, 'filtered', ''],
    ['refused', { refusal: 'I will not.' }, 'refused', 'I will not.'],
  ]
  test.each(UNUSABLE.filter(([, reply]) => canTell(row, reply)))(
    'data that was %s is an error of its own, and not mended',
    async (_, reply, code, body) => {
      const server = await serve(row, [reply, 'Fine.'])
      const chat = server.chat()
      await expect(chat.structured('Who?', person)).rejects.toMatchObject({ code, body, provider: 'Served' })
      expect(server.heard).toHaveLength(1)
      expect(await chat.chat('Never mind')).toBe('Fine.')
    },
  )

  const BROKEN: readonly [string, FakeReply, string][] = [
    ['cut off', { toolCalls: [{ name: 'a' }], finish: 'length' }, 'truncated'],
    ['refused', { refusal: 'I will not.' }, 'refused'],
  ]
  test.each(BROKEN.filter(([, reply]) => canTell(row, reply)))(
    'data is not asked for when the answer of the tools was %s',
    async (_, reply, code) => {
      const server = await serve(row, [reply, 'Fine.'])
      const a = tool({ name: 'a', description: 'd', input: t.object({}), run: () => 1 })
      const chat = server.chat({ tools: [a] })
      await expect(chat.structured('Who?', person)).rejects.toMatchObject({ code })
      expect(await chat.chat('Never mind')).toBe('Fine.')
    },
  )

  test('a stream of data that fails ends with the error', async () => {
    const server = await serve(row, [BAD, BAD, { chunks: ['{"na'], cut: true }])
    const chat = server.chat()
    await expect(listOf(chat.streamStructured('Who?', person))).rejects.toMatchObject({
      code: 'invalid-output',
    })
    const cut = server.chat()
    await expect(listOf(cut.streamStructured('Who?', person))).rejects.toBeInstanceOf(ChatError)
    expect(textOf(cut.turns[1]!)).toBe('{"na')
    expect(cut.lastTurn('assistant')?.finish).toBe('error')
  })

  test('an abort while data comes keeps what came', async () => {
    const server = await serve(row, [{ chunks: ['{"name": "A', 'da"'], pause: 40 }])
    const chat = server.chat()
    const read = async (): Promise<void> => {
      const { signal } = stop
      for await (const value of chat.streamStructured('Who?', person, { signal }))
        if (value.name) stop.abort()
    }
    const stop = new AbortController()
    await expect(read()).rejects.toMatchObject({ code: 'aborted' })
    expect(textOf(chat.turns[1]!)).toBe('{"name": "A')
  })

  test('a schema or an input that is none is a TypeError before anything is sent', async () => {
    const server = await serve(row, [])
    const chat = server.chat()
    await expect(chat.structured('Who?', 5 as never)).rejects.toThrow(TypeError)
    await expect(chat.structured('', person)).rejects.toThrow(TypeError)
    await expect(chat.structured('Who?', { name: t.string() } as never)).rejects.toThrow(/t\.object/)
    expect(() => chat.streamStructured('', person)).toThrow(TypeError)
    expect(chat.turns).toEqual([])
  })
}
