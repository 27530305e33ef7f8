import { describe, expect, test } from 'vitest'
import { batchesAt, entriesOf } from '../../test/batch/ask.ts'
import { startBatchServer } from '../../test/batch-server.ts'
import { groq } from './groq.ts'
import { OPENAI } from './openai.ts'

const wire = (text: string): { path: string; body: Record<string, unknown> } => ({
  path: 'responses',
  body: { model: 'm', input: text },
})

describe('OpenAI', () => {
  test('is handed in a file of requests and a batch that keeps the mark', async () => {
    const server = await startBatchServer('openai')
    const { submit } = await batchesAt(OPENAI, server)
    const batch = await submit(entriesOf(['a', 'b'], wire), 'mark-1')
    expect(batch).toMatchObject({ id: 'batch_1', status: 'in_progress', state: 'running' })
    expect(batch.expires?.getTime()).toBe(1_787_236_874_000)
    expect(server.batches[0]).toMatchObject({
      mark: { natter: 'mark-1' },
      facts: { endpoint: '/v1/responses' },
      entries: [
        { id: 'a', url: '/v1/responses', body: { model: 'm', input: 'a' } },
        { id: 'b', url: '/v1/responses', body: { model: 'm', input: 'b' } },
      ],
    })
  })
})

test('Groq is asked for chat completions', async () => {
  const server = await startBatchServer('groq')
  const { submit, wait, answers } = await batchesAt(groq, server)
  const batch = await wait(
    await submit(entriesOf(['a'], (text) => ({ path: 'chat/completions', body: { text } }))),
  )
  expect(server.batches[0]?.facts).toMatchObject({ endpoint: '/v1/chat/completions' })
  expect(batch).toMatchObject({ state: 'completed', counts: { pending: 0, answered: 1, failed: 0 } })
  expect(await answers(batch)).toMatchObject([
    { id: 'a', outcome: 'answered', body: { object: 'chat.completion' } },
  ])
})
