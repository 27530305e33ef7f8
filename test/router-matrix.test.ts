import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { BEHAVIOURS } from './router/backends.ts'
import type { Behaviour, Need } from './router/behaviour.ts'
import { type HuggingFace, startHuggingFace } from './router/hugging-face.ts'
import { type Cell, MODELS, type Telling, fill } from './router/matrix.ts'
import { COLUMNS } from './router/needs.ts'
import { keyOf, tableOf } from './router/table.ts'

let hub: HuggingFace
const cells = new Map<string, Cell>()

beforeAll(async () => {
  hub = await startHuggingFace({ models: MODELS })
  vi.stubEnv('HF_ENDPOINT', hub.hubUrl)
})
afterAll(() => vi.unstubAllEnvs())

/** The documented error of a cell, where it has one. */
function documented({ expects, lacks }: Behaviour, need: Need): string | undefined {
  if (need === 'image' && (lacks?.includes('image') || expects?.image)) return 'unsupported-input'
  return expects?.all
}

describe.concurrent('every need at every backend ends in the right answer, or in the documented error', () => {
  for (const telling of ['known', 'unknown'] satisfies Telling[])
    test.each(BEHAVIOURS.map((behaviour) => [behaviour.name, behaviour] as const))(
      `at a backend that is %s, ${telling} beforehand`,
      async (_name, behaviour) => {
        const found: Record<string, unknown> = {}
        const wanted: Record<string, unknown> = {}
        for (const column of COLUMNS) {
          const cell = await fill(hub, behaviour, column, telling)
          cells.set(keyOf(behaviour.name, column.need, telling), cell)
          const error = documented(behaviour, column.need)
          const { need } = column
          // A connection that is reset is told as what it is where nothing of the answer had come.
          wanted[need] = error === 'cut' && cell.outcome === 'connection' ? 'connection' : (error ?? 'right')
          found[need] = cell.outcome === wanted[need] ? cell.outcome : cell
          // What was learned is not paid for twice.
          if (error === undefined && cell.second.some((status) => status >= 400)) found[need] = cell
        }
        expect(found).toEqual(wanted)
      },
      60_000,
    )
})

const PAGE = 'docs/huggingface.md'
const [BEGIN, END] = ['<!-- matrix: written by test/router-matrix.test.ts -->', '<!-- end of the matrix -->']

// With UPDATE_DOCS=1 the page is written instead.
test('the table in docs/huggingface.md is what was found', () => {
  const page = readFileSync(PAGE, 'utf8')
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  expect(from).toBeGreaterThan(0)
  const mended = `${page.slice(0, from)}${BEGIN}\n\n${tableOf(cells)}\n\n${page.slice(to)}`
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, mended)
  else expect(page).toBe(mended)
})
