import { setTimeout as delay } from 'node:timers/promises'
import {
  ChatError,
  type ParallelResult,
  chatGroq,
  chatHuggingFace,
  chatOpenAICompatible,
  parallelChat,
  parallelStructured,
  parallelText,
  t,
  textOf,
  tool,
} from 'natter'
import { fakeModel } from 'natter/testing'
import { describe, expect, test } from 'vitest'
import { answer, completion, json, loopback, willing } from './loopback.ts'

const QUIET = { progress: false } as const
const promptsOf = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `p${n}`)
const said = (body: { readonly messages: readonly { readonly content: unknown }[] }): string =>
  String(body.messages.at(-1)?.content)

const echoing = () =>
  loopback(async (reply, asked) => {
    const prompt = said(asked.body)
    await delay((Number(prompt.slice(1)) % 5) * 5)
    if (prompt.includes('bad')) return json(reply, 400, { error: { message: `no ${prompt}` } })
    return json(
      reply,
      200,
      completion(`re ${prompt}`, { usage: { prompt_tokens: 70, completion_tokens: 30, total_tokens: 100 } }),
    )
  })

const collect = async <T>(run: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const one of run) all.push(one)
  return all
}

describe('results', () => {
  test('come as they finish, and in order from all()', async () => {
    const { url } = await echoing()
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm', price: { input: 1, output: 2 } })
    const all = await parallelText(chat, promptsOf(30), QUIET).all()
    expect(all.map(({ value }) => value)).toEqual(promptsOf(30).map((it) => `re ${it}`))
    expect(all.map(({ index }) => index)).toEqual(promptsOf(30).map((_, n) => n))
    const { usage, cost, attempts, error, text, prompt } = all[7]!
    expect({ usage, attempts, error, text, prompt }).toEqual({
      usage: { input: 70, output: 30 },
      attempts: 1,
      error: undefined,
      text: 're p7',
      prompt: 'p7',
    })
    expect(cost).toBeCloseTo(130 / 1e6)
    const places = (await collect(parallelText(chat, promptsOf(30), QUIET))).map(({ index }) => index)
    expect(places).not.toEqual(places.toSorted((a, b) => a - b))
    expect(places.toSorted((a, b) => a - b)).toEqual(promptsOf(30).map((_, n) => n))
  })

  test('hold a chat that can be gone on with, and leave the first one as it was', async () => {
    const { url, asked } = await loopback(willing)
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm', systemPrompt: 'Be terse.' })
    await chat.chat('before')
    const [one] = await parallelChat(chat, ['a'], QUIET).all()
    expect(chat.turns).toHaveLength(2)
    expect(one!.value && textOf(one!.value)).toBe('ok')
    await one!.chat.chat('and then?')
    expect(asked.at(-1)!.body.messages.map(({ content }) => content)).toEqual([
      'Be terse.',
      'before',
      'ok',
      'a',
      'ok',
      'and then?',
    ])
  })

  test('are priced by who gave them, also where that was a fallback', async () => {
    const { url } = await echoing()
    const broken = await loopback((reply) => json(reply, 500, { error: { message: 'no' } }))
    const router = await loopback((reply, { method }) =>
      json(
        reply,
        200,
        method === 'POST'
          ? completion('ok', { usage: { prompt_tokens: 70, completion_tokens: 30 } })
          : {
              data: [
                {
                  id: 'org/m',
                  providers: [{ provider: 'x', status: 'live', pricing: { input: 1, output: 2 } }],
                },
              ],
            },
      ),
    )
    const groq = chatGroq({ baseUrl: url, apiKey: 'k', model: 'llama-3.1-8b-instant' })
    const routed = chatHuggingFace({ baseUrl: router.url, apiKey: 'hf_k', model: 'org/m' })
    for (const [other, dollars] of [
      [groq, (70 * 0.05 + 30 * 0.08) / 1e6],
      [routed, 130 / 1e6],
    ] as const) {
      const options = { baseUrl: broken.url, model: 'm', retries: 0, fallbacks: [other] }
      const [first] = await parallelText(chatOpenAICompatible(options), ['p1'], QUIET).all()
      expect(first?.cost).toBeCloseTo(dollars, 12)
      expect((await first?.chat?.cost())?.dollars).toBeCloseTo(dollars, 12)
    }
  })

  test('run tools on each clone, and nobody waits for the others', async () => {
    const ran: string[] = []
    const lookUp = tool({
      name: 'look_up',
      description: 'Looks something up.',
      input: t.object({ what: t.string() }),
      run: async ({ what }) => {
        if (what === 'p0') await delay(400)
        ran.push(what)
        return `found ${what}`
      },
    })
    const { url } = await loopback((reply, { body }) => {
      const last = body.messages.at(-1)!
      const prompt = String(body.messages[0]!.content)
      if (last.role === 'tool') return json(reply, 200, completion(`done ${String(last.content)}`))
      const call = {
        id: `c-${prompt}`,
        type: 'function',
        function: { name: 'look_up', arguments: JSON.stringify({ what: prompt }) },
      }
      return json(reply, 200, {
        ...completion(''),
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: null, tool_calls: [call] },
            finish_reason: 'tool_calls',
          },
        ],
      })
    })
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm', tools: [lookUp] })
    const results = await collect(parallelText(chat, promptsOf(6), QUIET))
    expect(results.at(-1)!.index).toBe(0)
    for (const { prompt, value, attempts } of results) {
      expect(value).toBe(`done found ${String(prompt)}`)
      expect(attempts).toBe(2)
    }
    expect(ran.toSorted()).toEqual(promptsOf(6))
  })

  test('of data that does not fit keep usage, cost and text', async () => {
    const fetch = fakeModel(
      ['{"age": 41}', 'I will not', '{"age": "old"}'].map((text) => ({
        text,
        usage: { input: 9, output: 4 },
      })),
    )
    const chat = chatOpenAICompatible({
      baseUrl: 'http://fake.test/v1',
      model: 'm',
      fetch,
      price: { input: 1, output: 1 },
    })
    const schema = t.object({ age: t.integer() })
    const run = parallelStructured(chat, ['a', 'b', 'c'], schema, { ...QUIET, maxActive: 1, repair: 0 })
    const [good, words, wrong] = await run.all()
    expect(good!.value).toEqual({ age: 41 })
    expect(words!.value).toBeUndefined()
    expect(words!.text).toBe('I will not')
    expect(wrong!.text).toBe('{"age": "old"}')
    for (const { error, usage, cost } of [words!, wrong!]) {
      expect(ChatError.is(error, 'invalid-output')).toBe(true)
      expect(usage.input).toBeGreaterThan(0)
      expect(cost).toBeGreaterThan(0)
    }
  })
})

describe('prompts', () => {
  test('of an endless source are taken only as they are needed', async () => {
    const { url } = await loopback(willing)
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    let taken = 0
    let isClosed = false
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) yield `p${taken++}`
      } finally {
        isClosed = true
      }
    }
    let read = 0
    for await (const { value } of parallelText(chat, endless(), { ...QUIET, maxActive: 4 })) {
      expect(value).toBe('ok')
      await delay(2)
      if (++read === 40) break
    }
    expect(taken).toBeLessThan(40 + 4 + 16 + 2)
    expect(isClosed).toBe(true)
  })

  test('whose source fails end the run with its error, after what was under way', async () => {
    const { url } = await loopback(willing)
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    function* broken(): Generator<string> {
      yield 'a'
      yield 'b'
      throw new Error('row 3 cannot be read')
    }
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const { value } of parallelText(chat, broken(), QUIET)) seen.push(value)
    })()
    await expect(reading).rejects.toThrow('row 3 cannot be read')
    expect(seen).toEqual(['ok', 'ok'])
  })

  test('that cannot be asked fail alone', async () => {
    const { url } = await loopback(willing)
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    const missing = Promise.reject(new TypeError('there is no such file'))
    missing.catch(() => undefined)
    const all = await parallelText(chat, ['a', '', [missing], 'b'], QUIET).all()
    expect(all.map(({ value, error }) => value ?? error?.message)).toEqual([
      'ok',
      'a prompt needs some text: it is empty',
      'there is no such file',
      'ok',
    ])
  })

  test('that are no list are wrong use', () => {
    const chat = chatOpenAICompatible({ baseUrl: 'http://127.0.0.1:9', model: 'm' })
    expect(() => parallelText(chat, 'one prompt' as never)).toThrow(/prompts must be an array/)
    expect(() => parallelText(chat, [], { maxActive: 0 })).toThrow(RangeError)
    expect(() => parallelText(chat, [], { onError: 'ignore' as never })).toThrow(/onError/)
    expect(() => parallelText({} as never, [])).toThrow(/must be a chat/)
  })
})

describe('after a failure', () => {
  const prompts = ['p1', 'bad', ...promptsOf(200)]
  test('the others go on', async () => {
    const { url } = await echoing()
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    const run = parallelText(chat, prompts.slice(0, 20), QUIET)
    const all = await run.all()
    expect(all.filter(({ error }) => error).map(({ index }) => index)).toEqual([1])
    expect(run.progress).toMatchObject({ done: 20, failed: 1, active: 0 })
    expect(run.stopped).toBeUndefined()
  })

  test('`return` finishes what is under way and says of the rest that it was not asked', async () => {
    const { url, asked } = await echoing()
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    const run = parallelText(chat, prompts, { ...QUIET, onError: 'return', maxActive: 4 })
    const all = await run.all()
    expect(all).toHaveLength(prompts.length)
    expect(run.stopped?.message).toContain('no bad')
    const notAsked = all.filter(({ attempts }) => attempts === 0)
    expect(notAsked.length).toBe(prompts.length - asked.length)
    expect(notAsked.length).toBeGreaterThan(150)
    expect(notAsked.every(({ error }) => error?.message.includes('It was not asked'))).toBe(true)
  })

  test('`stop` throws it at once', async () => {
    const { url } = await echoing()
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    await expect(parallelText(chat, prompts, { ...QUIET, onError: 'stop' }).all()).rejects.toThrow('no bad')
  })

  test('that every prompt would meet, nothing more is asked', async () => {
    const { url, asked } = await loopback((reply) => json(reply, 401, { error: { message: 'bad key' } }))
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm', apiKey: 'k-12345678' })
    const all = await parallelText(chat, promptsOf(500), { ...QUIET, maxActive: 5 }).all()
    expect(all).toHaveLength(500)
    expect(asked.length).toBeLessThan(12)
  })

  test('an answer that breaks off is asked for again', async () => {
    const { url } = await loopback((reply, asked, n) => {
      if (n > 0) return answer(reply, asked)
      reply.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' })
      reply.write('{"choices": [')
      return delay(20).then(() => reply.destroy())
    })
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    const [one] = await parallelText(chat, ['a'], QUIET).all()
    expect(one!.error).toBeUndefined()
    expect(one!.attempts).toBe(2)
  })
})

describe('a run stops', () => {
  test('at once by its signal, and what has finished stays', async () => {
    const { url, asked } = await loopback(async (reply, request) => {
      if (said(request.body) !== 'p0') await delay(10_000, undefined, { ref: false })
      return answer(reply, request)
    })
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    const stop = new AbortController()
    const run = parallelText(chat, promptsOf(50), { ...QUIET, signal: stop.signal })
    const started = performance.now()
    setTimeout(() => stop.abort(), 200)
    const all = await run.all()
    expect(performance.now() - started).toBeLessThan(1500)
    expect(all[0]!.value).toBe('ok')
    expect(all.slice(1).every(({ error }) => ChatError.is(error, 'aborted'))).toBe(true)
    await Promise.all(asked.slice(1).map(({ closed }) => closed))
  })

  test('softly by drain(): what is under way is finished', async () => {
    const { url, asked } = await echoing()
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    const run = parallelText(chat, promptsOf(100), { ...QUIET, maxActive: 5, onError: 'stop' })
    let seen = 0
    for await (const { error } of run) {
      expect(error).toBeUndefined()
      if (++seen === 10) run.drain()
    }
    expect(seen).toBe(asked.length)
    expect(seen).toBeLessThan(25)
    expect(run.stopped?.message).toContain('told to ask nothing more')
  })

  test('before its tokens are spent', async () => {
    const { url, asked } = await echoing()
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    const run = parallelText(chat, promptsOf(100), { ...QUIET, budget: { tokens: 1050 } })
    const all = await run.all()
    expect(asked).toHaveLength(10)
    expect(ChatError.is(run.stopped, 'budget')).toBe(true)
    expect(all.filter(({ value }) => value !== undefined)).toHaveLength(10)
  })

  test('before its dollars are spent, and where nobody knows a price', async () => {
    const { url, asked } = await echoing()
    const price = { input: 1000, output: 1000 }
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm', price })
    const run = parallelText(chat, promptsOf(100), { ...QUIET, budget: { dollars: 0.75 } })
    await run.all()
    // Ten cents each.
    expect(asked).toHaveLength(7)
    const unpriced = chatOpenAICompatible({ baseUrl: url, model: 'm' })
    const blind = parallelText(unpriced, promptsOf(100), { ...QUIET, budget: { dollars: 0.75 } })
    await blind.all()
    expect(asked).toHaveLength(8)
    expect(blind.stopped?.message).toContain('Pass price')
  })

  test('after its estimate, where that is refused', async () => {
    const { url, asked } = await echoing()
    const chat = chatOpenAICompatible({ baseUrl: url, model: 'm', price: { input: 1000, output: 1000 } })
    const seen: unknown[] = []
    const run = parallelText(chat, promptsOf(100), {
      ...QUIET,
      estimate: (estimate) => {
        seen.push(estimate)
        return false
      },
    })
    const all = await run.all()
    expect(asked).toHaveLength(8)
    expect(seen).toEqual([run.estimate])
    expect(run.estimate).toMatchObject({ prompts: 100, isTotal: true, sampled: 8, output: 3000 })
    expect(run.estimate!.dollars).toBeGreaterThan(9)
    expect(run.estimate!.dollars).toBeLessThan(11)
    // From all over, not the first ones.
    expect(all.filter(({ value }) => value).map(({ index }) => index)).toEqual([
      6, 18, 31, 43, 56, 68, 81, 93,
    ])
  })
})

test('progress is told after each result', async () => {
  const { url } = await echoing()
  const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
  const states: number[] = []
  const run = parallelText(chat, promptsOf(10), {
    progress: ({ done, total, usage }) => {
      expect(total).toBe(10)
      expect(usage.input).toBe(done * 70)
      states.push(done)
    },
  })
  await run.all()
  expect(states).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test('a result is a value or an error, also for the compiler', async () => {
  const { url } = await loopback(willing)
  const chat = chatOpenAICompatible({ baseUrl: url, model: 'm' })
  const results: readonly ParallelResult<string>[] = await parallelText(chat, ['a'], QUIET).all()
  for (const result of results) {
    const length: number = result.error ? result.error.message.length : result.value.length
    expect(length).toBe(2)
  }
})
