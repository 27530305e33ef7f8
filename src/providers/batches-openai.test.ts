import { describe, expect, test } from 'vitest'
import { batchesAt, entriesOf } from '../../test/batch/ask.ts'
import { startBatchServer } from '../../test/batch-server.ts'
import { formIn } from '../../test/file-server.ts'
import { refusalOf } from '../../test/loopback.ts'
import { azureAt } from './azure-openai.ts'
import { readAnswer, readBatch } from './batches-openai.ts'
import { groq } from './groq.ts'
import { OPENAI } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'

const responses = (text: string): { path: string; body: Record<string, unknown> } => ({
  path: 'responses',
  body: { model: 'm', input: text },
})
const chat = (text: string): { path: string; body: Record<string, unknown> } => ({
  path: 'chat/completions',
  body: { model: 'm', messages: [{ role: 'user', content: text }] },
})

test('a batch is a file of requests, one a line, and keeps its mark', async () => {
  const server = await startBatchServer('openai')
  const { submit } = await batchesAt(OPENAI, server)
  const batch = await submit(entriesOf(['a', 'b'], responses), 'mark-1')
  expect(batch.expires?.getTime()).toBe(1_787_236_874_000)
  const [upload] = server.asked
  const form = upload && (await formIn(upload))
  const file = form?.get('file') as File
  expect(file.name).toBe('mark-1.jsonl')
  expect(await file.text()).toBe(
    '{"custom_id":"a","method":"POST","url":"/v1/responses","body":{"model":"m","input":"a"}}\n' +
      '{"custom_id":"b","method":"POST","url":"/v1/responses","body":{"model":"m","input":"b"}}\n',
  )
  expect(server.batches[0]).toMatchObject({
    mark: { natter: 'mark-1' },
    facts: { endpoint: '/v1/responses', input_file_id: 'file-1' },
  })
})

describe('a request is answered at the endpoint of its dialect', () => {
  test.each([
    ['Groq', groq, '/openai/v1', chat, '/v1/chat/completions'],
    ['any other host', openaiCompatible('http://127.0.0.1', 'Acme'), '/v1', chat, '/v1/chat/completions'],
    [
      'Azure',
      azureAt({ endpoint: 'http://127.0.0.1', apiVersion: 'v1' }),
      '/openai/v1',
      chat,
      '/chat/completions',
    ],
    [
      'Azure for responses',
      azureAt({ endpoint: 'http://127.0.0.1', apiVersion: 'v1', dialect: 'openai-responses' }),
      '/openai/v1',
      responses,
      '/v1/responses',
    ],
  ] as const)('of %s', async (_, provider, root, wire, endpoint) => {
    const server = await startBatchServer('openai')
    const { submit, wait, answers } = await batchesAt(provider, { url: server.origin + root })
    const over = await wait(await submit(entriesOf(['a'], wire)))
    expect(server.batches[0]).toMatchObject({ facts: { endpoint }, entries: [{ url: endpoint }] })
    expect(await answers(over)).toMatchObject([{ id: 'a', outcome: 'answered' }])
  })
})

test('Azure with dates is asked below openai/, with the date behind each path', async () => {
  const server = await startBatchServer('openai')
  const { submit, wait, answers, batches, api } = await batchesAt(
    azureAt({ endpoint: server.origin, apiVersion: '2024-10-21' }),
    { url: server.origin },
  )
  const deployed = (text: string): ReturnType<typeof chat> => ({
    ...chat(text),
    path: 'openai/deployments/m/chat/completions?api-version=2024-10-21',
  })
  const over = await wait(await submit(entriesOf(['a'], deployed), 'mark-1'))
  expect(await answers(over)).toMatchObject([{ id: 'a', outcome: 'answered' }])
  expect((await batches.find?.(api, 'mark-1'))?.id).toBe(over.id)
  await batches.cancel(api, over.id)
  expect(server.batches[0]).toMatchObject({ facts: { endpoint: '/chat/completions' } })
  expect(server.asked.map(({ path }) => path)).toEqual([
    '/openai/files?api-version=2024-10-21',
    '/openai/batches?api-version=2024-10-21',
    '/openai/batches/batch_1?api-version=2024-10-21',
    '/openai/batches/batch_1?api-version=2024-10-21',
    '/openai/files/batch_1-1/content?api-version=2024-10-21',
    '/openai/batches?limit=100&api-version=2024-10-21',
    '/openai/batches/batch_1/cancel?api-version=2024-10-21',
  ])
})

test('a server that answers no batches is told with what else there is', async () => {
  const server = await startBatchServer('anthropic')
  const { submit } = await batchesAt(openaiCompatible(server.url, 'Acme'), server)
  expect(await refusalOf(submit(entriesOf(['a'], chat)))).toMatchObject({
    code: 'not-found',
    message: /parallelChat\(\) asks for many answers one by one/,
  })
})

test.each([
  ['validating', 'running'],
  ['finalizing', 'running'],
  ['cancelling', 'running'],
  ['COMPLETED', 'completed'],
  ['failed', 'failed'],
  ['expired', 'expired'],
  ['cancelled', 'cancelled'],
  ['a word of tomorrow', 'running'],
  ['constructor', 'running'],
] as const)('%s is %s', (status, state) => {
  expect(readBatch({ id: 'b', status })).toEqual({ id: 'b', status, state, answers: [] })
})

test('what is wrong with the file is told by line', () => {
  const data = [{ line: 2, message: 'not JSON' }, { message: 'too old' }, 'odd']
  const told = [{ object: 'list', data }, data].map(
    (errors) => readBatch({ id: 'b', status: 'failed', errors })?.error,
  )
  expect(told).toEqual(['line 2: not JSON; too old; odd', 'line 2: not JSON; too old; odd'])
})

test('numbers that do not go together are not told', () => {
  const counts = (request_counts: unknown): unknown =>
    readBatch({ id: 'b', status: 'in_progress', request_counts })?.counts
  expect(counts({ total: 3, completed: 1, failed: 1 })).toEqual({ pending: 1, answered: 1, failed: 1 })
  expect(counts({ total: 1, completed: 1, failed: 1 })).toBeUndefined()
  expect(counts({ total: 'many' })).toBeUndefined()
  expect(counts(null)).toBeUndefined()
})

test.each([
  [
    { response: { status_code: 200, body: { a: 1 } }, error: null },
    { outcome: 'answered', status: 200, body: { a: 1 } },
  ],
  // As R and Together leave out what is null.
  [
    { response: { body: { a: 1 } }, error: {} },
    { outcome: 'answered', body: { a: 1 } },
  ],
  [
    { response: { status_code: 400, body: '{"error":{"message":"m"}}' } },
    { outcome: 'failed', status: 400, body: { error: { message: 'm' } } },
  ],
  [
    { response: { status_code: 502, body: 'Bad Gateway' } },
    { outcome: 'failed', status: 502, body: 'Bad Gateway' },
  ],
  [
    { response: null, error: { code: 'batch_expired', message: 'm' } },
    { outcome: 'expired', body: { error: { code: 'batch_expired', message: 'm' } } },
  ],
  [
    { error: { code: 'batch_cancelled' } },
    { outcome: 'cancelled', body: { error: { code: 'batch_cancelled' } } },
  ],
  [{ error: { code: 'server_error' } }, { outcome: 'failed', body: { error: { code: 'server_error' } } }],
  [{}, { outcome: 'failed', body: { error: undefined } }],
])('%j is read', (row, answer) => {
  expect(readAnswer({ custom_id: 'a', ...row })).toEqual({ id: 'a', ...answer })
  expect(readAnswer(row)).toBeUndefined()
})
