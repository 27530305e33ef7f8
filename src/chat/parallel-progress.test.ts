import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type ParallelProgress, ProgressView, barOf, inWords } from './parallel-progress.ts'

const STATE: ParallelProgress = {
  done: 120,
  failed: 2,
  resumed: 10,
  active: 8,
  total: 400,
  usage: { input: 123_456, output: 4000 },
  dollars: 0.25,
  rate: 3.21,
  left: 87_000,
}

test('progress in words tells what is known and nothing else', () => {
  expect(inWords(STATE)).toBe(
    '120/400 done, 2 failed, 10 from before, 3.2/s, 123k in, 4000 out, $0.25, 87 s left',
  )
  const unknown = { ...STATE, failed: 0, resumed: 0, total: undefined, usage: {}, dollars: undefined }
  expect(inWords({ ...unknown, left: undefined })).toBe('120 done, 3.2/s')
  expect(inWords({ ...STATE, left: 7_300_000 })).toContain('2 h 2 min left')
})

test('a bar is as full as the run is done, and never wider than the terminal', () => {
  expect(barOf(STATE, 80).startsWith('[######--------------] 120/400 done')).toBe(true)
  expect(barOf(STATE, 30)).toHaveLength(30)
  expect(barOf({ ...STATE, total: undefined }, 80).startsWith('120 done')).toBe(true)
})

test('a terminal gets a bar that ends with the last state, and other screens nothing so soon', async () => {
  const written: string[] = []
  let state = STATE
  const write = (text: string): void => void written.push(text)
  const bar = new ProgressView(true, () => state, { columns: 60, write })
  const lines = new ProgressView(true, () => state, { columns: undefined, write: () => expect.unreachable() })
  await sleep(750)
  expect(written.length).toBeGreaterThan(0)
  state = { ...STATE, done: 400, left: 0 }
  bar.end()
  lines.end()
  expect(written.at(-2)).toContain('[####################] 400/400 done')
  expect(written.at(-1)).toBe('\n')
  const count = written.length
  await sleep(250)
  expect(written).toHaveLength(count)
})

test('a run that is over at once shows nothing', async () => {
  const written: string[] = []
  const view = new ProgressView(true, () => STATE, { columns: 60, write: (text) => void written.push(text) })
  view.end()
  await sleep(600)
  expect(written).toEqual([])
})
