import { describe, expect, test } from 'vitest'
import type { Wire } from '../src/dialects/dialect.ts'
import { anthropic } from '../src/providers/anthropic.ts'
import type { BatchAnswer } from '../src/providers/batch-api.ts'
import { googleGemini } from '../src/providers/google-gemini.ts'
import { groq } from '../src/providers/groq.ts'
import { mistral } from '../src/providers/mistral.ts'
import { OPENAI } from '../src/providers/openai.ts'
import { openrouter } from '../src/providers/openrouter.ts'
import type { Provider } from '../src/providers/provider.ts'
import { batchesAt, entriesOf } from './batch/ask.ts'
import { type BatchKind, startBatchServer } from './batch-server.ts'
import { json, refusalOf } from './loopback.ts'

interface Row {
  readonly kind: BatchKind
  readonly provider: Provider
  readonly wire: (text: string) => Wire
  /** Where the answers are asked for. */
  readonly results: RegExp
  /** Whether what is wrong with a batch is said when it is handed in. */
  readonly refusesAtOnce?: true
  /** Whether what was never asked has no answer at all. */
  readonly leavesOut?: true
  readonly cannotCancel?: true
  readonly keepsNoMark?: true
}

const chat = (text: string): Wire => ({
  path: 'chat/completions',
  body: { model: 'm', messages: [{ role: 'user', content: text }] },
})

const ROWS: readonly Row[] = [
  {
    kind: 'openai',
    provider: OPENAI,
    wire: (text) => ({ path: 'responses', body: { model: 'm', input: text } }),
    results: /content$/,
  },
  { kind: 'groq', provider: groq, wire: chat, results: /content$/ },
  { kind: 'mistral', provider: mistral, wire: chat, results: /content$/, leavesOut: true },
  {
    kind: 'openrouter',
    provider: openrouter,
    wire: chat,
    results: /results\?/,
    cannotCancel: true,
    keepsNoMark: true,
  },
  {
    kind: 'anthropic',
    provider: anthropic,
    wire: (text) => ({ path: 'messages', body: { model: 'm', messages: [{ role: 'user', content: text }] } }),
    results: /results$/,
    refusesAtOnce: true,
    keepsNoMark: true,
  },
  {
    kind: 'gemini',
    provider: googleGemini,
    wire: (text) => ({ path: 'models/m:generateContent', body: { contents: [{ parts: [{ text }] }] } }),
    results: /download\?/,
    leavesOut: true,
  },
]

const IDS = ['a', 'b', 'c']
const byId = (answers: readonly BatchAnswer[]): Readonly<Record<string, BatchAnswer['outcome']>> =>
  Object.fromEntries(answers.map(({ id, outcome }) => [id, outcome]))

describe.each(ROWS.map((row) => [row.provider.name, row] as const))('batches of %s', (_, row) => {
  const { kind, provider, wire } = row
  const entries = entriesOf(IDS, wire)

  test('are handed in, waited for and answered, in any order', async () => {
    const server = await startBatchServer(kind, { answer: (_body, id) => `heard ${id}`, polls: 2 })
    const { submit, wait, answers } = await batchesAt(provider, server)
    const batch = await submit(entries)
    expect(batch.state).toBe('running')
    expect(batch.answers).toEqual([])
    const over = await wait(batch)
    expect(over).toMatchObject({
      id: batch.id,
      state: 'completed',
      counts: { pending: 0, answered: 3, failed: 0 },
      created: expect.any(Date),
    })
    const found = await answers(over)
    expect(found.map(({ id }) => id)).toEqual(['c', 'b', 'a'])
    for (const { id, body } of found) expect(JSON.stringify(body)).toContain(`heard ${id}`)
    const { model: _model, ...sent } = wire('a').body
    expect(server.batches[0]?.entries[0]).toMatchObject({ id: 'a', body: sent })
  })

  test('may be answered in part, and refused in part', async () => {
    const server = await startBatchServer(kind, {
      answer: (_body, id) => (id === 'b' ? { status: 400, message: 'no such model' } : 'ok'),
    })
    const { submit, wait, answers } = await batchesAt(provider, server)
    const over = await wait(await submit(entries))
    expect(over).toMatchObject({ state: 'completed', counts: { pending: 0, answered: 2, failed: 1 } })
    const found = await answers(over)
    expect(byId(found)).toEqual({ a: 'answered', b: 'failed', c: 'answered' })
    const refused = found.find(({ id }) => id === 'b')
    expect(refused?.body).toMatchObject({ error: { message: 'no such model' } })
  })

  test.each(['expired', 'cancelled'] as const)('that were %s keep the answers there are', async (ends) => {
    const server = await startBatchServer(kind, {
      done: 2,
      ...(ends === 'expired' ? { ends } : { polls: 9 }),
    })
    const { submit, wait, answers, batches, api } = await batchesAt(provider, server)
    const batch = await submit(entries)
    if (ends === 'cancelled' && row.cannotCancel) {
      await expect(batches.cancel(api, batch.id)).rejects.toThrow('has no way to cancel a batch')
      return
    }
    if (ends === 'cancelled') await batches.cancel(api, batch.id)
    const over = await wait(batch)
    expect(over).toMatchObject({ state: ends, counts: { pending: 0, answered: 2, failed: 1 } })
    expect(byId(await answers(over))).toEqual({
      a: 'answered',
      b: 'answered',
      ...(!row.leavesOut && { c: ends }),
    })
  })

  test('that cannot be read fail as a whole, and say why', async () => {
    const server = await startBatchServer(kind, { ends: 'failed' })
    const { submit, wait, answers } = await batchesAt(provider, server)
    if (row.refusesAtOnce) {
      const twice = entriesOf(['a', 'a'], wire)
      await expect(submit(twice)).rejects.toMatchObject({ code: 'bad-request', message: /unique/ })
      return
    }
    const over = await wait(await submit(entries))
    expect(over).toMatchObject({ state: 'failed', error: /JSON|[Ii]nvalid|cannot be read/ })
    expect(await answers(over)).toEqual([])
  })

  test('are asked after again where the server is busy', async () => {
    let refused = 0
    const server = await startBatchServer(kind, {
      before(reply, { method, path }) {
        if (method !== 'GET' || row.results.test(path) || refused > 0) return false
        refused++
        json(reply, 429, { error: { message: 'slow down' } }, { 'retry-after': '0' })
        return true
      },
    })
    const { submit, wait } = await batchesAt(provider, server, { retries: 1 })
    expect(await wait(await submit(entries))).toMatchObject({ state: 'completed' })
    expect(refused).toBe(1)
  })

  test('are not handed in twice where the connection is lost', async () => {
    const server = await startBatchServer(kind, {
      before(reply, { path, method }) {
        if (method !== 'POST' || !/batch(?:es$|\/jobs$|GenerateContent)|batches$/.test(path)) return false
        reply.destroy()
        return true
      },
    })
    const { submit } = await batchesAt(provider, server, { retries: 2 })
    await expect(submit(entries)).rejects.toMatchObject({ code: 'connection' })
    expect(server.asked.filter(({ path }) => /batch(?:es$|\/jobs$|GenerateContent)/.test(path))).toHaveLength(
      1,
    )
  })

  test('are answered once each where the connection is lost on the way', async () => {
    let lost = 0
    const server = await startBatchServer(kind, {
      before(reply, { path }) {
        if (!row.results.test(path) || lost > 0) return false
        lost++
        const line = (id: string): string =>
          `${JSON.stringify({ custom_id: id, key: id, response: { body: {} }, result: { type: 'succeeded', message: {} } })}\n`
        reply.writeHead(200, { 'content-length': '100000' })
        reply.write(line('c') + line('b').slice(0, 20), () => setTimeout(() => reply.destroy(), 20))
        return true
      },
    })
    const { submit, wait, answers } = await batchesAt(provider, server, { retries: 1 })
    const found = await answers(await wait(await submit(entries)))
    expect(found.map(({ id }) => id)).toEqual(['c', 'b', 'a'])
    expect(lost).toBe(1)
  })

  test('that nobody knows are said to be unknown, with what to look at', async () => {
    const server = await startBatchServer(kind)
    const { batches, api } = await batchesAt(provider, server)
    for (const ask of [batches.get, ...(row.cannotCancel ? [] : [batches.cancel])])
      expect(await refusalOf(ask.call(batches, api, 'batch_9'))).toMatchObject({
        code: 'not-found',
        message: /Check its id/,
      })
  })

  test('of another shape are not taken for batches', async () => {
    const server = await startBatchServer(kind, {
      before: (reply) => {
        json(reply, 200, { object: 'list', id: 7, name: 7 })
        return true
      },
    })
    const { batches, api } = await batchesAt(provider, server)
    expect(await refusalOf(batches.get(api, 'x'))).toMatchObject({ code: 'bad-reply', message: /no batch/ })
  })

  test('are found by their mark, also on later pages', async () => {
    const server = await startBatchServer(kind)
    const { submit, batches, api } = await batchesAt(provider, server)
    if (row.keepsNoMark) {
      expect(batches.find).toBeUndefined()
      return
    }
    expect(await batches.find?.(api, 'mark-0')).toBeUndefined()
    for (const n of [0, 1, 2, 3, 4]) await submit(entries, `mark-${n}`)
    expect((await batches.find?.(api, 'mark-1'))?.id).toMatch(/batch_2$/)
    const before = server.asked.length
    expect((await batches.find?.(api, 'mark-4'))?.id).toMatch(/batch_5$/)
    expect(server.asked.length - before).toBe(1)
    expect(await batches.find?.(api, 'mark-9')).toBeUndefined()
  })
})
