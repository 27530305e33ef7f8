import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NodeView, RunEvent } from './protocol.ts'
import { type LoggedEvent, RunLog } from './run-log.ts'

const node: NodeView = { id: 'n', time: '', turn: { role: 'user', contents: [] } }
const call = (id: string) => ({ type: 'tool-call', id, name: 't', input: {} }) as const

const event: fc.Arbitrary<RunEvent> = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme' }).map((text) => ({ type: 'text', text }) as const) },
  { weight: 2, arbitrary: fc.string().map((text) => ({ type: 'thinking', text }) as const) },
  fc.constant({ type: 'usage', usage: { input: 1 } } as const),
  fc.constantFrom('a', 'b').map((id) => ({ type: 'tool-progress', call: call(id), value: 1 }) as const),
  fc.constant({ type: 'turn', node } as const),
)

/** What a reader has made of events: the text, and the turns at their places in it. */
const made = (events: readonly RunEvent[]): string =>
  events.map((one) => (one.type === 'text' ? one.text : one.type === 'turn' ? '\0' : '')).join('')

test('whoever reads in any pieces, and comes back at any time, makes the same of it', () => {
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 40 }),
      fc.array(fc.boolean(), { maxLength: 40 }),
      (events, reads) => {
        const log = new RunLog()
        const read: LoggedEvent[] = []
        for (const [n, one] of events.entries()) {
          log.push(one)
          if (reads[n]) read.push(...log.since(read.at(-1)?.id ?? 0))
        }
        read.push(...log.since(read.at(-1)?.id ?? 0))
        expect(made(read.map((told) => told.event))).toEqual(made(events))
        expect(log.since(log.end)).toEqual([])
        const ids = read.map(({ id }) => id)
        expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b))
      },
    ),
  )
})

test('a long answer is one entry, however many pieces it came in', () => {
  const log = new RunLog()
  for (let n = 0; n < 100_000; n++) log.push({ type: 'text', text: 'word ' })
  expect(log.since(0)).toHaveLength(1)
  expect(log.since(499_995)).toEqual([{ id: 500_000, event: { type: 'text', text: 'word ' } }])
})

test('what a tool reports again and again is told once, and an approval that was given no more', () => {
  const log = new RunLog()
  log.push({ type: 'text', text: 'abc' })
  log.push({ type: 'approval', id: 'x', name: 't', input: {} })
  log.forget(({ type }) => type === 'approval')
  for (let value = 0; value < 1000; value++) log.push({ type: 'tool-progress', call: call('c'), value })
  log.push({ type: 'text', text: 'def' })
  expect(log.since(0).map((told) => told.event)).toEqual([
    { type: 'text', text: 'abc' },
    { type: 'tool-progress', call: call('c'), value: 999 },
    { type: 'text', text: 'def' },
  ])
})
