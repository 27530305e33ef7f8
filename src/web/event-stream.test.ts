import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { afterOf, eventStream } from './event-stream.ts'
import { Run } from './run.ts'

const readerOf = (response: Response): ReadableStreamDefaultReader<Uint8Array> =>
  (response.body as ReadableStream<Uint8Array>).getReader()
const next = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> =>
  new TextDecoder().decode((await reader.read()).value)

test('a stream on which nothing happens says that it is alive', async () => {
  const run = new Run('r')
  const reader = readerOf(eventStream(run, 0, { heartbeat: 5 }))
  expect(await next(reader)).toBe(': hello\n\n')
  for (let n = 0; n < 3; n++) expect(await next(reader)).toBe(':\n\n')
  run.push({ type: 'text', text: 'hi' })
  expect(await next(reader)).toBe('id: 2\ndata: {"type":"text","text":"hi"}\n\n')
  await reader.cancel()
})

test('what comes while nobody reads waits in one piece', async () => {
  const run = new Run('r')
  const reader = readerOf(eventStream(run))
  await next(reader)
  for (let n = 0; n < 10_000; n++) {
    run.push({ type: 'text', text: 'x' })
    if (n % 1000 === 0) await sleep(0)
  }
  run.end()
  expect(await next(reader)).toBe(
    `id: 10000\ndata: {"type":"text","text":"${'x'.repeat(10_000)}"}\n\nid: 10001\ndata: {"type":"end"}\n\n`,
  )
  expect((await reader.read()).done).toBe(true)
})

test('a run that nobody reads any more is stopped after a while, but not while another reads', async () => {
  const run = new Run('r', 10)
  const [first, second] = [readerOf(eventStream(run)), readerOf(eventStream(run))]
  await first.cancel()
  await sleep(30)
  expect(run.signal.aborted).toBe(false)
  await second.cancel()
  const third = readerOf(eventStream(run))
  await sleep(30)
  expect(run.signal.aborted).toBe(false)
  await third.cancel()
  await sleep(30)
  expect(run.signal.aborted).toBe(true)
})

test('an id to go on after is a number, or none', () => {
  const from = (headers: Record<string, string>, query = ''): number =>
    afterOf(new Request(`http://x/${query}`, { headers }))
  expect(from({ 'last-event-id': '12' }, '?after=3')).toBe(12)
  expect(from({}, '?after=3')).toBe(3)
  for (const hostile of ['-1', '1e9', 'x', '', '9'.repeat(30), '1.5', 'NaN'])
    expect(from({ 'last-event-id': hostile })).toBe(0)
})
