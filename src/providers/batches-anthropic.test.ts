import { expect, test } from 'vitest'
import { batchesAt, entriesOf } from '../../test/batch/ask.ts'
import { startBatchServer } from '../../test/batch-server.ts'
import { anthropic } from './anthropic.ts'
import { readAnswer, readBatch } from './batches-anthropic.ts'

test('the betas of all requests are asked for once', async () => {
  const server = await startBatchServer('anthropic')
  const { submit } = await batchesAt(anthropic, server)
  const entries = entriesOf(['a', 'b', 'c'], (text) => ({
    path: 'messages',
    body: { text },
    ...(text !== 'c' && { headers: { 'anthropic-beta': text === 'a' ? 'files' : 'files,more' } }),
  }))
  await submit(entries)
  expect(server.asked[0]?.headers).toMatchObject({
    'anthropic-beta': 'files,more',
    'content-type': 'application/json',
  })
  expect(server.asked[0]?.bytes.toString()).toBe(
    '{"requests":[{"custom_id":"a","params":{"text":"a"}},{"custom_id":"b","params":{"text":"b"}},{"custom_id":"c","params":{"text":"c"}}]}',
  )
})

test('behind a gateway the results are asked for there, not at an address that wants another key', async () => {
  const server = await startBatchServer('anthropic')
  const { submit, wait, answers } = await batchesAt(anthropic, server)
  const over = await wait(await submit(entriesOf(['a'], () => ({ path: 'messages', body: {} }))))
  const found = await answers({ ...over, answers: ['https://api.anthropic.example/v1/results'] })
  expect(found).toMatchObject([{ id: 'a', outcome: 'answered' }])
})

test.each([
  [{ succeeded: 1, errored: 2 }, 'completed', { pending: 0, answered: 1, failed: 2 }],
  [{ succeeded: 1, expired: 2 }, 'expired', { pending: 0, answered: 1, failed: 2 }],
  [{ succeeded: 1, canceled: 1, expired: 1 }, 'cancelled', { pending: 0, answered: 1, failed: 2 }],
] as const)('what has ended with %j is %s', (counts, state, told) => {
  const row = { id: 'b', processing_status: 'ended', request_counts: counts }
  expect(readBatch(row)).toEqual({ id: 'b', status: 'ended', state, counts: told, answers: [] })
})

test.each([
  [
    { type: 'succeeded', message: { id: 'm' } },
    { outcome: 'answered', body: { id: 'm' } },
  ],
  [
    { type: 'errored', error: { type: 'error' } },
    { outcome: 'failed', body: { type: 'error' } },
  ],
  [{ type: 'expired' }, { outcome: 'expired' }],
  [{ type: 'canceled' }, { outcome: 'cancelled' }],
])('%j is read', (result, answer) => {
  expect(readAnswer({ custom_id: 'a', result })).toEqual({ id: 'a', ...answer })
  expect(readAnswer({ result })).toBeUndefined()
})
