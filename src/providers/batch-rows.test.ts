import { expect, test } from 'vitest'
import { batchesAt, entriesOf } from '../../test/batch/ask.ts'
import { startBatchServer } from '../../test/batch-server.ts'
import { fileServer } from '../../test/file-server.ts'
import { refusalOf } from '../../test/loopback.ts'
import type { Batch, BatchAnswer } from './batch-api.ts'
import { rowBytes } from './batch-rows.ts'
import { OPENAI } from './openai.ts'
import { openrouter } from './openrouter.ts'

const wire = (text: string): { path: string; body: Record<string, unknown> } => ({
  path: 'responses',
  body: { input: text },
})
const over: Batch = { id: 'b', status: 'completed', state: 'completed', answers: ['f1'] }
const line = (id: string, more: object = { response: { status_code: 200, body: {} } }): string =>
  `${JSON.stringify({ custom_id: id, ...more })}\n`

test('more than a provider takes at once is not handed in', async () => {
  const server = await startBatchServer('openrouter')
  const { submit } = await batchesAt(openrouter, server)
  const many = entriesOf(
    Array.from({ length: 5001 }, (_, n) => `${n}`),
    wire,
  )
  expect(await refusalOf(submit(many))).toMatchObject({
    code: 'bad-request',
    message:
      'OpenRouter takes at most 5000 requests in a batch; there are 5001. Hand them in as several batches.',
  })
  expect(server.asked).toEqual([])
})

test('what is handed in may have so many bytes and no more', async () => {
  const { api } = await batchesAt(OPENAI, { url: 'http://127.0.0.1/v1' })
  const rows = ['ä', { b: 1 }]
  const text = '"ä"\n{"b":1}\n'
  const bytes = rowBytes(api, { mostEntries: 2, mostBytes: 13 }, rows)
  expect(new TextDecoder().decode(bytes)).toBe(text)
  expect(() => rowBytes(api, { mostEntries: 2, mostBytes: 12 }, rows)).toThrow(
    'OpenAI takes at most 12 bytes in a batch; these are 13 bytes.',
  )
})

test('an answer is there before those behind it have come, and who stops reads no more', async () => {
  const gone: Promise<void>[] = []
  const server = await fileServer((reply) => {
    gone.push(new Promise((resolve) => reply.once('close', () => resolve())))
    // The rest never comes.
    reply.write(line('a') + line('b').slice(0, 9))
  })
  const { batches, api } = await batchesAt(OPENAI, { url: `${server.origin}/v1` })
  const found: BatchAnswer[] = []
  for await (const answer of batches.answersOf(api, over)) {
    found.push(answer)
    break
  }
  expect(found).toEqual([{ id: 'a', outcome: 'answered', status: 200, body: {} }])
  await gone[0]
})

test('lines that tell of no answer are told of once the others are read', async () => {
  const server = await fileServer((reply) => reply.end(`${line('a')}{"custom_id": \n{"id": 7}\n${line('b')}`))
  const { batches, api } = await batchesAt(OPENAI, { url: `${server.origin}/v1` })
  const found: string[] = []
  const read = async (): Promise<void> => {
    for await (const { id } of batches.answersOf(api, over)) found.push(id)
  }
  expect(await refusalOf(read())).toMatchObject({
    code: 'bad-reply',
    message: 'OpenAI told of 2 of the answers in a way that cannot be read.',
    body: '{"custom_id":',
  })
  expect(found).toEqual(['a', 'b'])
})

test('answers in both files are given once, the good one first', async () => {
  const server = await fileServer((reply, { path }) =>
    reply.end(
      path.includes('f1')
        ? line('a')
        : line('a', { error: { message: 'no' } }) + line('b', { error: { code: 'batch_expired' } }),
    ),
  )
  const { answers } = await batchesAt(OPENAI, { url: `${server.origin}/v1` })
  expect(await answers({ ...over, answers: ['f1', 'f2'] })).toMatchObject([
    { id: 'a', outcome: 'answered' },
    { id: 'b', outcome: 'expired' },
  ])
})

test('a page of HTML instead of answers is told as what it is', async () => {
  const server = await fileServer((reply) => reply.end('<html><title>Sign in</title></html>'))
  const { answers } = await batchesAt(OPENAI, { url: `${server.origin}/v1` })
  expect(await refusalOf(answers(over))).toMatchObject({ code: 'bad-reply', message: /Check the base URL/ })
})

test('a line without an end is not read for ever', async () => {
  const server = await fileServer((reply) => {
    reply.write('{"custom_id": "')
    const piece = 'x'.repeat(1e6)
    const go = (): void => {
      while (!reply.destroyed && reply.write(piece));
      if (!reply.destroyed) reply.once('drain', go)
    }
    go()
  })
  const { answers } = await batchesAt(OPENAI, { url: `${server.origin}/v1` })
  expect(await refusalOf(answers(over))).toMatchObject({
    code: 'bad-reply',
    message: 'OpenAI answered with a line of more than 64 MB, which is the limit here.',
  })
})

test('reading the answers can be stopped', async () => {
  const server = await fileServer((reply) => reply.write(line('a')))
  const stop = new AbortController()
  const { batches } = await batchesAt(OPENAI, { url: `${server.origin}/v1` })
  const { apiOf } = await import('./call-api.ts')
  const { lineTo } = await import('../../test/line.ts')
  const api = apiOf(lineTo(`${server.origin}/v1`, { provider: OPENAI }), stop.signal)
  const read = async (): Promise<void> => {
    for await (const _ of batches.answersOf(api, over)) stop.abort()
  }
  expect(await refusalOf(read())).toMatchObject({ code: 'aborted' })
})
