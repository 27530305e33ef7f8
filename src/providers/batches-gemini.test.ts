import { expect, test } from 'vitest'
import { batchesAt, entriesOf } from '../../test/batch/ask.ts'
import { startBatchServer } from '../../test/batch-server.ts'
import { fileServer } from '../../test/file-server.ts'
import { json } from '../../test/loopback.ts'
import { readBatch } from './batches-gemini.ts'
import { googleGemini } from './google-gemini.ts'

test('a batch is a file of requests, one a line, and keeps its mark', async () => {
  const server = await startBatchServer('gemini')
  const { submit } = await batchesAt(googleGemini, server)
  const batch = await submit(
    entriesOf(['a'], (text) => ({ path: 'models/m:generateContent', body: { contents: text } })),
    'mark-1',
  )
  expect(batch).toMatchObject({ id: 'batches/batch_1', status: 'BATCH_STATE_RUNNING', state: 'running' })
  expect(server.asked[1]?.bytes.toString()).toBe('{"key":"a","request":{"contents":"a"}}\n')
  expect(server.asked[2]?.path).toBe('/v1beta/models/m:batchGenerateContent')
  expect(JSON.parse(server.asked[2]?.bytes.toString() ?? '')).toEqual({
    batch: { displayName: 'mark-1', inputConfig: { fileName: 'files/file-1' } },
  })
})

test('answers that come with the batch itself are read, too', async () => {
  const row = {
    name: 'batches/b',
    metadata: {
      state: 'BATCH_STATE_SUCCEEDED',
      batchStats: { requestCount: '2', successfulRequestCount: '1' },
    },
    done: true,
    response: {
      inlinedResponses: {
        inlinedResponses: [
          { metadata: { key: 'a' }, response: { candidates: [] } },
          { metadata: { key: 'b' }, error: { code: 3, message: 'no' } },
        ],
      },
    },
  }
  const server = await fileServer((reply) => json(reply, 200, row))
  const { batches, api, answers } = await batchesAt(googleGemini, { url: `${server.origin}/v1beta` })
  const batch = await batches.get(api, 'b')
  expect(batch).toEqual({
    id: 'batches/b',
    status: 'BATCH_STATE_SUCCEEDED',
    state: 'completed',
    counts: { pending: 0, answered: 1, failed: 1 },
    answers: ['batches/b'],
  })
  expect(await answers(batch)).toEqual([
    { id: 'a', outcome: 'answered', body: { candidates: [] } },
    { id: 'b', outcome: 'failed', body: { error: { code: 3, message: 'no' } } },
  ])
})

test('a batch is read in either form it is told of', () => {
  const about = { state: 'JOB_STATE_EXPIRED', output: { responsesFile: 'files/x' } }
  const told = { id: 'batches/b', status: 'JOB_STATE_EXPIRED', state: 'expired', answers: ['files/x'] }
  expect(readBatch({ name: 'batches/b', metadata: about })).toEqual(told)
  expect(readBatch({ name: 'batches/b', ...about })).toEqual(told)
  expect(readBatch({ name: 'batches/b', metadata: {} })).toMatchObject({ state: 'running' })
  expect(readBatch({ name: 'batches/b', done: true })).toMatchObject({ state: 'completed' })
  expect(readBatch({ name: 'batches/b', done: true, error: { message: 'no' } })).toMatchObject({
    state: 'failed',
    error: 'no',
  })
})
